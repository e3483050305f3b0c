"""The list of names: which pictures there are, what they are called, and which names are held out."""
import hashlib
import json
import os
import re
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))

# The demo asks for these, so they are never held out and the diffusion model sees them more often.
DEMO = ("apple", "helicopter", "butterfly", "book", "mushroom", "hamburger", "teapot", "guitar")


@dataclass(frozen=True)
class Thing:
    """One picture of the emoji set and what it may be called."""
    file: str
    words: tuple
    paint: bool

    @property
    def name(self):
        return self.words[0]

    @property
    def held_out(self):
        return held_out(self.name)


def held_out(name):
    """One name in ten, by a hash of its letters: the same names whatever else the list holds."""
    if name in DEMO:
        return False
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 10 == 0


def code_points(emoji):
    return "-".join("%x" % ord(letter) for letter in emoji)


def file_of(emoji, assets):
    """The file of an emoji. The set names some files with the variation selector and some without it."""
    code = code_points(emoji)
    for stem in (code, code + "-fe0f", code.replace("-fe0f", "")):
        path = os.path.join(assets, stem + ".webp")
        if os.path.exists(path):
            return path
    raise FileNotFoundError("no picture for %s (%s)" % (emoji, code))


def read(packages):
    """All things of names.txt in its order, found in the two npm packages."""
    with open(os.path.join(packages, "unicode-emoji-json", "data-by-emoji.json"), encoding="utf8") as file:
        emoji_of = {value["name"]: emoji for emoji, value in json.load(file).items()}
    assets = os.path.join(packages, "fluent-emoji-3d", "assets")
    with open(os.path.join(HERE, "names.txt"), encoding="utf8") as file:
        lines = [line.strip() for line in file]
    return [parse(line, emoji_of, assets) for line in lines if line and not line.startswith("#")]


def parse(line, emoji_of, assets):
    flags = set(re.findall(r"\[(\w+)\]", line))
    unicode_name, _, words = re.sub(r"\s*\[\w+\]", "", line).partition(" = ")
    words = tuple(word.strip().lower() for word in (words or unicode_name).split(","))
    return Thing(file_of(emoji_of[unicode_name], assets), words, "paint" in flags)
