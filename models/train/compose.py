"""Compositions: one object cut out by its alpha, turned, scaled, shifted and tinted, on a white square."""
import numpy as np
from PIL import Image

SIDE_PX = 128
COLOURS = {"red": 0, "orange": 28, "yellow": 52, "green": 120, "blue": 212, "purple": 275, "pink": 325}


def to_hsv(rgb):
    """RGB [h, w, 3] in 0..1 to hue in degrees, saturation and value."""
    high, low = rgb.max(-1), rgb.min(-1)
    span = high - low + 1e-8
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    hue = np.where(high == red, ((green - blue) / span) % 6,
                   np.where(high == green, (blue - red) / span + 2, (red - green) / span + 4)) * 60
    return hue, (high - low) / (high + 1e-8), high


def to_rgb(hue, saturation, value):
    sector = (hue % 360) / 60
    chroma = value * saturation
    second = chroma * (1 - np.abs(sector % 2 - 1))
    none, index = np.zeros_like(chroma), sector.astype(int) % 6
    red = np.choose(index, [chroma, second, none, none, second, chroma])
    green = np.choose(index, [second, chroma, chroma, second, none, none])
    blue = np.choose(index, [none, none, second, chroma, chroma, second])
    return np.stack([red, green, blue], -1) + (value - chroma)[..., None]


def main_hue(rgba):
    """The hue that most of the object's coloured surface has, in degrees; None where there is no such hue."""
    hue, saturation, value = to_hsv(rgba[..., :3].astype(np.float32) / 255)
    weight = (rgba[..., 3] > 127) * (saturation > 0.3) * (value > 0.25) * saturation
    if (weight > 0).sum() < 0.3 * (rgba[..., 3] > 127).sum():
        return None
    mean = (weight * np.exp(1j * np.deg2rad(hue))).sum() / weight.sum()
    return np.rad2deg(np.angle(mean)) % 360 if abs(mean) > 0.7 else None


def colour_name(hue):
    distance = {name: abs((at - hue + 180) % 360 - 180) for name, at in COLOURS.items()}
    return min(distance, key=distance.get)


def tinted(rgba, turn, saturate, brighten):
    """The hue turned by so many degrees, saturation and brightness multiplied."""
    hue, saturation, value = to_hsv(rgba[..., :3].astype(np.float32) / 255)
    rgb = to_rgb(hue + turn, np.clip(saturation * saturate, 0, 1), np.clip(value * brighten, 0, 1))
    return np.concatenate([np.clip(rgb * 255, 0, 255).astype(np.uint8), rgba[..., 3:]], -1)


def tint(thing, rgba, random):
    """A random tint and the colour word it may be called by, or None. Only painted things change colour as a whole:
    a blue apple would be no apple."""
    own = main_hue(rgba) if thing.paint else None
    saturate, brighten = random.uniform(0.85, 1.1), random.uniform(0.92, 1.06)
    if own is None:
        return tinted(rgba, random.uniform(-8, 8), saturate, brighten), None
    if random.rand() < 0.4:
        turn = random.uniform(-8, 8)
    else:
        wanted = list(COLOURS.values())[random.randint(len(COLOURS))]
        turn = wanted - own + random.uniform(-8, 8)
    return tinted(rgba, turn, saturate, brighten), colour_name((own + turn) % 360)


def composed(thing, rgba, random):
    """One composition: uint8 [SIDE_PX, SIDE_PX, 3] on pure white, and its colour word or None."""
    coloured, colour = tint(thing, rgba, random)
    if random.rand() < 0.5:
        coloured = coloured[:, ::-1]
    return placed(coloured, random.uniform(0.70, 0.94), random.uniform(-14, 14), random), colour


def placed(rgba, share, degrees, random):
    """The object turned, its longer side scaled to a share of the square, and put where it still fits."""
    # Premultiplied, or the resampling would pull colour from transparent pixels into the outline.
    premultiplied = rgba.astype(np.float32)
    premultiplied[..., :3] *= premultiplied[..., 3:] / 255
    turned = Image.fromarray(premultiplied.round().astype(np.uint8)).rotate(degrees, Image.BICUBIC, expand=True)
    turned = turned.crop(turned.getchannel("A").point(lambda alpha: 255 if alpha > 12 else 0).getbbox())
    scale = share * SIDE_PX / max(turned.size)
    size = [max(1, round(side * scale)) for side in turned.size]
    small = np.asarray(turned.resize(size, Image.LANCZOS)).astype(np.float32)
    left, top = (random.randint(2, max(3, SIDE_PX - side - 1)) if side < SIDE_PX - 4 else 2 for side in size)
    # Nearer the middle than uniform: the mean with the centred place.
    left, top = (left + (SIDE_PX - size[0]) // 2) // 2, (top + (SIDE_PX - size[1]) // 2) // 2
    square = np.full((SIDE_PX, SIDE_PX, 3), 255, np.float32)
    part = square[top:top + size[1], left:left + size[0]]
    part[:] = np.clip(small[..., :3] + 255 - small[..., 3:], 0, 255)
    return square.round().astype(np.uint8)
