"""The denoiser: predicts the velocity of a noised latent from it, the time step and the text's rows."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from autoencoder import LATENT_CHANNELS
from layers import Residual, conv, norm

WIDTHS, HEADS, CONDITION, FREQUENCIES = (64, 160, 320), 4, 384, 64


class Attention(nn.Module):
    """Self-attention, then attention to the text's rows, on the smallest map."""

    def __init__(self, width, text_width):
        super().__init__()
        self.norm, self.norm_text = norm(width), nn.LayerNorm(width)
        self.own, self.own_out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.query, self.text = nn.Linear(width, width), nn.Linear(text_width, 2 * width)
        self.text_out = nn.Linear(width, width)
        nn.init.zeros_(self.own_out.weight)
        nn.init.zeros_(self.text_out.weight)

    @staticmethod
    def heads(x):
        return x.reshape(x.shape[0], -1, HEADS, x.shape[2] // HEADS).transpose(1, 2)

    def attend(self, query, key, value):
        query, key, value = self.heads(query), self.heads(key), self.heads(value)
        shares = torch.softmax(query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1]), -1)
        out = (shares @ value).transpose(1, 2)
        return out.reshape(out.shape[0], -1, HEADS * out.shape[-1])

    def forward(self, x, rows):
        tokens = self.norm(x).flatten(2).transpose(1, 2)
        change = self.own_out(self.attend(*self.own(tokens).chunk(3, -1)))
        change = change + self.text_out(self.attend(self.query(self.norm_text((tokens + change).float())),
                                                    *self.text(rows).chunk(2, -1)))
        return x + change.transpose(1, 2).reshape(x.shape)


class UNet(nn.Module):
    """sample [b, 4, h, w], timestep [b] or scalar, rows [b, s, width] to the velocity [b, 4, h, w]."""

    def __init__(self, text_width=192):
        super().__init__()
        fine, middle, coarse = WIDTHS
        self.register_buffer("frequencies", torch.exp(torch.arange(FREQUENCIES) * (-math.log(1e4) / FREQUENCIES)))
        self.time_in, self.time_out = nn.Linear(2 * FREQUENCIES, CONDITION), nn.Linear(CONDITION, CONDITION)
        self.text_in, self.both = nn.Linear(text_width, CONDITION), nn.Linear(CONDITION, CONDITION)
        block = lambda width_in, width_out: Residual(width_in, width_out, CONDITION)
        self.enter = conv(LATENT_CHANNELS, fine)
        self.down_fine, self.to_middle = block(fine, fine), conv(fine, middle, 2)
        self.down_middle, self.down_middle_2 = block(middle, middle), block(middle, middle)
        self.to_coarse, self.down_coarse = conv(middle, coarse, 2), block(coarse, coarse)
        self.attention, self.bottom = Attention(coarse, text_width), block(coarse, coarse)
        self.up_coarse, self.from_coarse = block(2 * coarse, coarse), nn.Conv2d(coarse, 4 * middle, 1)
        self.up_middle, self.up_middle_2 = block(2 * middle, middle), block(2 * middle, middle)
        self.from_middle = nn.Conv2d(middle, 4 * fine, 1)
        self.up_fine, self.up_fine_2 = block(2 * fine, fine), block(fine, fine)
        self.leave_norm, self.leave = norm(fine), conv(fine, LATENT_CHANNELS)
        self.larger = nn.PixelShuffle(2)
        nn.init.zeros_(self.leave.weight)

    def condition(self, timestep, pooled):
        angles = timestep.float().reshape(-1, 1) * self.frequencies
        time = self.time_out(F.silu(self.time_in(torch.cat([angles.cos(), angles.sin()], 1))))
        return F.silu(self.both(F.silu(time + self.text_in(pooled))))

    def forward(self, sample, timestep, rows):
        given = self.condition(timestep, rows[:, 0])
        fine = self.down_fine(self.enter(sample), given)
        middle = self.down_middle(self.to_middle(fine), given)
        middle_2 = self.down_middle_2(middle, given)
        coarse = self.attention(self.down_coarse(self.to_coarse(middle_2), given), rows)
        h = self.up_coarse(torch.cat([self.bottom(coarse, given), coarse], 1), given)
        h = self.up_middle(torch.cat([self.larger(self.from_coarse(h)), middle_2], 1), given)
        h = self.up_middle_2(torch.cat([h, middle], 1), given)
        h = self.up_fine_2(self.up_fine(torch.cat([self.larger(self.from_middle(h)), fine], 1), given), given)
        return self.leave(F.silu(self.leave_norm(h)))
