"""Trains CLIP on the training compositions of all names that are not held out.

    python3 train_clip.py --packages ../../deps/npm --work ../../.cache/mini --minutes 15

Each picture is scored against the prompts of all trained names, not only against those of its batch: with some 300
names that costs little, and at a batch of 64 it is most of the signal.
"""
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import names
import options
import prompts
from bpe import Tokenizer
from clipnet import Clip
from layers import Average, as_input, channels_last

BATCH, RATE, SMOOTHING, SEED = 64, 1.2e-3, 0.05, 13


def pictures_of_names(things):
    """The trained names in order, and the rows of each name's pictures."""
    rows = {}
    for row, thing in enumerate(things):
        if not thing.held_out:
            rows.setdefault(thing.name, []).append(row)
    return list(rows), list(rows.values())


def halved(pictures):
    """128 px to the encoder's 64 px."""
    return F.avg_pool2d(as_input(np.ascontiguousarray(pictures)), 2)


def uniform(batch, low, high, chance=1.0, rest=0.0):
    """One value a picture, [b, 1, 1, 1]: uniform with a chance, else the rest."""
    value = torch.rand(batch, 1, 1, 1) * (high - low) + low
    return torch.where(torch.rand(batch, 1, 1, 1) < chance, value, torch.full_like(value, rest))


def disturbed(x):
    """What a generator, a cutter or a camera may do to a picture: another ground, other light, blur, noise, a shift."""
    batch = len(x)
    ground = (x.amin(1, keepdim=True) > 0.94).float() * (torch.rand(batch, 1, 1, 1) < 0.25)
    x = x * (1 - ground) + ground * (torch.rand(batch, 3, 1, 1) * 2 - 1)
    soft = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2, mode="bilinear", align_corners=False)
    x = x + uniform(batch, 0.3, 1.0, chance=0.3) * (soft - x)
    x = (x + 1) * uniform(batch, 0.85, 1.12) - 1 + torch.randn_like(x) * uniform(batch, 0.0, 0.06, chance=0.5)
    shift = np.random.randint(-4, 5, 2)
    return torch.roll(x, tuple(int(step) for step in shift), (2, 3)).clamp(-1, 1)


@torch.no_grad()
def retrieval(model, tokenizer, labels, pictures, tops=(1, 5)):
    """Shares of pictures [n, c] whose own label is among the best of all labels."""
    text = model.text(tokenizer([prompts.MAIN_TEMPLATE.format(name=label) for label in labels]))
    own = torch.arange(len(labels)).repeat_interleave(pictures.shape[1])[:, None]
    flat = pictures.reshape(-1, *pictures.shape[2:])
    scores = torch.cat([model.image(halved(flat[at:at + 64])) for at in range(0, len(flat), 64)]) @ text.t()
    order = scores.argsort(1, descending=True)
    return [float((order[:, :top] == own).any(1).float().mean()) for top in tops]


class Data:
    """The trained names, and batches of one picture each of different names."""

    def __init__(self, setting, random):
        self.things, self.random = names.read(setting.packages), random
        self.labels, self.rows_of_names = pictures_of_names(self.things)
        self.pictures = np.load(os.path.join(setting.work, "train.npy"), mmap_mode="r")
        self.colours = np.load(os.path.join(setting.work, "train-colours.npy"))

    def batch(self):
        """The names' indices, and of each the row and the column of one composition."""
        picked = self.random.permutation(len(self.labels))[:BATCH]
        return picked, {index: (self.rows_of_names[index][self.random.randint(len(self.rows_of_names[index]))],
                                self.random.randint(self.pictures.shape[1])) for index in picked}

    def texts(self, chosen):
        """One prompt for every name: of the batch's pictures with their colour, of others with some picture's."""
        texts = []
        for index, rows in enumerate(self.rows_of_names):
            row, column = chosen.get(index, (rows[self.random.randint(len(rows))],
                                             self.random.randint(self.pictures.shape[1])))
            texts.append(prompts.caption(self.things[row], self.colours[row, column], self.random))
        return texts


def loss_of(model, tokenizer, data):
    """Each picture against the prompts of all names, and a quarter of the batch's prompts against its pictures."""
    batch, chosen = data.batch()
    x = disturbed(halved(np.stack([data.pictures[chosen[index]] for index in batch])))
    with torch.autocast("cpu", torch.bfloat16):
        image = model.image(x.contiguous(memory_format=torch.channels_last))
    scores = image @ model.text(tokenizer(data.texts(chosen))).t() * model.scale()
    own = torch.from_numpy(batch)
    return F.cross_entropy(scores, own, label_smoothing=SMOOTHING) + 0.25 * F.cross_entropy(
        scores[:, own].t(), torch.arange(len(batch)), label_smoothing=SMOOTHING)


def main():
    setting = options.parse(__doc__, minutes=15)
    torch.manual_seed(SEED)
    np.random.seed(SEED)
    data, tokenizer = Data(setting, np.random.RandomState(SEED)), Tokenizer(os.path.join(setting.work, "tokenizer"))
    held = np.load(os.path.join(setting.work, "held.npy"), mmap_mode="r")[[rows[0] for rows in data.rows_of_names], :1]
    model = channels_last(Clip(tokenizer.ids))
    parameters = list(model.parameters())
    optimizer = torch.optim.AdamW(parameters, RATE, betas=(0.9, 0.98), weight_decay=0.02, foreach=True)
    average, clock, losses = Average(parameters, 0.995), options.Clock(setting), []

    while clock.share < 1:
        for group in optimizer.param_groups:
            group["lr"] = RATE * clock.cosine(average.steps, warm_up=80)
        loss = loss_of(model, tokenizer, data)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        average.update()
        losses.append(loss.item())
        if average.steps % 100 == 0 or clock.share >= 1:
            average.swap()
            top_1, top_5 = retrieval(model, tokenizer, data.labels, held)
            options.log(setting.work, "clip", step=average.steps, seconds=round(clock.seconds),
                        loss=np.mean(losses[-100:]), top_1=top_1, top_5=top_5)
            torch.save(model.state_dict(), os.path.join(setting.work, "clip.pt"))
            average.swap()


if __name__ == "__main__":
    main()
