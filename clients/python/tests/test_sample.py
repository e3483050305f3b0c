"""Goal: files become pictures, masks and boxes, or an error that names the sample."""

import io
import struct
import unittest
import zlib

import scripted  # noqa: F401  (finds the package)
from headwater import HeadwaterError, Sample

try:
    import numpy
    from PIL import Image
except ImportError:
    numpy = None


def make(image=b"", mask=b"", json=b"{}"):
    return Sample(1, 1, "k", "yak", image, "png", mask, json)


def png(array):
    out = io.BytesIO()
    Image.fromarray(array).save(out, "PNG")
    return out.getvalue()


class MetaTest(unittest.TestCase):
    def test_meta_and_box_are_read(self):
        sample = make(json=b'{"box":[1,2,3,4],"scores":{"clip":0.5}}')
        self.assertEqual((1, 2, 3, 4), sample.box)
        self.assertEqual(0.5, sample.meta["scores"]["clip"])
        self.assertIs(sample.meta, sample.meta)

    def test_wrong_json_names_the_sample(self):
        for json in (b"", b"{", b"[1]", b"\xff", b"[" * 100000):
            with self.subTest(json=json[:10]), self.assertRaisesRegex(HeadwaterError, "JSON of sample k"):
                make(json=json).meta

    def test_wrong_box_names_the_sample(self):
        for json in (b"{}", b'{"box":[1,2,3]}', b'{"box":[1,2,3,4.5]}', b'{"box":"1234"}', b'{"box":[1,2,3,true]}'):
            with self.subTest(json=json), self.assertRaisesRegex(HeadwaterError, "sample k has no box"):
                make(json=json).box

    def test_representation_holds_no_files(self):
        self.assertLess(len(repr(make(image=b"x" * 10000))), 200)


@unittest.skipIf(numpy is None, "needs numpy and Pillow: apt-get install python3-numpy python3-pil")
class DecodeTest(unittest.TestCase):
    def test_picture_is_rgb_and_mask_is_bool(self):
        image = numpy.arange(5 * 7 * 3, dtype=numpy.uint8).reshape(5, 7, 3)
        mask = numpy.zeros((5, 7), numpy.uint8)
        mask[1:3, 2:6] = 255

        sample = make(png(image), png(mask))

        numpy.testing.assert_array_equal(image, sample.image())
        numpy.testing.assert_array_equal(mask == 255, sample.mask())
        self.assertEqual(bool, sample.mask().dtype)

    def test_damaged_files_name_the_sample(self):
        whole = png(numpy.zeros((64, 64, 3), numpy.uint8))
        for data in (b"", b"GIF89a", whole[:40], b"\x89PNG\r\n\x1a\n"):
            with self.subTest(data=data[:8]), self.assertRaisesRegex(HeadwaterError, "picture of sample k"):
                make(image=data).image()

    def test_declared_size_is_refused_before_it_is_allocated(self):
        header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
        data = b"\x89PNG\r\n\x1a\n"
        for name, body in ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")):
            data += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        with self.assertRaisesRegex(HeadwaterError, "picture of sample k"):
            make(image=data).image()


if __name__ == "__main__":
    unittest.main()
