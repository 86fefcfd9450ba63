"""What the server offers to programs, written down from the code: OpenAPI of its addresses, AsyncAPI of its sockets."""
