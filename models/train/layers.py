"""Blocks that the networks share. Shapes are [b, c, h, w], held channels-last because convolutions on a CPU are
twice as fast so."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Norm(nn.GroupNorm):
    """Group norm in float32 whatever comes in: in bfloat16 this version sums a group in bfloat16, and at a thousand
    values a group the outcome is tens of per cent wrong (an autoencoder stayed at 15 dB for it)."""

    def forward(self, x):
        return super().forward(x.float()).to(x.dtype)


def norm(width):
    return Norm(min(16, width // 4), width)


def conv(width_in, width_out, stride=1):
    return nn.Conv2d(width_in, width_out, 3, stride, 1)


class Residual(nn.Module):
    """Two convolutions beside a skip; with a condition [b, e], the second norm is scaled and shifted by it (FiLM)."""

    def __init__(self, width_in, width_out, condition=0):
        super().__init__()
        self.first_norm, self.first = norm(width_in), conv(width_in, width_out)
        self.second_norm, self.second = norm(width_out), conv(width_out, width_out)
        self.skip = nn.Conv2d(width_in, width_out, 1) if width_in != width_out else nn.Identity()
        self.film = nn.Linear(condition, 2 * width_out) if condition else None
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, x, condition=None):
        h = self.second_norm(self.first(F.silu(self.first_norm(x))))
        if self.film is not None:
            scale, shift = self.film(condition)[:, :, None, None].chunk(2, 1)
            h = h * (1 + scale) + shift
        return self.skip(x) + self.second(F.silu(h))


class Average:
    """Exponential moving average of parameters; what is exported is the average, not the last step."""

    def __init__(self, parameters, decay):
        self.parameters, self.decay, self.steps = list(parameters), decay, 0
        self.values = [parameter.detach().clone() for parameter in self.parameters]

    @torch.no_grad()
    def update(self):
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        torch._foreach_mul_(self.values, decay)
        torch._foreach_add_(self.values, [parameter.detach() for parameter in self.parameters], alpha=1 - decay)

    @torch.no_grad()
    def swap(self):
        """Exchanges the average and the parameters; called twice, nothing has changed."""
        for parameter, value in zip(self.parameters, self.values):
            kept = parameter.detach().clone()
            parameter.copy_(value)
            value.copy_(kept)


def channels_last(module):
    return module.to(memory_format=torch.channels_last)


def as_input(pictures):
    """uint8 [b, h, w, 3] to float [b, 3, h, w] in -1..1."""
    values = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
    return values.contiguous(memory_format=torch.channels_last)
