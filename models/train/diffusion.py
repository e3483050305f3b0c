"""The noise schedule and DDIM sampling, as scheduler_config.json tells a runtime to do it."""
import numpy as np
import torch

STEPS, BETA_FIRST, BETA_LAST = 1000, 0.00085, 0.012  # "scaled_linear": linear in the square roots


def kept_shares():
    """The share of the signal's variance that is left at each step, [1000]."""
    betas = np.linspace(BETA_FIRST ** 0.5, BETA_LAST ** 0.5, STEPS) ** 2
    return torch.tensor(np.cumprod(1 - betas), dtype=torch.float32)


KEPT = kept_shares()


def noised(latents, noise, steps):
    """The latents at the steps, and the velocity that the UNet is to predict there."""
    kept = KEPT[steps].reshape(-1, 1, 1, 1)
    return kept.sqrt() * latents + (1 - kept).sqrt() * noise, kept.sqrt() * noise - (1 - kept).sqrt() * latents


def trailing(count):
    """The time steps of "trailing" spacing: 1000/count apart, ending at 999."""
    return [round(STEPS - index * STEPS / count) - 1 for index in range(count)]


@torch.no_grad()
def sample(unet, rows, empty, noise, count=20, guidance=2.0):
    """DDIM from noise [b, 4, h, w]; rows and empty are the text's rows of the prompts and of the empty prompt."""
    x, steps = noise, trailing(count)
    for index, step in enumerate(steps):
        kept = KEPT[step]
        after = KEPT[steps[index + 1]] if index + 1 < count else torch.tensor(1.0)  # set_alpha_to_one
        batch = torch.full((len(x),), float(step))
        velocity = unet(x, batch, rows)
        if guidance != 1:
            without = unet(x, batch, empty)
            velocity = without + guidance * (velocity - without)
        clean = kept.sqrt() * x - (1 - kept).sqrt() * velocity
        noise_left = kept.sqrt() * velocity + (1 - kept).sqrt() * x
        x = after.sqrt() * clean + (1 - after).sqrt() * noise_left
    return x


def seeded_noise(seeds, side=16):
    """One generator a picture, so that a picture does not depend on its batch mates."""
    return torch.stack([torch.randn(4, side, side, generator=torch.Generator().manual_seed(int(seed)))
                        for seed in seeds])
