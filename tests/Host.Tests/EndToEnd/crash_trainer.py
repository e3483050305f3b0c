"""A training job of the crash tests: ADDRESS GROUP RANK WORLD FILE MODE SEED UNTIL.

Its checkpoint is one file that is replaced as a whole: the place in the stream, and what was applied up to it, as
sequence and CRC-32 of picture, mask and JSON. Whatever kills it, the file is from one moment. MODE is how it lives:
"manual" acknowledges what is in the checkpoint, "auto" leaves that to the stream, so that the daemon's mirror runs
ahead of the checkpoint. It ends with the first sample above UNTIL, which it does not apply; 0 is never.
"""

import json
import os
import random
import struct
import sys
import zlib

import headwater

ENTRY = struct.Struct("<QI")


def load(path):
    try:
        with open(path, "rb") as file:
            state, _, applied = file.read().partition(b"\n")
            return json.loads(state), bytearray(applied)
    except FileNotFoundError:
        return None, bytearray()


def save(path, state, applied):
    with open(path + ".new", "wb") as file:
        file.write(json.dumps(state).encode() + b"\n" + applied)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_stream(address, group, rank, world, mode, state, draws):
    options = {"rank": rank, "world": world, "auto_ack": mode == "auto", "retry_delay": 0.01, "retry_delay_max": 0.1,
               "credit_frames": draws.choice((1, 4, 64))}
    if mode == "auto" or state is None:
        stream = headwater.connect(address, group=group, **options)
        if state is not None:
            stream.load_state_dict(state)
        return stream
    return headwater.connect(address, group=group, cursor=state["cursor"], stream_id=state["stream"], **options)


def main(address, group, rank, world, path, mode, seed, until):
    draws = random.Random(int(seed))
    until = int(until)
    state, applied = load(path)
    print("connects", flush=True)
    with open_stream(address, group, int(rank), int(world), mode, state, draws) as stream:
        if state is None:
            # Before anything can be acknowledged: without a checkpoint the daemon's mirror would be the only truth.
            save(path, stream.state_dict(), applied)
        print("welcomed", flush=True)
        waiting, batch = 0, draws.randint(1, 30)
        for sample in stream:
            is_beyond = 0 < until < sample.sequence
            if not is_beyond:
                crc = zlib.crc32(sample.json_bytes, zlib.crc32(sample.mask_png, zlib.crc32(sample.image_bytes)))
                applied += ENTRY.pack(sample.sequence, crc)
                waiting, last = waiting + 1, sample
            if waiting == batch or (is_beyond and waiting):
                state = stream.state_dict()
                if mode == "manual":
                    state["cursor"] = last.sequence
                save(path, state, applied)
                print("saved", flush=True)
                if mode == "manual":
                    stream.ack(last)
                waiting, batch = 0, draws.randint(1, 30)
            if is_beyond:
                return


main(*sys.argv[1:])
