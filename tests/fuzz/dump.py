#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""dump.py - fuzz target: the reader of heap dumps, and what is computed of one

    dump.py FILE...             each of them
    dump.py -t SECONDS FILE...  changes of them at random, for so long
    dump.py -r SEED N FILE...   N changes

A dump that is not one gets kgclib.dump.Bad and nothing else, in time that its
length bounds.  A change keeps the checksum right half of the time, or nothing
behind it would be reached.
"""
import argparse
import os
import random
import sys
import time
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../../scripts"))
from kgclib import dump, graph  # noqa: E402

SECONDS_MOST = 10   # for one input
WORTH = (0, 1, 2, 0x3f, 0x40, 0x7f, 0x80, 0xff)


def take(data):
    """Read it, and compute what summaries and dominators ask for."""
    begin = time.monotonic()
    try:
        d = dump.decode(data)
        if len(d):
            graph.dominators(d)
    except dump.Bad as e:
        if "\n" in str(e) or not str(e):
            raise AssertionError("not one line: %r" % str(e)) from e
    if time.monotonic() - begin > SECONDS_MOST:
        raise AssertionError("takes %.1f s" % (time.monotonic() - begin))


def change(rng, data):
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data)) if data else 0
        way = rng.randrange(5)
        if way == 0 and data:
            data[at] ^= 1 << rng.randrange(8)
        elif way == 1 and data:
            data[at] = rng.choice(WORTH)
        elif way == 2:
            data[at:at] = bytes(rng.choice(WORTH)
                                for _ in range(rng.randint(1, 12)))
        elif way == 3:
            del data[at:at + rng.randint(1, 8)]
        else:
            piece = data[at:at + rng.randint(1, 40)]
            to = rng.randrange(len(data) + 1)
            data[to:to] = piece
    if rng.random() < 0.5 and len(data) > 4:
        data[-4:] = zlib.crc32(data[:-4]).to_bytes(4, "little")
    return bytes(data)


def run(rng, corpus, count, end):
    n = 0
    while n < count and time.monotonic() < end:
        data = change(rng, rng.choice(corpus))
        try:
            take(data)
        except Exception:
            with open("build/fuzz/dump-found", "wb") as f:
                f.write(data)
            print("fuzz: not so: build/fuzz/dump-found", file=sys.stderr)
            raise
        n += 1
    return n


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("-t", type=float, metavar="SECONDS")
    p.add_argument("-r", type=int, nargs=2, metavar=("SEED", "N"))
    p.add_argument("files", nargs="+")
    args = p.parse_args()
    corpus = []
    for name in args.files:
        with open(name, "rb") as f:
            corpus.append(f.read())
    for data in corpus:
        take(data)
    seed, count = args.r or (int(time.time()), sys.maxsize if args.t else 0)
    if not count:
        return
    print("# seed %d" % seed, flush=True)
    begin = time.monotonic()
    n = run(random.Random(seed), corpus, count,
            begin + (args.t or 600))
    print("%d inputs in %.0f s" % (n, time.monotonic() - begin))


if __name__ == "__main__":
    main()
