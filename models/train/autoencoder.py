"""The autoencoder: pictures of 128 px to latents of 4 channels at 16 px and back."""
import torch
import torch.nn as nn

from layers import Residual, conv, norm

LATENT_CHANNELS = 4
# White is decoded to at least this, then cut off at 1: small errors of a latent leave the background pure white.
WHITE_DECODED = 1.06


class Encoder(nn.Module):
    """[b, 3, 8h, 8w] in -1..1 to mean and log variance, each [b, 4, h, w]."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.PixelUnshuffle(2), conv(12, 32), Residual(32, 32), conv(32, 64, 2), Residual(64, 64),
            conv(64, 128, 2), Residual(128, 128), Residual(128, 128), norm(128), nn.SiLU(),
            conv(128, 2 * LATENT_CHANNELS))

    def forward(self, x):
        return self.net(x).chunk(2, 1)


class Decoder(nn.Module):
    """[b, 4, h, w] to [b, 3, 8h, 8w], not cut off at -1 and 1."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            conv(LATENT_CHANNELS, 128), Residual(128, 128), Residual(128, 128), Residual(128, 128),
            nn.Conv2d(128, 256, 1), nn.PixelShuffle(2), Residual(64, 64), Residual(64, 64),
            nn.Conv2d(64, 128, 1), nn.PixelShuffle(2), Residual(32, 32), Residual(32, 32),
            norm(32), nn.SiLU(), conv(32, 12), nn.PixelShuffle(2))

    def forward(self, z):
        return self.net(z)


def forgiving(decoded, target):
    """The decoded picture with its overshoot at white pixels taken as right."""
    white = target > 0.99
    return torch.where(white, torch.clamp(decoded, max=WHITE_DECODED) - (WHITE_DECODED - 1), decoded)


def load(path):
    saved = torch.load(path)
    encoder, decoder = Encoder().eval(), Decoder().eval()
    encoder.load_state_dict(saved["encoder"])
    decoder.load_state_dict(saved["decoder"])
    return encoder, decoder
