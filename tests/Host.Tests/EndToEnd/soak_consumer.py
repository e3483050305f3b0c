"""A consumer of the soak test: ADDRESS GROUP KIND HTTP, the kind being healthy, slow or never-acking."""

import json
import sys
import time
import urllib.request

import headwater

PAUSE_SECONDS = 0.003
HOLD_SECONDS = 10.0


def consume(address, group, pause):
    with headwater.connect(address, group=group, retry_delay=0.05, retry_delay_max=1.0) as stream:
        for _ in stream:
            if pause:
                time.sleep(pause)


def hold(address, group, http):
    """Takes what its credit allows and acknowledges nothing, goes away for as long, comes back at the newest sample."""
    stream_id = None
    while True:
        with urllib.request.urlopen(http + "/v1/status") as answer:
            last = json.load(answer)["last_sequence"]
        with headwater.connect(
                address, group=group, cursor=last, stream_id=stream_id, auto_ack=False, retry_delay=0.05) as stream:
            stream_id = stream.stream_id
            end = time.monotonic() + HOLD_SECONDS
            while time.monotonic() < end:
                try:
                    stream.next(1.0)
                except TimeoutError:
                    pass
        time.sleep(HOLD_SECONDS)


def main(address, group, kind, http):
    if kind == "never-acking":
        hold(address, group, http)
    else:
        consume(address, group, PAUSE_SECONDS if kind == "slow" else 0)


main(*sys.argv[1:])
