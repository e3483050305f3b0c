"""Writes what only CLIP's training needs: its tokenizer and the compositions of the pictures beyond names.txt.

    python3 prepare_clip.py --packages ../../deps/npm --work ../../.cache/mini
"""
import argparse
import os

import numpy as np

import bpe
import keywords
import names
import prepare
import prompts

EACH, SEED, BLOCK = 16, 3, 50


def halved(pictures):
    """uint8 [..., 128, 128, 3] to 64 px by the mean of each four."""
    corners = [pictures[..., row::2, column::2, :].astype(np.uint16) for row in (0, 1) for column in (0, 1)]
    return ((sum(corners) + 2) // 4).astype(np.uint8)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--packages", required=True)
    arguments.add_argument("--work", required=True)
    options = arguments.parse_args()
    things = names.read(options.packages)
    extra = keywords.extra_things(options.packages, things)
    lists = keywords.of_files(options.packages, things + extra)

    texts = {word for thing in extra for word in thing.words} | {word for words in lists for word in words}
    corpus = sorted(set(prompts.corpus(things)) | {piece for text in texts for piece in bpe.split(text)})
    bpe.save(bpe.learn(corpus), os.path.join(options.work, "clip-tokenizer"), prompts.LENGTH_TOKENS)

    blocks = [halved(prepare.compositions(extra[at:at + BLOCK], EACH, SEED + at)[0])
              for at in range(0, len(extra), BLOCK)]
    np.save(os.path.join(options.work, "clip-extra.npy"), np.concatenate(blocks))
    print("pictures beyond names.txt %d, keywords %d, words of the tokenizer %d"
          % (len(extra), len({word for words in lists for word in words}), len(corpus)))


if __name__ == "__main__":
    main()
