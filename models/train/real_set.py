"""Writes the small real set that the demo compares its pictures with: held-out compositions of the demo's names.

    python3 real_set.py --packages ../../deps/npm --work ../../.cache/mini --out ../mini/real

No training saw these compositions; it saw other placements and tints of the same renders.
"""
import argparse
import os

import numpy as np
from PIL import Image

import names

EACH = 4


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("packages", "work", "out"):
        parser.add_argument("--" + option, required=True)
    setting = parser.parse_args()
    held = np.load(os.path.join(setting.work, "held.npy"), mmap_mode="r")
    things = names.read(setting.packages)
    for name in names.DEMO:
        rows = [row for row, thing in enumerate(things) if thing.name == name]
        os.makedirs(os.path.join(setting.out, name), exist_ok=True)
        for index in range(EACH):
            picture = Image.fromarray(held[rows[index % len(rows)], index // len(rows)])
            picture.save(os.path.join(setting.out, name, "%d.png" % (index + 1)), optimize=True)


if __name__ == "__main__":
    main()
