"""The exported pack, run as a runtime runs it: from its files alone."""
import json
import os

import numpy as np
import torch
import torch.nn.functional as F

import diffusion
from bpe import Tokenizer
from onnx_run import Session

BATCH = 16


class Drawer:
    """t2i: prompts to pictures."""

    def __init__(self, runtime, folder):
        graph = lambda part: Session(runtime, os.path.join(folder, part, "model.onnx"))
        self.text, self.unet, self.decoder = graph("text_encoder"), graph("unet"), graph("vae_decoder")
        self.tokenizer = Tokenizer(os.path.join(folder, "tokenizer"))
        with open(os.path.join(folder, "vae_decoder", "config.json"), encoding="utf8") as file:
            self.scaling = json.load(file)["scaling_factor"]

    def rows(self, prompts):
        return torch.from_numpy(self.text(["last_hidden_state"], input_ids=self.tokenizer(prompts).numpy())[0])

    def velocity(self, sample, timestep, rows):
        return torch.from_numpy(self.unet(["out_sample"], sample=sample.numpy(), timestep=timestep.numpy(),
                                          encoder_hidden_states=rows.numpy())[0])

    def draw(self, prompts, seeds, count=20, guidance=2.0):
        """uint8 [n, h, w, 3], one picture a prompt and seed."""
        out = []
        for at in range(0, len(prompts), BATCH):
            some = prompts[at:at + BATCH]
            latents = diffusion.sample(self.velocity, self.rows(some), self.rows([""] * len(some)),
                                       diffusion.seeded_noise(seeds[at:at + BATCH]), count, guidance)
            decoded = self.decoder(["sample"], latent_sample=(latents / self.scaling).numpy())[0]
            out.append(np.round((decoded.transpose(0, 2, 3, 1) + 1) * 127.5).clip(0, 255).astype(np.uint8))
        return np.concatenate(out)


class Judge:
    """clip: pictures and prompts to unit vectors."""

    def __init__(self, runtime, folder):
        self.vision = Session(runtime, os.path.join(folder, "vision_model.onnx"))
        self.text = Session(runtime, os.path.join(folder, "text_model.onnx"))
        self.tokenizer = Tokenizer(folder)
        with open(os.path.join(folder, "preprocessor_config.json"), encoding="utf8") as file:
            self.side = json.load(file)["crop_size"]["height"]

    def images(self, pictures):
        return in_batches(pictures, self.side, lambda x: self.vision(["image_embeds"], pixel_values=x * 2 - 1)[0])

    def texts(self, prompts):
        return self.text(["text_embeds"], input_ids=self.tokenizer(prompts).numpy())[0]


class ImageNet:
    """ResNet-50 trained on ImageNet, which has seen neither the pack nor its data: an independent judge."""

    MEAN, DEVIATION = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])

    def __init__(self, runtime, path):
        self.net = Session(runtime, path)

    def images(self, pictures):
        def embed(x):
            x = (x - self.MEAN[:, None, None]) / self.DEVIATION[:, None, None]
            return self.net(["image_embeds"], pixel_values=x)[0]
        vectors = in_batches(pictures, 224, embed)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def in_batches(pictures, side, embed):
    """Squares of uint8 [n, h, w, 3], resized and in 0..1, through an embedder."""
    out = []
    for at in range(0, len(pictures), BATCH):
        x = torch.from_numpy(np.ascontiguousarray(pictures[at:at + BATCH])).permute(0, 3, 1, 2).float() / 255
        x = F.interpolate(x, (side, side), mode="bicubic", align_corners=False, antialias=True).clamp(0, 1)
        out.append(embed(np.ascontiguousarray(x.numpy())))
    return np.concatenate(out)
