"""What the training scripts share apart from networks: arguments, the clock that ends them, and the log."""
import argparse
import csv
import math
import os
import time

import torch


def parse(text, minutes):
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", required=True, help="the folder with the two npm packages")
    parser.add_argument("--work", required=True, help="the folder that prepare.py wrote")
    parser.add_argument("--minutes", type=float, default=minutes, help="how long to train, in minutes of this process")
    parser.add_argument("--wall", type=float, default=1e9, help="end after so many minutes of the clock at the latest")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on from what was saved; the diffusion only")
    setting = parser.parse_args()
    torch.set_num_threads(setting.threads)
    return setting


class Clock:
    """Time in processor seconds of this process, so that a shared machine does not shorten a training; unless the
    clock on the wall runs out first."""

    def __init__(self, setting):
        self.start, self.whole = time.process_time(), 60 * setting.minutes
        self.wall_start, self.wall_whole = time.monotonic(), 60 * setting.wall

    @property
    def seconds(self):
        return time.process_time() - self.start

    @property
    def share(self):
        return max(self.seconds / self.whole, (time.monotonic() - self.wall_start) / self.wall_whole)

    def cosine(self, step, warm_up):
        """The learning rate's factor: a linear warm-up in steps and a half cosine over the time, to 2 per cent."""
        return min(1.0, (step + 1) / warm_up) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, self.share))))


def log(work, name, **values):
    """Prints a row and appends it to name.csv, the material of the loss curves."""
    path = os.path.join(work, name + ".csv")
    new = not os.path.exists(path)
    with open(path, "a", newline="") as file:
        writer = csv.DictWriter(file, values)
        if new:
            writer.writeheader()
        writer.writerow({key: round(float(value), 5) for key, value in values.items()})
    print(" ".join("%s %.4g" % pair for pair in values.items()), flush=True)
