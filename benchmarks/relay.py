"""A TCP relay that counts what passes from a server to its clients: the bytes on the line, headers and all."""

import socket
import threading


class Relay:
    """Listens on a port of its own until it is closed."""

    def __init__(self, port: int) -> None:
        """Relay to `port` on this machine."""
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.received = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._to))
            for one, other, counted in ((near, far, False), (far, near, True)):
                threading.Thread(target=self._pump, args=(one, other, counted), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket, counted: bool) -> None:  # noqa: FBT001 - a thread's target
        try:
            while data := one.recv(65_536):
                if counted:
                    self.received += len(data)
                other.sendall(data)
        except OSError:
            pass
        finally:
            for each in (one, other):
                each.close()
