"""One training sample, as files; decoded on demand."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Dict, List, Tuple

from .errors import HeadwaterError

if TYPE_CHECKING:
    import numpy

#: Longest side of a picture in px; the daemon makes no larger ones.
SIDE_MAX_PX = 8192


@dataclass(frozen=True)
class Sample:
    """A picture, the mask of its one object, and where both come from.

    Attributes:
        sequence: place in the daemon's stream, from 1.
        position: place in the group's order, from 1; what cursors and acknowledgements count.
        key: unique in the stream, of [0-9a-zA-Z_-], so it is safe as a file name.
        category: the category's name.
        image_bytes: the picture as a file.
        image_format: "png", "webp" or "jpg".
        mask_png: the mask as a PNG: grey, 0 or 255, the picture's size; empty for a composed picture.
        json_bytes: box, area, scores and lineage as UTF-8 JSON.
    """

    sequence: int
    position: int
    key: str
    category: str
    image_bytes: bytes = field(repr=False)
    image_format: str
    mask_png: bytes = field(repr=False)
    json_bytes: bytes = field(repr=False)

    @classmethod
    def of(cls, **fields: Any) -> "Sample":
        """The same as Sample(...), with all fields by name and not checked, in a third of the time."""
        sample = cls.__new__(cls)
        sample.__dict__.update(fields)  # a frozen dataclass sets each through object.__setattr__
        return sample

    @cached_property
    def meta(self) -> Dict[str, Any]:
        """The JSON, decoded once. Raises HeadwaterError when it is no JSON object."""
        try:
            meta = json.loads(str(self.json_bytes, "utf-8"))
        except (ValueError, RecursionError) as cause:
            raise HeadwaterError(f"the JSON of sample {self.key} cannot be read: {cause}") from cause
        if not isinstance(meta, dict):
            raise HeadwaterError(f"the JSON of sample {self.key} is a {type(meta).__name__}, not an object")
        return meta

    @property
    def box(self) -> Tuple[int, int, int, int]:
        """The mask's tight box in px, as COCO writes it: left, top, width, height."""
        box = self.meta.get("box")
        if not (isinstance(box, list) and len(box) == 4 and all(type(side) is int for side in box)):
            raise HeadwaterError(f"the JSON of sample {self.key} has no box of four whole numbers: {box!r}")
        return (box[0], box[1], box[2], box[3])

    @property
    def annotations(self) -> List[Dict[str, Any]]:
        """The objects of a composed picture as COCO writes them (docs/spec/copy-paste.md)."""
        annotations = self.meta.get("annotations")
        if not (isinstance(annotations, list) and all(isinstance(one, dict) for one in annotations)):
            raise HeadwaterError(f"the JSON of sample {self.key} has no annotations: it is no composed picture")
        return annotations

    def image(self) -> "numpy.ndarray":
        """Decodes the picture: [height, width, 3] uint8, RGB. Needs numpy and Pillow."""
        return _decode(self.image_bytes, "RGB", f"picture of sample {self.key}")

    def mask(self) -> "numpy.ndarray":
        """Decodes the mask: [height, width] bool, True where the object is. Needs numpy and Pillow."""
        if not self.mask_png:
            raise HeadwaterError(f"sample {self.key} has no mask: a composed picture's are in its annotations")
        return _decode(self.mask_png, "L", f"mask of sample {self.key}") > 127


def _decode(data: bytes, mode: str, what: str) -> "numpy.ndarray":
    try:
        import numpy
        from PIL import Image
    except ImportError as cause:
        raise HeadwaterError(
            f"decoding needs numpy and Pillow (pip install 'headwater[images]'): {cause}"
        ) from cause
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "WEBP", "JPEG")) as image:
            if max(image.size) > SIDE_MAX_PX:
                width, height = image.size
                raise HeadwaterError(f"the {what} is {width} x {height} px; a side must be at most {SIDE_MAX_PX} px")
            return numpy.asarray(image.convert(mode))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as cause:
        raise HeadwaterError(f"the {what} cannot be decoded: {cause}") from cause
