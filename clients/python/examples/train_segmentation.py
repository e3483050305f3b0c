"""Trains a small segmentation model from a live stream, on the processor.

    ./headwater serve -c ... &
    PYTHONPATH=clients/python/src python3 clients/python/examples/train_segmentation.py \
        tcp://127.0.0.1:7700 --checkpoint run.pt

Stop it with Ctrl-C whenever you like and start it again: weights, optimizer and the place in the stream lie in one
file, which is replaced as a whole, so a sample that kept weights have seen does not come again, and none is left out.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from typing import Any, Dict, Tuple

import numpy
import torch
from torch import nn
from torch.utils.data import DataLoader

from headwater import Sample
from headwater.torch_dataset import HeadwaterDataset

SIDE_PX = 32


def to_tensors(sample: Sample) -> Tuple[torch.Tensor, torch.Tensor, int]:
    """Picture [3, side, side] on 0 to 1, mask [1, side, side] of 0 and 1, and the sequence."""
    image = torch.from_numpy(sample.image().astype(numpy.float32) / 255).permute(2, 0, 1)
    mask = torch.from_numpy(sample.mask().astype(numpy.float32))[None]
    size = (SIDE_PX, SIDE_PX)
    return (
        nn.functional.interpolate(image[None], size, mode="bilinear", align_corners=False)[0],
        nn.functional.interpolate(mask[None], size, mode="nearest")[0],
        sample.sequence,
    )


def make_model() -> nn.Module:
    """Logits [B, 1, H, W] of pictures [B, 3, H, W]: a small encoder and decoder."""
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1, stride=2), nn.ReLU(),
        nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(),
        nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False),
        nn.Conv2d(32, 1, 3, padding=1),
    )


def save(path: str, state: Dict[str, Any]) -> None:
    """Replaces the checkpoint as a whole: after a crash it is the old one or the new one."""
    with open(path + ".new", "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def train(arguments: argparse.Namespace) -> None:
    torch.manual_seed(0)
    model = make_model()
    optimizer = torch.optim.Adam(model.parameters(), lr=arguments.learning_rate)
    dataset = HeadwaterDataset(arguments.address, arguments.group, 0, 1, to_tensors, token=arguments.token)
    step = cursor = 0
    if os.path.exists(arguments.checkpoint):
        kept = torch.load(arguments.checkpoint)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        dataset.load_state_dict(kept["samples"])
        step, cursor = kept["step"], kept["cursor"]
        print(f"resumes at step {step}, after sequence {cursor}", flush=True)

    def checkpoint() -> None:
        save(arguments.checkpoint, {
            "model": model.state_dict(), "optimizer": optimizer.state_dict(), "samples": samples, "step": step,
            "cursor": cursor})
        print(f"checkpoint at step {step}, after sequence {cursor}", flush=True)

    # Loading in this process: the place that state_dict() tells is then that of the batch in hand. With num_workers it
    # is torchdata's StatefulDataLoader that knows the place of each worker.
    last, samples, started = step + arguments.steps, dataset.state_dict(), time.monotonic()
    try:
        for images, masks, sequences in DataLoader(dataset, batch_size=arguments.batch_size):
            loss = nn.functional.binary_cross_entropy_with_logits(model(images), masks)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            # Together, or an interrupt between them would make a checkpoint of two moments.
            step, cursor, samples = step + 1, int(sequences[-1]), dataset.state_dict()
            print(f"step {step} loss {loss.item():.4f} sequences {int(sequences[0])} to {cursor}", flush=True)
            if step % arguments.checkpoint_every == 0 or step == last:
                checkpoint()
            if step == last:
                break
    except KeyboardInterrupt:
        print("interrupted; the last checkpoint is the place to go on from", flush=True)
    print(f"{step} steps, {time.monotonic() - started:.1f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a small segmentation model from a Headwater stream.")
    parser.add_argument("address", help="tcp://HOST:PORT or unix:/PATH")
    parser.add_argument("--group", default="train-segmentation")
    parser.add_argument("--token", default=None, help="the daemon's token; HEADWATER_TOKEN when absent")
    parser.add_argument("--checkpoint", default="segmentation.pt")
    parser.add_argument("--checkpoint-every", type=int, default=20, metavar="STEPS")
    parser.add_argument("--steps", type=int, default=sys.maxsize, help="steps of this run; without end when absent")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    # A shell that starts it in the background has it ignore the interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
