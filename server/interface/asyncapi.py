"""The AsyncAPI 3.0 document of the server's WebSockets, from the types of their messages and the table of roles."""

from collections.abc import Iterable
from typing import Any, get_args

import msgspec

from captioner.captions import wire
from server.interface.notes import as_json, noted
from server.roles import Grant, allowed
from server.routes import speak
from server.session import VERBS, CloseCode

Json = dict[str, Any]
VERSION = "1"
FROM_CLIENT: tuple[type[msgspec.Struct], ...] = get_args(wire.FromClient)
FROM_SERVER: tuple[type[msgspec.Struct], ...] = get_args(wire.FromServer)
_SOUND_FRAME = "SoundFrame"
_CAPTIONS = (wire.__doc__ or "").partition("\n\n")[2].replace("\n", " ").strip()
_CODES = ", ".join(f"{code.value} {code.name.lower()}" for code in CloseCode)


def document() -> Json:
    """Return the document."""
    every: tuple[type[msgspec.Struct], ...] = (
        *FROM_CLIENT,
        *FROM_SERVER,
        speak.SoundHello,
        speak.Listening,
        speak.Refused,
    )
    kinds = list(dict.fromkeys(every))
    _, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    messages = {kind.__name__: _message(kind, kind.__name__) for kind in kinds}
    messages[_SOUND_FRAME] = {
        "name": "sound",
        "title": "Sound",
        "summary": f"A binary frame of at most {speak.MOST} bytes: 16-bit little-endian mono PCM at 16 kHz.",
        "contentType": "application/octet-stream",
        "payload": {"type": "string", "format": "binary"},
    }
    captions = [kind.__name__ for kind in dict.fromkeys((*FROM_CLIENT, *FROM_SERVER))]
    sound = ["SoundHello", _SOUND_FRAME, "Listening", "Refused"]
    made = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Captioner",
            "version": VERSION,
            "description": f"{_CAPTIONS} Codes with which the server closes: {_CODES}.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "captions": _channel("/ws", wire.SUBPROTOCOL, "Captions.", captions),
            "staff": _channel("/staff/ws", wire.SUBPROTOCOL, "The same; a proxy leads it to the origin.", captions),
            "sound": _channel("/audio/{meeting}", speak.SUBPROTOCOL, "Sound to a captioner, kept nowhere.", sound)
            | {"parameters": {"meeting": {"description": "The meeting's id."}}},
        },
        "operations": {
            **_operations("captions", FROM_CLIENT, FROM_SERVER),
            **_operations("staff", FROM_CLIENT, FROM_SERVER),
            "receive_sound": _operation("receive", "sound", ["SoundHello", _SOUND_FRAME]),
            "send_sound": _operation("send", "sound", ["Listening", "Refused", _SOUND_FRAME]),
        },
        "components": {"messages": messages, "schemas": _plain(noted(components, kinds))},
    }
    return as_json(made)


def _plain(schema: Json) -> Json:
    """Return a schema whose discriminators are names only, as AsyncAPI wants them: there is no mapping."""
    return {
        key: each["propertyName"] if key == "discriminator" else _plain(each) if isinstance(each, dict) else each
        for key, each in schema.items()
    }


def _message(kind: type[msgspec.Struct], name: str) -> Json:
    about = " ".join((kind.__doc__ or "").split())
    tag = kind.__struct_config__.tag
    made: Json = {
        "name": tag if isinstance(tag, str) else name,
        "title": name,
        "summary": about,
        "payload": {"$ref": f"#/components/schemas/{name}"},
    }
    verb = VERBS.get(kind)
    if verb is not None:
        made["x-roles"] = [grant.value for grant in Grant if allowed(grant, verb)]
    return made


def _channel(address: str, protocol: str, about: str, messages: Iterable[str]) -> Json:
    headers = {"type": "object", "properties": {"Sec-WebSocket-Protocol": {"const": protocol}}}
    return {
        "address": address,
        "description": f"{about} WebSocket subprotocol {protocol}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"ws": {"method": "GET", "headers": headers, "bindingVersion": "0.1.0"}},
    }


def _operations(channel: str, receives: Iterable[type], sends: Iterable[type]) -> Json:
    return {
        f"receive_{channel}": _operation("receive", channel, [kind.__name__ for kind in receives]),
        f"send_{channel}": _operation("send", channel, [kind.__name__ for kind in sends]),
    }


def _operation(action: str, channel: str, messages: Iterable[str]) -> Json:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
    }
