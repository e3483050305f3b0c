"""The pack's own CLIP: an image encoder for 64 px and a text encoder that share a space of unit vectors."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from layers import Residual, conv, norm
from textencoder import TextEncoder

SIDE_PX, WIDTH = 64, 192


class ImageEncoder(nn.Module):
    """pixel_values [b, 3, 64, 64] in -1..1 to image_embeds [b, WIDTH] of length 1."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            conv(3, 32, 2), nn.SiLU(), conv(32, 96, 2), Residual(96, 96), conv(96, 192, 2), Residual(192, 192),
            conv(192, 320, 2), Residual(320, 320), norm(320), nn.SiLU())
        self.project = nn.Linear(320, WIDTH)

    def forward(self, pixels):
        return F.normalize(self.project(self.net(pixels).mean((2, 3))).float(), dim=-1)


class Clip(nn.Module):
    def __init__(self, tokens):
        super().__init__()
        self.image, self.words, self.project = ImageEncoder(), TextEncoder(tokens), nn.Linear(WIDTH, WIDTH)
        self.log_scale = nn.Parameter(torch.tensor(2.66))

    def text(self, ids):
        """input_ids [b, s] to text_embeds [b, WIDTH] of length 1."""
        return F.normalize(self.project(self.words.pooled(ids, self.words.shares(ids))), dim=-1)

    def scale(self):
        return self.log_scale.clamp(max=4.0).exp()


def load(path, tokens):
    model = Clip(tokens).eval()
    model.load_state_dict(torch.load(path))
    return model
