"""Measures the exported pack on held-out data and prints the figures of the model card.

    python3 evaluate.py --packages ../../deps/npm --work ../../.cache/mini --pack ../mini --library LIBONNXRUNTIME \\
        [--resnet RESNET50_ONNX]

Held-out compositions are other random placements, tints and mirrorings of the pictures of trained names. Of held-out
names no training saw a picture; CLIP met their words in text, beside keywords.
"""
import argparse
import os

import numpy as np

import names
import prompts
from onnx_run import Runtime
from pack import Drawer, ImageNet, Judge

SEEDS_EACH, VARIETY_NAMES, VARIETY_SEEDS = 2, 40, 6


class Data:
    """The compositions by name: training renders, held-out compositions, held-out names."""

    def __init__(self, packages, work):
        self.things, self.made = names.read(packages), {}
        self.train = np.load(os.path.join(work, "train.npy"), mmap_mode="r")
        self.held = np.load(os.path.join(work, "held.npy"), mmap_mode="r")
        self.kept = self.labels(lambda thing: not thing.held_out)
        self.new = self.labels(lambda thing: thing.held_out)

    def labels(self, wanted):
        return list(dict.fromkeys(thing.name for thing in self.things if wanted(thing)))

    def pictures(self, source, labels, each):
        """[labels * each] pictures, the same array each time; a name with several pictures gives them in turn."""
        key = (id(source), labels[0], len(labels), each)
        if key not in self.made:
            self.made[key] = self.gathered(source, labels, each)
        return self.made[key]

    def gathered(self, source, labels, each):
        out = []
        for label in labels:
            rows = [row for row, thing in enumerate(self.things) if thing.name == label]
            out += [source[rows[index % len(rows)], index // len(rows)] for index in range(each)]
        return np.stack(out)


class Once:
    """An embedder that keeps what it made of an array of pictures."""

    def __init__(self, judge):
        self.embed, self.made = judge.images, {}

    def images(self, pictures):
        if id(pictures) not in self.made:
            self.made[id(pictures)] = (pictures, self.embed(pictures))
        return self.made[id(pictures)][1]


def asked(label):
    return prompts.MAIN_TEMPLATE.format(name=label)


def top_shares(scores, own):
    """Shares of rows whose own column is the best, and among the best five."""
    order = np.argsort(-scores, 1)
    return (order[:, 0] == own).mean(), (order[:, :5] == own[:, None]).any(1).mean()


def by_neighbour(vectors, gallery, gallery_own, count):
    """Scores of names: of each name its nearest gallery picture."""
    similar = vectors @ gallery.T
    return np.stack([similar[:, gallery_own == name].max(1) for name in range(count)], 1)


def kid(first, second):
    """Unbiased squared MMD with the kernel (x.y / d + 1) ** 3, times 1000, of vectors scaled to the length sqrt(d)."""
    kernel = lambda a, b: (a @ b.T + 1) ** 3
    same = lambda a: (kernel(a, a).sum() - np.trace(kernel(a, a))) / (len(a) * (len(a) - 1))
    return 1000 * (same(first) + same(second) - 2 * kernel(first, second).mean())


def spread(vectors, each):
    """Mean over names of the mean pairwise 1 - cosine within the name."""
    groups = vectors.reshape(-1, each, vectors.shape[1])
    within = groups @ groups.transpose(0, 2, 1)
    return float(1 - (within.sum((1, 2)) - each).mean() / (each * (each - 1)))


def retrieval(data, judge):
    print("\nCLIP, image to name, held-out compositions")
    held = data.pictures(data.held, data.kept, 2)
    own = np.repeat(np.arange(len(data.kept)), 2)
    top_1, top_5 = top_shares(judge.images(held) @ judge.texts([asked(label) for label in data.kept]).T, own)
    print("  %d trained names: top-1 %.3f, top-5 %.3f (chance %.4f, %.4f)"
          % (len(data.kept), top_1, top_5, 1 / len(data.kept), 5 / len(data.kept)))
    new = data.pictures(data.held, data.new, 4)
    top_1, top_5 = top_shares(judge.images(new) @ judge.texts([asked(label) for label in data.new]).T,
                              np.repeat(np.arange(len(data.new)), 4))
    print("  %d names never trained, among themselves: top-1 %.3f, top-5 %.3f (chance %.4f, %.4f)"
          % (len(data.new), top_1, top_5, 1 / len(data.new), 5 / len(data.new)))


def recognised(data, judge, resnet, generated):
    """Whether the name is found again, beside held-out compositions of the same names as the ceiling."""
    print("\nPictures of %d names, %d seeds each: share whose top-1, top-5 names hold the prompted one"
          % (len(data.kept), SEEDS_EACH))
    real = data.pictures(data.held, data.kept, SEEDS_EACH)
    texts = judge.texts([asked(label) for label in data.kept]).T
    own = np.repeat(np.arange(len(data.kept)), SEEDS_EACH)
    for what, pictures in (("generated", generated), ("held-out compositions", real)):
        print("  by the pack's CLIP among %d names, %s: %.3f, %.3f"
              % ((len(data.kept), what) + top_shares(judge.images(pictures) @ texts, own)))
    if resnet is None:
        return
    gallery = resnet.images(data.pictures(data.train, data.kept, 2))
    gallery_own = np.repeat(np.arange(len(data.kept)), 2)
    for what, pictures in (("generated", generated), ("held-out compositions", real)):
        scores = by_neighbour(resnet.images(pictures), gallery, gallery_own, len(data.kept))
        print("  by nearest ResNet-50 neighbour among %d names, %s: %.3f, %.3f"
              % ((len(data.kept), what) + top_shares(scores, own)))


def choices(data, judge, drawer):
    """How steps and guidance matter, on every eighth name: the reason for the defaults."""
    some = data.kept[::8]
    own = np.array([data.kept.index(label) for label in some])
    texts = judge.texts([asked(label) for label in data.kept]).T
    print("\nSteps and guidance, %d names, one seed: top-1, top-5 by the pack's CLIP among %d names"
          % (len(some), len(data.kept)))
    for count, guidance in ((20, 1.0), (20, 2.0), (20, 3.0), (10, 2.0), (5, 2.0)):
        pictures = drawer.draw([asked(label) for label in some], range(len(some)), count, guidance)
        print("  %2d steps, guidance %.0f: %.3f, %.3f"
              % ((count, guidance) + top_shares(judge.images(pictures) @ texts, own)))


def distances(data, embedders, generated):
    print("\nKID x 1000 to held-out data (lower is nearer)")
    same = data.pictures(data.held, data.kept, SEEDS_EACH)
    other = data.pictures(data.held, data.new, 4)
    noise = np.random.RandomState(0).randint(0, 256, (128,) + same.shape[1:], np.uint8)
    train = data.pictures(data.train, data.kept, SEEDS_EACH)
    for what, embed in embedders.items():
        held, new = embed(same), embed(other)
        for kind, pictures in (("generated", generated), ("training renders", train), ("noise", noise)):
            vectors = embed(pictures)
            print("  %s, %s: %.2f to held-out compositions, %.2f to held-out names"
                  % (what, kind, kid(vectors, held), kid(vectors, new)))


def variety(data, embedders, drawer):
    some = data.kept[::max(1, len(data.kept) // VARIETY_NAMES)][:VARIETY_NAMES]
    print("\nVariety within a name: mean pairwise 1 - cosine, %d names, %d pictures each" % (len(some), VARIETY_SEEDS))
    texts = [asked(label) for label in some for _ in range(VARIETY_SEEDS)]
    generated = drawer.draw(texts, range(50_000, 50_000 + len(texts)))
    real = data.pictures(data.train, some, VARIETY_SEEDS)
    for what, embed in embedders.items():
        ours, theirs = spread(embed(generated), VARIETY_SEEDS), spread(embed(real), VARIETY_SEEDS)
        print("  %s: generated %.4f, augmented renders %.4f, ratio %.2f" % (what, ours, theirs, ours / theirs))


def white_corners(generated):
    """SAM's four corner points want a plain ground."""
    corners = generated[:, [2, 2, -3, -3], [2, -3, 2, -3]].astype(int)
    border = np.concatenate([generated[:, 0], generated[:, -1], generated[:, :, 0], generated[:, :, -1]], 1)
    print("\nGround: share of pictures with four corners above 250: %.3f; mean share of border pixels above 245: %.3f"
          % ((corners.min((1, 2)) > 250).mean(), (border.min(2) > 245).mean()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("packages", "work", "pack", "library"):
        parser.add_argument("--" + option, required=True)
    parser.add_argument("--resnet")
    setting = parser.parse_args()
    runtime, data = Runtime(setting.library), Data(setting.packages, setting.work)
    drawer = Drawer(runtime, os.path.join(setting.pack, "t2i"))
    judge = Judge(runtime, os.path.join(setting.pack, "clip"))
    seen = Once(judge)
    resnet = Once(ImageNet(runtime, setting.resnet)) if setting.resnet else None
    embedders = {"pack's CLIP": seen.images}
    if resnet:
        embedders["ResNet-50"] = resnet.images
    retrieval(data, judge)
    texts = [asked(label) for label in data.kept for _ in range(SEEDS_EACH)]
    generated = drawer.draw(texts, range(len(texts)))
    recognised(data, judge, resnet, generated)
    distances(data, embedders, generated)
    variety(data, embedders, drawer)
    white_corners(generated)
    choices(data, judge, drawer)


if __name__ == "__main__":
    main()
