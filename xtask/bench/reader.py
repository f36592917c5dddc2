"""Python's json_repair on the texts that xtask/bench/reader has written, in MB/s: the best of some rounds.

Argument: the folder.
"""

import pathlib
import sys
import time

import json_repair

ROUNDS = 3


def main(folder):
    for file in sorted(pathlib.Path(folder).glob("*.txt")):
        text = file.read_text(encoding="utf-8")
        best = float("inf")
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            read = json_repair.loads(text)
            best = min(best, time.perf_counter() - begun)
        name = file.stem.split(" ", 1)[1]
        refuses = "" if isinstance(read, dict) else f"  (makes {type(read).__name__} of it)"
        print(f"{'json_repair: ' + name:<46} {len(text.encode()) / 1e6 / best:>10.2f} MB/s{refuses}")


if __name__ == "__main__":
    main(*sys.argv[1:])
