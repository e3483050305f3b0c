"""Answers mask cases with OpenCV, for OpenCvTests.cs.

usage: opencv.py CASES ANSWERS. A case is int32 little endian: operation, width, height, two arguments, then the values.
0 erode, 1 dilate (argument: radius), 2 largest part, 3 fill holes: bytes in, bytes out.
4 upsample (arguments: target width, target height): float32 in, float32 out.
"""
import struct
import sys

import cv2
import numpy as np


def largest(mask):
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count == 1:
        return np.zeros_like(mask)
    areas = stats[1:, cv2.CC_STAT_AREA]
    names = 1 + np.flatnonzero(areas == areas.max())
    flat = labels.reshape(-1)
    first = min(names, key=lambda name: int(np.argmax(flat == name)))
    return (labels == first).astype(np.uint8)


def filled(mask):
    # A frame of background joins all that touches the border, as 4-connected flooding from each border pixel would.
    framed = np.pad(mask, 1)
    cv2.floodFill(framed, None, (0, 0), 2, flags=4)
    return (framed[1:-1, 1:-1] != 2).astype(np.uint8)


def answer(operation, values, first, second):
    if operation in (0, 1):
        y, x = np.mgrid[-first:first + 1, -first:first + 1]
        element = (x * x + y * y <= first * first).astype(np.uint8)
        return (cv2.erode if operation == 0 else cv2.dilate)(values, element)
    if operation == 4:
        return cv2.resize(values, (first, second), interpolation=cv2.INTER_LINEAR)
    return (largest if operation == 2 else filled)(values)


with open(sys.argv[1], "rb") as cases, open(sys.argv[2], "wb") as answers:
    while header := cases.read(20):
        operation, width, height, first, second = struct.unpack("<5i", header)
        kind = np.float32 if operation == 4 else np.uint8
        data = cases.read(width * height * kind().itemsize)
        values = np.frombuffer(data, kind).reshape(height, width).copy()
        answers.write(np.ascontiguousarray(answer(operation, values, first, second)).tobytes())
