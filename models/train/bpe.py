"""A small byte-pair tokenizer in CLIP's file form: vocab.json, merges.txt, </w> at the ends of words."""
import collections
import json
import os
import re

import torch

START, END = "<|startoftext|>", "<|endoftext|>"


def byte_letters():
    """CLIP writes each byte as a letter that prints: printable Latin-1 as itself, the others from 256 on, in order."""
    plain = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    others = [byte for byte in range(256) if byte not in plain]
    letters = {byte: chr(byte) for byte in plain}
    letters.update({byte: chr(256 + index) for index, byte in enumerate(others)})
    return letters


LETTERS = byte_letters()


# CLIP's pattern: contractions, runs of letters, single digits, runs of anything else that is no white space.
PIECES = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:_|[^\s\w])+")


def split(text):
    return PIECES.findall(text.lower())


def spelled(word):
    symbols = [LETTERS[byte] for byte in word.encode()]
    return symbols[:-1] + [symbols[-1] + "</w>"]


def merged(symbols, pair):
    out, at = [], 0
    while at < len(symbols):
        if tuple(symbols[at:at + 2]) == pair:
            out.append(symbols[at] + symbols[at + 1])
            at += 2
        else:
            out.append(symbols[at])
            at += 1
    return out


def learn(corpus):
    """Merges until every word of the corpus is one token. Ties go to the pair that sorts first, so that the same
    corpus gives the same files."""
    spellings, merges = [spelled(word) for word in corpus], []
    while True:
        counts = collections.Counter(pair for word in spellings for pair in zip(word, word[1:]))
        if not counts:
            return merges
        pair = min(counts, key=lambda key: (-counts[key], key))
        merges.append(pair)
        spellings = [merged(word, pair) for word in spellings]


def vocabulary(merges):
    letters = [LETTERS[byte] for byte in sorted(LETTERS, key=lambda byte: LETTERS[byte])]
    entries = letters + [letter + "</w>" for letter in letters]
    entries += [first + second for first, second in merges]
    return {entry: index for index, entry in enumerate(dict.fromkeys(entries + [START, END]))}


def save(merges, folder, length):
    os.makedirs(folder, exist_ok=True)

    def write(name, value):
        with open(os.path.join(folder, name), "w", encoding="utf8") as file:
            json.dump(value, file, ensure_ascii=False, indent=None if name == "vocab.json" else 2)

    write("vocab.json", vocabulary(merges))
    with open(os.path.join(folder, "merges.txt"), "w", encoding="utf8") as file:
        file.write("#version: 0.2\n" + "".join("%s %s\n" % pair for pair in merges))
    special = {"content": END, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}
    write("special_tokens_map.json", {"bos_token": dict(special, content=START), "eos_token": special,
                                      "pad_token": END, "unk_token": special})
    write("tokenizer_config.json", {"add_prefix_space": False, "bos_token": START, "do_lower_case": True,
                                    "eos_token": END, "errors": "replace", "model_max_length": length,
                                    "pad_token": END, "tokenizer_class": "CLIPTokenizer", "unk_token": END})


class Tokenizer:
    """Text to ids, padded with the end token; a longer text is cut and still ends with it."""

    def __init__(self, folder):
        with open(os.path.join(folder, "vocab.json"), encoding="utf8") as file:
            self.ids = json.load(file)
        with open(os.path.join(folder, "merges.txt"), encoding="utf8") as file:
            pairs = [tuple(line.split()) for line in file.read().split("\n")[1:] if line]
        with open(os.path.join(folder, "tokenizer_config.json"), encoding="utf8") as file:
            self.length = json.load(file)["model_max_length"]
        self.ranks = {pair: rank for rank, pair in enumerate(pairs)}
        self.start, self.end = self.ids[START], self.ids[END]
        self.known = {}

    def word(self, word):
        if word not in self.known:
            symbols = spelled(word)
            while len(symbols) > 1:
                best = min(zip(symbols, symbols[1:]), key=lambda pair: self.ranks.get(pair, 1 << 30))
                if best not in self.ranks:
                    break
                symbols = merged(symbols, best)
            self.known[word] = [self.ids[symbol] for symbol in symbols]
        return self.known[word]

    def row(self, text):
        ids = [id for word in split(text) for id in self.word(word)][:self.length - 2]
        return [self.start] + ids + [self.end] * (self.length - 1 - len(ids))

    def __call__(self, texts):
        return torch.tensor([self.row(text) for text in texts], dtype=torch.int64)
