"""Writes the sample sheets and the loss curves of the model card.

    python3 sheet.py --packages ../../deps/npm --work ../../.cache/mini --pack ../mini --library LIBONNXRUNTIME
"""
import argparse
import csv
import os

import numpy as np
from PIL import Image, ImageDraw

import names
import prompts
from onnx_run import Runtime
from pack import Drawer

DEFINITIONS = {
    "apple": "a round fruit with red or green skin", "helicopter": "an aircraft without wings that a rotor lifts",
    "butterfly": "an insect with large coloured wings", "book": "pages bound together along one side",
    "mushroom": "a fungus with a stem and a cap", "hamburger": "meat between two halves of a bun",
    "teapot": "a pot with a handle and a spout", "guitar": "an instrument with strings and a long neck"}
CELL_PX, LABEL_PX = 128, 14


def sheet(pictures, labels, columns, path):
    rows = (len(pictures) + columns - 1) // columns
    canvas = Image.new("RGB", (columns * CELL_PX, rows * (CELL_PX + LABEL_PX)), "white")
    pen = ImageDraw.Draw(canvas)
    for index, (picture, label) in enumerate(zip(pictures, labels)):
        left, top = index % columns * CELL_PX, index // columns * (CELL_PX + LABEL_PX)
        canvas.paste(Image.fromarray(picture), (left, top))
        pen.text((left + 3, top + CELL_PX + 1), label[:21], fill="black")
    canvas.quantize(256).save(path, optimize=True)


def demo_sheet(drawer, path):
    """The demo's three templates, every name, two seeds each: a row a name."""
    templates = ("a photo of a single {name}, {definition}, in a white background",
                 "a {name} seen from the side, in a white background",
                 "a real photo of one {name}, in a white background")
    texts = [prompts.fill(template, name, definition) for name, definition in DEFINITIONS.items()
             for template in templates for _ in range(2)]
    sheet(drawer.draw(texts, range(len(texts))), [name for name in DEFINITIONS for _ in range(6)], 6, path)


def names_sheet(drawer, labels, path):
    texts = [prompts.MAIN_TEMPLATE.format(name=name) for name in labels]
    sheet(drawer.draw(texts, range(1000, 1000 + len(texts))), labels, 16, path)


def curve(path, column):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return [float(row["seconds"]) / 60 for row in rows], [float(row[column]) for row in rows]


def curves(work, path):
    """Loss over minutes of processor time, one panel a training, the vertical axis logarithmic."""
    panels = [("autoencoder", "loss"), ("diffusion", "loss"), ("clip", "loss")]
    canvas = Image.new("RGB", (340 * len(panels), 230), "white")
    pen = ImageDraw.Draw(canvas)
    for index, (name, column) in enumerate(panels):
        minutes, losses = curve(os.path.join(work, name + ".csv"), column)
        low, high, left = np.log(min(losses)), np.log(max(losses)), 340 * index + 50
        points = [(left + 270 * minute / minutes[-1], 190 - 150 * (np.log(loss) - low) / (high - low + 1e-9))
                  for minute, loss in zip(minutes, losses)]
        pen.rectangle((left, 35, left + 275, 195), outline="grey")
        pen.line(points, fill="navy", width=2)
        pen.text((left, 15), "%s, %s" % (name, column), fill="black")
        pen.text((left - 45, 35), "%.3g" % max(losses), fill="black")
        pen.text((left - 45, 180), "%.3g" % min(losses), fill="black")
        pen.text((left + 150, 205), "%.0f processor minutes" % minutes[-1], fill="black")
    canvas.quantize(16).save(path, optimize=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("packages", "work", "pack", "library"):
        parser.add_argument("--" + option, required=True)
    setting = parser.parse_args()
    things = names.read(setting.packages)
    kept = list(dict.fromkeys(thing.name for thing in things if not thing.held_out))
    drawer = Drawer(Runtime(setting.library), os.path.join(setting.pack, "t2i"))
    demo_sheet(drawer, os.path.join(setting.pack, "sheet-demo.png"))
    names_sheet(drawer, kept, os.path.join(setting.pack, "sheet-names.png"))
    curves(setting.work, os.path.join(setting.pack, "curves.png"))


if __name__ == "__main__":
    main()
