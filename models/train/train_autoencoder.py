"""Trains the autoencoder on the training compositions of all names that are not held out.

    python3 train_autoencoder.py --packages ../../deps/npm --work ../../.cache/mini --minutes 12
"""
import math
import os

import numpy as np
import torch
import torch.nn as nn

import names
import options
from autoencoder import Decoder, Encoder, forgiving
from layers import Average, as_input, channels_last

BATCH, RATE, KL_WEIGHT, SEED = 16, 1.5e-3, 2e-4, 11


def edges(x):
    return x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]


def loss_of(decoded, target, mean, log_variance):
    """L1, twice the squared error, half the error of the gradients, and a small KL. The gradient term is what keeps
    outlines sharp at this size; the KL only keeps the latents near unit variance."""
    seen = forgiving(decoded, target)
    kl = 0.5 * (mean * mean + log_variance.exp() - 1 - log_variance).mean()
    slope = sum((a - b).abs().mean() for a, b in zip(edges(seen), edges(target)))
    return (seen - target).abs().mean() + 2 * ((seen - target) ** 2).mean() + 0.5 * slope + KL_WEIGHT * kl


def step(encoder, decoder, target):
    with torch.autocast("cpu", torch.bfloat16):
        mean, log_variance = encoder(target)
        mean, log_variance = mean.float(), log_variance.float().clamp(-12, 8)
        decoded = decoder(mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance))
    return loss_of(decoded.float(), target, mean, log_variance)


@torch.no_grad()
def psnr(encoder, decoder, pictures):
    target = as_input(pictures)
    decoded = decoder(encoder(target)[0]).clamp(-1, 1)
    return float(np.mean([10 * math.log10(4 / ((a - b) ** 2).mean().item()) for a, b in zip(decoded, target)]))


def main():
    setting = options.parse(__doc__, minutes=12)
    torch.manual_seed(SEED)
    random = np.random.RandomState(SEED)
    things = names.read(setting.packages)
    kept = [row for row, thing in enumerate(things) if not thing.held_out]
    pictures = np.load(os.path.join(setting.work, "train.npy"), mmap_mode="r")
    held = np.load(os.path.join(setting.work, "held.npy"), mmap_mode="r")[:, 0]
    encoder, decoder = channels_last(Encoder()), channels_last(Decoder())
    parameters = list(encoder.parameters()) + list(decoder.parameters())
    optimizer = torch.optim.AdamW(parameters, RATE, betas=(0.9, 0.99), weight_decay=1e-4, foreach=True)
    average, clock, rows = Average(parameters, 0.995), options.Clock(setting), []

    while clock.share < 1:
        for group in optimizer.param_groups:
            group["lr"] = RATE * clock.cosine(average.steps, warm_up=100)
        picked = np.stack([pictures[kept[random.randint(len(kept))], random.randint(pictures.shape[1])]
                           for _ in range(BATCH)])
        loss = step(encoder, decoder, as_input(picked))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        average.update()
        rows.append(loss.item())
        if average.steps % 100 == 0 or clock.share >= 1:
            average.swap()
            options.log(setting.work, "autoencoder", step=average.steps, seconds=round(clock.seconds),
                        loss=np.mean(rows[-100:]), psnr_db=psnr(encoder, decoder, held[::12]))
            torch.save({"encoder": encoder.state_dict(), "decoder": decoder.state_dict()},
                       os.path.join(setting.work, "autoencoder.pt"))
            average.swap()


if __name__ == "__main__":
    main()
