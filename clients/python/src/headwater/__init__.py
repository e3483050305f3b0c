"""Receive training samples from a Headwater daemon while they are being made.

    with headwater.connect("tcp://127.0.0.1:7700", group="train") as stream:
        for sample in stream:
            image, mask = sample.image(), sample.mask()
"""

from .errors import HeadwaterError, ProtocolError, RefusedError, UnavailableError
from .sample import Sample
from .stream import Stream, connect

__all__ = [
    "HeadwaterError",
    "ProtocolError",
    "RefusedError",
    "Sample",
    "Stream",
    "UnavailableError",
    "connect",
]
__version__ = "0.1.0"
