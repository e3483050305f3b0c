"""What CLIP alone learns from: more pictures of the emoji set than names.txt has, and keywords of all of them."""
import json
import os
import re

import names

GROUPS = ("Animals & Nature", "Food & Drink", "Travel & Places", "Activities", "Objects")
CLOCK = re.compile(r"o.clock|-thirty")  # 24 pictures that differ by the hands
WORDS = re.compile(r"[a-z][a-z \-]*[a-z]")


def read_json(*path):
    with open(os.path.join(*path), encoding="utf8") as file:
        return json.load(file)


def extra_things(packages, things):
    """Pictures of plain things beyond names.txt, less those whose name holds the name of a held-out thing."""
    assets, taken = os.path.join(packages, "fluent-emoji-3d", "assets"), {thing.file for thing in things}
    held = [re.compile(r"\b%s\b" % re.escape(word)) for thing in things if thing.held_out for word in thing.words]
    extra = []
    for emoji, value in read_json(packages, "unicode-emoji-json", "data-by-emoji.json").items():
        name = value["name"].lower()
        if value["group"] not in GROUPS or CLOCK.search(name) or any(word.search(name) for word in held):
            continue
        try:
            file = names.file_of(emoji, assets)
        except FileNotFoundError:
            continue
        if file not in taken:
            extra.append(names.Thing(file, (name,), False))
    return extra


def of_files(packages, things):
    """The keywords of each thing: those of emojilib that at least two things have, and its group's words."""
    assets, lists = os.path.join(packages, "fluent-emoji-3d", "assets"), {}
    keywords = read_json(packages, "emojilib", "dist", "emoji-en-US.json")
    for emoji, value in read_json(packages, "unicode-emoji-json", "data-by-emoji.json").items():
        if value["group"] in GROUPS:
            try:
                file = names.file_of(emoji, assets)
            except FileNotFoundError:
                continue
            words = [word.lower().replace("_", " ") for word in keywords.get(emoji, [])[1:]]
            lists[file] = {word for word in words if WORDS.fullmatch(word)} | set(value["group"].lower().split(" & "))
    own = [lists.get(thing.file, set()) - set(thing.words) for thing in things]
    counts = {}
    for words in own:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    return [sorted(word for word in words if counts[word] > 1) for words in own]
