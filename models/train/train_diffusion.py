"""Trains the text encoder and the UNet on the latents of the training compositions of all names that are not held
out.

    python3 train_diffusion.py --packages ../../deps/npm --work ../../.cache/mini --minutes 60

Look at the log after the first minutes: the loss of the steps above 750 must fall below about 0.25 early. Near 0.4 the
text is being ignored and no amount of training mends it.
"""
import os

import numpy as np
import torch
import torch.nn as nn

import autoencoder
import diffusion
import names
import options
import prompts
from bpe import Tokenizer
from layers import Average, as_input, channels_last
from textencoder import TextEncoder
from unet import UNet

BATCH, RATE, EMPTY_SHARE, LATE_SHARE, SEED = 32, 1e-3, 0.1, 0.4, 12
DEMO_WEIGHT = 3.0
COMPOSITIONS = 6  # of each picture; with all 32 an hour of one core ends in blobs
WORD_WEIGHT_RATE = 10.0  # as a factor: a log weight has units to travel, and Adam moves a value by the rate a step
LINKS = "a an and of the with in on"  # words of names that name nothing
QUIET = -5.0  # the first log weight of words that are in a template, so that names lead from the first step on


def trained_rows(things):
    return [row for row, thing in enumerate(things) if not thing.held_out]


def share_of_rows(things, rows):
    """Each name as often as another, however many pictures it has; the demo's names DEMO_WEIGHT times as often."""
    pictures = {}
    for row in rows:
        pictures[things[row].name] = pictures.get(things[row].name, 0) + 1
    weights = np.array([(DEMO_WEIGHT if things[row].name in names.DEMO else 1.0) / pictures[things[row].name]
                        for row in rows])
    return weights / weights.sum()


@torch.no_grad()
def latents(encoder, pictures, rows):
    """Means of the latents, float32 [rows, compositions, 4, 16, 16]."""
    out = []
    for row in rows:
        with torch.autocast("cpu", torch.bfloat16):
            out.append(encoder(as_input(pictures[row]))[0].float().contiguous())
    return torch.stack(out)


def new_text_encoder(tokenizer, things):
    """Starts with words of unit variance, and with everything but names and colours quiet."""
    encoder = TextEncoder(tokenizer.ids)
    loud = {id for thing in things for word in thing.words for id in tokenizer.row(word)}
    loud |= {id for colour in prompts.compose.COLOURS for id in tokenizer.row(colour)}
    loud -= {tokenizer.start, tokenizer.end} | {id for word in LINKS.split() for id in tokenizer.row(word)}
    with torch.no_grad():
        encoder.weight.weight.fill_(QUIET)
        encoder.weight.weight[sorted(loud)] = 0.0
    return encoder


def load_into(text, unet, path):
    """Goes on from saved averages; the words' weights start anew, since they are what most often has to be mended."""
    saved, fresh = torch.load(path), text.weight.weight.detach().clone()
    text.load_state_dict(saved["text"])
    unet.load_state_dict(saved["unet"])
    with torch.no_grad():
        text.weight.weight.copy_(fresh)


def late_steps(batch):
    """Time steps spread evenly over the batch, and a share of them moved to the upper half, where the text decides
    what is drawn."""
    steps = ((torch.arange(batch) + torch.rand(batch)) / batch * 1000).long().clamp(0, 999)[torch.randperm(batch)]
    return torch.where(torch.rand(batch) < LATE_SHARE, 500 + steps // 2, steps)


def optimizer_of(text, unet):
    """No decay for the words and for vectors: rare words would fade."""
    weights, rest = [text.weight.weight, text.clause], list(text.parameters())
    rest = [parameter for parameter in rest if all(parameter is not weight for weight in weights)]
    matrices = [parameter for parameter in unet.parameters() if parameter.ndim >= 2]
    others = [parameter for parameter in unet.parameters() if parameter.ndim < 2]
    return torch.optim.AdamW([{"params": matrices, "weight_decay": 0.01, "factor": 1.0},
                              {"params": others + rest, "weight_decay": 0.0, "factor": 1.0},
                              {"params": weights, "weight_decay": 0.0, "factor": WORD_WEIGHT_RATE}],
                             RATE, betas=(0.9, 0.99), foreach=True)


class Data:
    """The trained things' latents, scaled to unit variance, and the prompts that go with them."""

    def __init__(self, setting, random):
        self.things, self.random = names.read(setting.packages), random
        self.rows = trained_rows(self.things)
        self.shares = share_of_rows(self.things, self.rows)
        pictures = np.load(os.path.join(setting.work, "train.npy"), mmap_mode="r")[:, :COMPOSITIONS]
        self.colours = np.load(os.path.join(setting.work, "train-colours.npy"))
        encoder, _ = autoencoder.load(os.path.join(setting.work, "autoencoder.pt"))
        self.latents = latents(channels_last(encoder), pictures, self.rows)
        self.scaling = float(1 / self.latents.std())
        self.latents *= self.scaling

    def batch(self):
        """BATCH latents and their prompts, some of them empty for guidance's sake."""
        picked = self.random.choice(len(self.rows), BATCH, p=self.shares)
        columns = self.random.randint(self.latents.shape[1], size=BATCH)
        texts = ["" if self.random.rand() < EMPTY_SHARE else
                 prompts.caption(self.things[self.rows[index]], self.colours[self.rows[index], column], self.random)
                 for index, column in zip(picked, columns)]
        return self.latents[picked, columns], texts


def losses_of(text, unet, ids, clean, steps):
    """The squared error of the velocity, one value a picture."""
    x, velocity = diffusion.noised(clean, torch.randn_like(clean), steps)
    rows, _ = text(ids)
    with torch.autocast("cpu", torch.bfloat16):
        predicted = unet(x.contiguous(memory_format=torch.channels_last), steps.float(), rows)
    return ((predicted.float() - velocity) ** 2).mean((1, 2, 3))


def main():
    setting = options.parse(__doc__, minutes=60)
    torch.manual_seed(SEED)
    data, tokenizer = Data(setting, np.random.RandomState(SEED)), Tokenizer(os.path.join(setting.work, "tokenizer"))
    text, unet = new_text_encoder(tokenizer, data.things), channels_last(UNet())
    if setting.resume:
        load_into(text, unet, os.path.join(setting.work, "diffusion.pt"))
    parameters = list(unet.parameters()) + list(text.parameters())
    optimizer, average = optimizer_of(text, unet), Average(parameters, 0.997)
    clock, window = options.Clock(setting), []

    while clock.share < 1:
        for group in optimizer.param_groups:
            group["lr"] = group["factor"] * RATE * clock.cosine(average.steps, warm_up=60)
        (clean, texts), steps = data.batch(), late_steps(BATCH)
        each = losses_of(text, unet, tokenizer(texts), clean, steps)
        optimizer.zero_grad(set_to_none=True)
        each.mean().backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        average.update()
        window += [(int(step), float(loss)) for step, loss in zip(steps, each.detach())]
        if average.steps % 50 == 0:
            report(setting.work, average.steps, clock.seconds, window)
            window = []
        if average.steps % 200 == 0 or clock.share >= 1:
            average.swap()
            torch.save({"unet": unet.state_dict(), "text": text.state_dict(), "scaling": data.scaling},
                       os.path.join(setting.work, "diffusion.pt"))
            average.swap()


def report(work, step, seconds, window):
    """The loss as a whole and by quarters of the time steps."""
    quarters = {"loss_to_%d" % (250 * quarter + 250): np.mean(
        [loss for at, loss in window if at // 250 == quarter]) for quarter in range(4)}
    options.log(work, "diffusion", step=step, seconds=round(seconds), loss=np.mean([loss for _, loss in window]),
                **quarters)


if __name__ == "__main__":
    main()
