"""Trains CLIP on the training compositions of all names that are not held out, and on the emoji set beyond names.txt.

    python3 prepare_clip.py --packages ../../deps/npm --work ../../.cache/mini
    python3 train_clip.py   --packages ../../deps/npm --work ../../.cache/mini --minutes 40

Three things are learned at once:

1. Each picture is scored against captions of all trained names, not only of its batch: with some hundred names that
   costs little, and at a batch of 64 it is most of the signal.
2. Each picture is scored against keywords ("animal", "fruit", "music"), of which it has several.
3. Each name is scored against keywords, without any picture. The held-out names are among these, so that their words
   mean something at all; their pictures are never seen.
"""
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import clipdata
import options
import prompts
from bpe import Tokenizer
from clipnet import Clip
from layers import Average, as_input, channels_last

RATE, SMOOTHING, SEED = 1.5e-3, 0.05, 13
KEYWORD_SHARE, NAME_SHARE = 0.5, 0.25
WORD_WEIGHT_RATE, QUIET = 10.0, -3.0  # as in the diffusion's training


def uniform(batch, low, high, chance=1.0, rest=0.0):
    """One value a picture, [b, 1, 1, 1]: uniform with a chance, else the rest."""
    value = torch.rand(batch, 1, 1, 1) * (high - low) + low
    return torch.where(torch.rand(batch, 1, 1, 1) < chance, value, torch.full_like(value, rest))


def moved(x):
    """Mirrored, turned, scaled and shifted by a little, on the picture's own ground."""
    batch = len(x)
    angle, scale = uniform(batch, -0.26, 0.26).flatten(), uniform(batch, 0.82, 1.2).flatten()
    mirror = uniform(batch, -1.0, -1.0, chance=0.5, rest=1.0).flatten()
    shift = torch.rand(2, batch) * 0.24 - 0.12
    rows = (torch.stack([mirror * scale * torch.cos(angle), -scale * torch.sin(angle), shift[0]], 1),
            torch.stack([mirror * scale * torch.sin(angle), scale * torch.cos(angle), shift[1]], 1))
    grid = F.affine_grid(torch.stack(rows, 1), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=False)


def disturbed(x):
    """What a generator, a cutter or a camera may do to a picture: another ground, other light, blur, noise, a move."""
    batch = len(x)
    x = torch.where(torch.rand(batch, 1, 1, 1) < 0.7, moved(x), x)
    ground = (x.amin(1, keepdim=True) > 0.94).float() * (torch.rand(batch, 1, 1, 1) < 0.2)
    x = x * (1 - ground) + ground * (torch.rand(batch, 3, 1, 1) * 2 - 1)
    soft = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2, mode="bilinear", align_corners=False)
    x = x + uniform(batch, 0.3, 1.0, chance=0.3) * (soft - x)
    x = (x + 1) * uniform(batch, 0.85, 1.12) - 1 + torch.randn_like(x) * uniform(batch, 0.0, 0.06, chance=0.5)
    return x.clamp(-1, 1)


def tokens(tokenizer, texts):
    """Ids without the columns that hold padding alone."""
    ids = tokenizer(texts)
    return ids[:, :int((ids != tokenizer.end).sum(1).max()) + 1]


@torch.no_grad()
def retrieval(model, tokenizer, labels, pictures, tops=(1, 5)):
    """Shares of pictures [n, c] whose own label is among the best of all labels."""
    text = model.text(tokenizer([prompts.MAIN_TEMPLATE.format(name=label) for label in labels]))
    own = torch.arange(len(labels)).repeat_interleave(pictures.shape[1])[:, None]
    flat = as_input(pictures.reshape(-1, *pictures.shape[2:]))
    scores = torch.cat([model.image(flat[at:at + 64]) for at in range(0, len(flat), 64)]) @ text.t()
    order = scores.argsort(1, descending=True)
    return [float((order[:, :top] == own).any(1).float().mean()) for top in tops]


def shared(scores, shares):
    """Cross entropy to several right answers; rows without one do not count."""
    return -(shares * F.log_softmax(scores, 1)).sum(1).mean()


def keyword_loss(model, tokenizer, data, image, rows):
    """The pictures, and names without pictures, against keywords."""
    named = data.named()
    words, shares = data.words(rows + named)
    right = torch.from_numpy(shares)
    text = model.text(tokens(tokenizer, words)).t() * model.scale()
    titles = model.text(tokens(tokenizer, [prompts.caption(data.things[row], -1, data.random) for row in named]))
    return KEYWORD_SHARE * shared(image @ text, right[:len(rows)]) + NAME_SHARE * shared(titles @ text,
                                                                                         right[len(rows):])


def loss_of(model, tokenizer, data):
    """Each picture against all captions, a quarter of the batch's captions against its pictures, and keywords."""
    pictures, texts, own, rows = data.batch()
    x, own = disturbed(as_input(pictures)), torch.from_numpy(own)
    with torch.autocast("cpu", torch.bfloat16):
        image = model.image(x.contiguous(memory_format=torch.channels_last))
    scores = image @ model.text(tokens(tokenizer, texts)).t() * model.scale()
    loss = F.cross_entropy(scores, own, label_smoothing=SMOOTHING) + 0.25 * F.cross_entropy(
        scores[:, own].t(), torch.arange(len(own)), label_smoothing=SMOOTHING)
    return loss, keyword_loss(model, tokenizer, data, image, rows)


def quiet_links(model, tokenizer, data):
    """Words that are in templates and definitions but in no name and no keyword start with little weight."""
    loud = {word for thing in data.things for word in thing.words} | set(data.all_keywords)
    loud |= set(prompts.compose.COLOURS)
    ids = {id for word in loud for id in tokenizer.row(word)} - {tokenizer.start, tokenizer.end}
    ids -= {id for word in "a an and of the with in on".split() for id in tokenizer.row(word)}
    with torch.no_grad():
        model.words.weight.weight.fill_(QUIET)
        model.words.weight.weight[sorted(ids)] = 0.0


def optimizer_of(model):
    """No decay for the words: rare ones would fade."""
    weights, words = [model.words.weight.weight, model.words.clause], [model.words.word.weight]
    rest = [value for value in model.parameters() if all(value is not other for other in weights + words)]
    return torch.optim.AdamW([{"params": rest, "weight_decay": 0.02, "factor": 1.0},
                              {"params": words, "weight_decay": 0.0, "factor": 2.0},
                              {"params": weights, "weight_decay": 0.0, "factor": WORD_WEIGHT_RATE}],
                             RATE, betas=(0.9, 0.98), foreach=True)


def held_of(setting, rows):
    held = np.load(os.path.join(setting.work, "held.npy"), mmap_mode="r")[[some[0] for some in rows], :2]
    return clipdata.prepare_clip.halved(held)


def main():
    setting = options.parse(__doc__, minutes=40)
    torch.manual_seed(SEED)
    np.random.seed(SEED)
    data = clipdata.Data(setting, np.random.RandomState(SEED))
    tokenizer = Tokenizer(os.path.join(setting.work, "clip-tokenizer"))
    new, new_rows = clipdata.pictures_of_names(data.listed, lambda thing: thing.held_out)
    held, held_new = held_of(setting, data.rows_of_names[:len(data.labels)]), held_of(setting, new_rows)
    model = channels_last(Clip(tokenizer.ids))
    quiet_links(model, tokenizer, data)
    parameters, optimizer = list(model.parameters()), optimizer_of(model)
    average, clock, losses = Average(parameters, 0.998), options.Clock(setting), []

    while clock.share < 1:
        for group in optimizer.param_groups:
            group["lr"] = group["factor"] * RATE * clock.cosine(average.steps, warm_up=80)
        parts = loss_of(model, tokenizer, data)
        optimizer.zero_grad(set_to_none=True)
        sum(parts).backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        average.update()
        losses.append([part.item() for part in parts])
        if average.steps % 100 == 0 or clock.share >= 1:
            average.swap()
            top_1, top_5 = retrieval(model, tokenizer, data.labels, held)
            new_1, new_5 = retrieval(model, tokenizer, new, held_new)
            loss, keyword = np.mean(losses[-100:], 0)
            options.log(setting.work, "clip", step=average.steps, seconds=round(clock.seconds), loss=loss,
                        keyword_loss=keyword, top_1=top_1, top_5=top_5, new_1=new_1, new_5=new_5)
            torch.save(model.state_dict(), os.path.join(setting.work, "clip.pt"))
            average.swap()


if __name__ == "__main__":
    main()
