"""Goes on with the decoder alone, on latents with errors of the size that the diffusion model leaves.

    python3 train_decoder.py --packages ../../deps/npm --work ../../.cache/mini --minutes 5

The autoencoder's own noise is a hundredth of the latents' spread, the diffusion model's error a tenth: without this
step it shows as speckles. The encoder stays as it is, so a diffusion model that is being trained stays right.
"""
import os

import numpy as np
import torch
import torch.nn as nn

import autoencoder
import names
import options
from layers import Average, as_input, channels_last
from train_autoencoder import BATCH, loss_of, psnr

RATE, ERROR_MAX, SEED = 4e-4, 0.3, 14  # the error as a deviation, a fifth of the latents' own


def main():
    setting = options.parse(__doc__, minutes=5)
    torch.manual_seed(SEED)
    random = np.random.RandomState(SEED)
    kept = [row for row, thing in enumerate(names.read(setting.packages)) if not thing.held_out]
    pictures = np.load(os.path.join(setting.work, "train.npy"), mmap_mode="r")
    held = np.load(os.path.join(setting.work, "held.npy"), mmap_mode="r")[:, 0]
    path = os.path.join(setting.work, "autoencoder.pt")
    encoder, decoder = (channels_last(part) for part in autoencoder.load(path))
    parameters = list(decoder.parameters())
    optimizer = torch.optim.AdamW(parameters, RATE, betas=(0.9, 0.99), weight_decay=1e-4, foreach=True)
    average, clock, losses = Average(parameters, 0.99), options.Clock(setting), []

    while clock.share < 1:
        for group in optimizer.param_groups:
            group["lr"] = RATE * clock.cosine(average.steps, warm_up=30)
        target = as_input(np.stack([pictures[kept[random.randint(len(kept))], random.randint(pictures.shape[1])]
                                    for _ in range(BATCH)]))
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                mean = encoder(target)[0].float()
            error = torch.rand(len(mean), 1, 1, 1) * ERROR_MAX
            decoded = decoder(mean + torch.randn_like(mean) * error)
        loss = loss_of(decoded.float(), target, torch.zeros(1), torch.zeros(1))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        average.update()
        losses.append(loss.item())
        if average.steps % 50 == 0 or clock.share >= 1:
            average.swap()
            options.log(setting.work, "decoder", step=average.steps, seconds=round(clock.seconds),
                        loss=np.mean(losses[-50:]), psnr_db=psnr(encoder, decoder, held[::12]))
            torch.save({"encoder": encoder.state_dict(), "decoder": decoder.state_dict()}, path)
            average.swap()


if __name__ == "__main__":
    main()
