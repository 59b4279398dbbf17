# SPDX-License-Identifier: MIT
"""counts.py - instructions of the hosted sides, by callgrind

What an operation takes is the difference between two runs of different length,
divided by the operations between them; so neither the program's start nor the
workload's setup counts.
"""
import os
import re
import shutil
import subprocess
import tempfile

from . import sides


class Profile:
    """Of one run: instructions in all, by function, by call."""

    def __init__(self, path):
        self.total = 0
        self.self_of, self.calls = {}, {}
        self.names = {}
        with open(path, encoding="utf-8", errors="replace") as f:
            self.read(f)

    def name(self, text):
        """(7) of a name that was given before, or (7) name."""
        number, _, name = text.strip().partition(" ")
        if name:
            self.names[number] = name.split("'")[0]
        return self.names[number]

    def read(self, lines):
        function = callee = None
        called = False
        for line in lines:
            if line.startswith("fn="):
                function = self.name(line[3:])
            elif line.startswith("cfn="):
                callee = self.name(line[4:])
            elif line.startswith("calls="):
                called = True
            elif line.startswith(("summary:", "totals:")):
                self.total = max(self.total, int(line.split()[1]))
            elif re.match(r"[-+*\d]", line) and function:
                words = line.split()
                cost = int(words[-1]) if len(words) > 1 else 0
                table, key = (self.calls, (function, callee)) if called \
                    else (self.self_of, function)
                table[key] = table.get(key, 0) + cost
                called = False

    def inclusive(self, function):
        return self.self_of.get(function, 0) + sum(
            cost for (caller, _), cost in self.calls.items()
            if caller == function)


def profile(side, words):
    """A Profile of the side with these arguments."""
    program, env = sides.SIDES[side]
    with tempfile.TemporaryDirectory() as tmp:
        out = os.path.join(tmp, "out")
        if not shutil.which("valgrind"):
            raise sides.Failed("valgrind is not installed")
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out,
             os.path.join(sides.OUT, program)] + [str(w) for w in words],
            env=dict(os.environ, **env), stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, check=False, timeout=300)
        if done.returncode:
            raise sides.Failed("%s under callgrind: status %d: %s" % (
                side, done.returncode, done.stderr.strip()[-200:]))
        return Profile(out)


def slope(side, what, size, count):
    """Instructions of one operation, the loop's left out."""
    def of(name, n):
        return profile(side, ["-n", 1, "calls", name, size, n]).total

    loop = of("none", 2 * count) - of("none", count)
    return (of(what, 2 * count) - of(what, count) - loop) / count


def fast(what, function, size, count):
    """Of our function itself, for each call: the path without a refill."""
    p = profile("kgc", ["-n", 1, "calls", what, size, count])
    return p.self_of.get(function, 0) / count


def second_run(side, words):
    """Instructions of a workload's second run, which finds a used heap."""
    one = profile(side, ["-n", 1] + words).total
    return profile(side, ["-n", 2] + words).total - one


def sweep_share(words):
    """Of a collection's instructions while the world is stopped."""
    p = profile("kgc", ["-n", 3] + words)
    whole = p.inclusive("cycle_stopped")
    sweep = sum(cost for (caller, callee), cost in p.calls.items()
                if caller == "cycle_stopped" and callee.startswith("sweep_"))
    return sweep / whole if whole else None


def operations(names, tiny):
    """side -> instructions of an allocation, of a free, of a pair."""
    count = 2000 if tiny else 100000
    table = {}
    for side in ("kgc", "bdwgc", "mimalloc", "jemalloc", "glibc"):
        if names and side not in names:
            continue
        alloc = slope(side, "alloc", 32, count)
        table[side] = (alloc, slope(side, "free", 32, count) - alloc,
                       slope(side, "pair", 32, count))
    return table
