"""Writes what PyTorch computes at stated inputs, for the runtime's tests to compare with: models/train/golden/t2i.json.

    python3 golden.py --work ../../.cache/mini --out golden/t2i.json

"ddim" is the whole way: from sample, 20 steps of scheduler_config.json with guidance 2 against the empty prompt, to the
latents, and through scaling_factor and decoder to the picture.

The weights are rounded to float16 first, as the exported files hold them. Inputs, i counting values in row-major order:

    sample        [1, 4, 16, 16]   sin(0.37 * i) * 1.3
    timestep      [1]              500
    latent_sample [1, 4, 16, 16]   cos(0.11 * i) / scaling_factor
"""
import argparse
import json
import os

import numpy as np
import torch

import autoencoder
import diffusion
from bpe import Tokenizer
from export_onnx import SMALL, Decoded, load_diffusion

PROMPTS = ("a photo of a single apple, a round fruit with red or green skin, in a white background",
           "A Helicopter seen from the side, in a white background")
VALUES = 8


def rounded(module):
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.numel() >= SMALL:
                parameter.copy_(parameter.half().float())
    return module


def wave(function, step, factor):
    return torch.tensor(factor * function(step * np.arange(1024)), dtype=torch.float32).reshape(1, 4, 16, 16)


def first(tensor):
    return [round(float(value), 6) for value in tensor.flatten()[:VALUES]]


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", required=True)
    parser.add_argument("--out", required=True)
    setting = parser.parse_args()
    tokenizer = Tokenizer(os.path.join(setting.work, "tokenizer"))
    text, unet, scaling = load_diffusion(setting.work, tokenizer.ids)
    text, unet = rounded(text), rounded(unet)
    scaling = round(scaling, 6)
    decoder = Decoded(rounded(autoencoder.load(os.path.join(setting.work, "autoencoder.pt"))[1]))
    cases = []
    for prompt in PROMPTS:
        ids = tokenizer([prompt])
        rows, pooled = text(ids)
        velocity = unet(wave(np.sin, 0.37, 1.3), torch.tensor([500.0]), rows)
        empty = text(tokenizer([""]))[0]
        latents = diffusion.sample(unet, rows, empty, wave(np.sin, 0.37, 1.3), count=20, guidance=2.0)
        picture = decoder(latents / scaling)
        cases.append({"prompt": prompt, "input_ids": ids[0].tolist(), "last_hidden_state": first(rows),
                      "pooler_output": first(pooled), "out_sample": first(velocity),
                      "out_sample_mean_square": round(float((velocity ** 2).mean()), 6),
                      "ddim_latents": first(latents), "ddim_picture_mean": round(float(picture.mean()), 6)})
    picture = decoder(wave(np.cos, 0.11, 1 / scaling))
    os.makedirs(os.path.dirname(os.path.abspath(setting.out)), exist_ok=True)
    with open(setting.out, "w", encoding="utf8") as file:
        json.dump({"inputs": {"sample": "sin(0.37 * i) * 1.3, [1, 4, 16, 16]", "timestep": 500,
                              "latent_sample": "cos(0.11 * i) / scaling_factor, [1, 4, 16, 16]"},
                   "values": "the first %d in row-major order" % VALUES, "cases": cases,
                   "vae_sample": first(picture), "vae_sample_mean": round(float(picture.mean()), 6)}, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
