"""What can go wrong; every error of this package is a HeadwaterError."""

from __future__ import annotations

from typing import Optional

#: Codes of docs/spec/wire.md. Below FIRST_FINAL: come back later; from it on: that changes nothing.
CODE_NAMES = {
    1: "draining",
    2: "connections_full",
    3: "handshake_timeout",
    4: "idle",
    5: "world_mismatch",
    6: "internal",
    7: "stalled",
    8: "order_mismatch",
    9: "too_fast",
    32: "malformed",
    33: "frame_too_large",
    34: "unexpected_frame",
    35: "version_unsupported",
    36: "unauthorized",
    37: "invalid_hello",
    38: "groups_full",
    39: "cursor_ahead",
    40: "stream_changed",
    41: "replaced",
    42: "removed",
    43: "credit_overflow",
    44: "ack_ahead",
    45: "sample_too_large",
    46: "ended",
    47: "cursor_lost",
}
FIRST_FINAL = 32
#: No error: the plan has ended. Ends an iteration, and is never raised.
ENDED = 46


class HeadwaterError(Exception):
    """Base of every error of this package."""


class RefusedError(HeadwaterError):
    """The daemon ended the connection and said why.

    Attributes:
        code: the number of docs/spec/wire.md.
        name: its name, such as "unauthorized"; "code_N" for one of a later version.
        cursor: the rank's cursor as the daemon knows it, or None.
        is_final: whether connecting again changes nothing.
    """

    def __init__(self, code: int, message: str, cursor: Optional[int]) -> None:
        self.code = code
        self.name = CODE_NAMES.get(code, f"code_{code}")
        self.cursor = cursor
        self.is_final = code >= FIRST_FINAL
        super().__init__(f"the daemon ended the connection ({self.name}): {message}")


class ProtocolError(HeadwaterError):
    """What answers is no Headwater daemon, or one that breaks the protocol."""


class UnavailableError(HeadwaterError, ConnectionError):
    """No daemon was there for as long as it was tried."""
