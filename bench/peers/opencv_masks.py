"""Times OpenCV on the work of a mask chain: the peer of `headwater bench kernels`.

    opencv_masks.py LOGITS PICTURES WIDTH HEIGHT TARGET_WIDTH TARGET_HEIGHT THREADS [REPEATS]
LOGITS holds float32 little endian, [PICTURES, HEIGHT, WIDTH]. Each picture is brought to the target size (cv2.resize,
linear), cut at 0 (cv2.threshold), and its 8-connected parts are counted and measured
(cv2.connectedComponentsWithStats); no erosion, no holes, nothing kept. Prints `pictures seconds`: the median time of
the whole batch, of REPEATS (7, at least 5) after one to warm up.
"""
import statistics
import sys
import time

import cv2
import numpy as np

pictures, width, height, target_width, target_height, threads = map(int, sys.argv[2:8])
repeats = max(5, int(sys.argv[8]) if len(sys.argv) > 8 else 7)
cv2.setNumThreads(threads)
logits = np.fromfile(sys.argv[1], "<f4").reshape(pictures, height, width)


def batch():
    start = time.perf_counter()
    for picture in logits:
        large = cv2.resize(picture, (target_width, target_height), interpolation=cv2.INTER_LINEAR)
        _, cut = cv2.threshold(large, 0, 1, cv2.THRESH_BINARY)
        cv2.connectedComponentsWithStats(cut.astype(np.uint8), connectivity=8)
    return time.perf_counter() - start


batch()
print(pictures, statistics.median(batch() for _ in range(repeats)))
