"""Batches for CLIP: pictures of names.txt and of the emoji set beyond it, captions, and keywords."""
import os

import numpy as np

import keywords
import names
import prepare_clip
import prompts

BATCH, EXTRA_EACH = 64, 20  # pictures of a batch, and how many of them are of names beyond names.txt
RIVALS = 100  # captions of other names beyond names.txt that a batch is scored against too
TEXT_NAMES, OTHER_KEYWORDS = 48, 100


def pictures_of_names(things, wanted):
    """The wanted names in order, and the rows of each name's pictures."""
    rows = {}
    for row, thing in enumerate(things):
        if wanted(thing):
            rows.setdefault(thing.name, []).append(row)
    return list(rows), list(rows.values())


class Data:
    """Pictures at 64 px: first those of names.txt, then the extra ones."""

    def __init__(self, setting, random):
        self.random, self.listed = random, names.read(setting.packages)
        extra = keywords.extra_things(setting.packages, self.listed)
        self.things = self.listed + extra
        self.keywords = keywords.of_files(setting.packages, self.things)
        self.all_keywords = sorted({word for words in self.keywords for word in words})
        self.labels, rows = pictures_of_names(self.listed, lambda thing: not thing.held_out)
        self.rows_of_names = rows + [[len(self.listed) + index] for index in range(len(extra))]
        train = np.load(os.path.join(setting.work, "train.npy"), mmap_mode="r")
        self.train = np.stack([prepare_clip.halved(row) for row in train])
        self.extra = np.load(os.path.join(setting.work, "clip-extra.npy"))
        self.colours = np.load(os.path.join(setting.work, "train-colours.npy"))

    def choose(self):
        """One picture each of different names: the names' indices, and of each the picture's row and column."""
        listed = self.random.permutation(len(self.labels))[:BATCH - EXTRA_EACH]
        others = len(self.labels) + self.random.permutation(len(self.rows_of_names) - len(self.labels))
        picked = np.concatenate([listed, others[:EXTRA_EACH]])
        return picked, {index: self.composition(index) for index in picked}, others[EXTRA_EACH:EXTRA_EACH + RIVALS]

    def composition(self, index):
        rows = self.rows_of_names[index]
        row = rows[self.random.randint(len(rows))]
        return row, self.random.randint((self.train if row < len(self.listed) else self.extra).shape[1])

    def picture(self, row, column):
        return self.train[row, column] if row < len(self.listed) else self.extra[row - len(self.listed), column]

    def caption(self, row, column):
        colour = self.colours[row, column] if row < len(self.listed) else -1
        return prompts.caption(self.things[row], colour, self.random)

    def batch(self):
        """Pictures, captions (all trained names of names.txt, the batch's others, some rivals), own caption of each."""
        picked, chosen, rivals = self.choose()
        order = list(range(len(self.labels))) + list(picked[BATCH - EXTRA_EACH:]) + list(rivals)
        texts = [self.caption(*(chosen.get(index) or self.composition(index))) for index in order]
        own = np.array([order.index(index) for index in picked])
        return np.stack([self.picture(*chosen[index]) for index in picked]), texts, own, \
            [chosen[index][0] for index in picked]

    def words(self, rows):
        """Keywords to tell the rows by, and for each row the share of each keyword; rows without one have none."""
        some = {word for row in rows for word in self.keywords[row]}
        some |= {self.all_keywords[at] for at in self.random.randint(len(self.all_keywords), size=OTHER_KEYWORDS)}
        some = sorted(some)
        place, shares = {word: at for at, word in enumerate(some)}, np.zeros((len(rows), len(some)), np.float32)
        for index, row in enumerate(rows):
            for word in self.keywords[row]:
                shares[index, place[word]] = 1 / len(self.keywords[row])
        return some, shares

    def named(self):
        """Rows of things whose names are learned from their keywords, without a picture: the held-out ones too."""
        return list(self.random.permutation(len(self.things))[:TEXT_NAMES])
