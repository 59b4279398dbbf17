# SPDX-License-Identifier: MIT
"""cases.py - which workloads are run, with what arguments, on which sides"""
import glob
import os

COLLECTORS = ("kgc", "bdwgc", "bdwgc-2", "go")
ONE_MARKER = ("kgc", "bdwgc", "go")
MALLOCS = ("kgc-free", "bdwgc-free", "mimalloc", "jemalloc", "glibc")
ALL = ("kgc", "kgc-free", "bdwgc", "mimalloc", "jemalloc", "glibc", "go")


class Case:
    """@words are the program's; @fresh: a process for each run."""

    def __init__(self, group, name, words, sides, fresh=False, alone=False):
        self.group, self.name = group, name
        self.words = [str(w) for w in words]
        self.sides, self.fresh, self.alone = sides, fresh, alone


def files(data, kind):
    found = glob.glob(os.path.join(data, "**", "*." + kind), recursive=True)
    return sorted(found, key=os.path.basename)


def base(path):
    return os.path.splitext(os.path.basename(path))[0]


def collections(data, tiny):
    """One full collection of a heap that stays as it is."""
    million = 1000 if tiny else 1000000
    shapes = [("random", 2), ("random", 8), ("list", 2), ("list-shuffled", 2),
              ("tree", 2), ("tree-shuffled", 2), ("deep", 2)]
    for path in files(data, "hg"):
        yield Case("graph", base(path), ["graph", path], COLLECTORS)
    for name, n in shapes:
        yield Case("shape", "%s-%dM" % (name, n),
                   ["shape", name, n * million],
                   COLLECTORS if name == "random" and n == 2 else ONE_MARKER)
    yield Case("shape", "arrays", ["shape", "arrays", 20 if tiny else 2000],
               ONE_MARKER)
    yield Case("shape", "tasks", ["tasks", 10 if tiny else 200],
               ONE_MARKER)
    yield Case("shape", "finalizers", ["final", 1000 if tiny else 100000],
               ONE_MARKER)


def allocations(data, tiny):
    """Blocks come and go, or are dropped."""
    n = 1000 if tiny else 500000
    live = 100 if tiny else 100000
    yield Case("alloc", "trees", ["trees", 8 if tiny else 16], ALL, fresh=True)
    for path in files(data, "at"):
        yield Case("trace", base(path), ["trace", path], ALL, fresh=True)
    yield Case("alloc", "sizes-16-512", ["churn", 16, 512, live, n], ALL)
    yield Case("alloc", "noscan-arrays",
               ["churn", 32768, 1048576, 100, 20 if tiny else 2000], ALL)
    for few in (1000, 100000):
        for size in (16, 32, 64, 128, 256, 512, 1024):
            yield Case("pairs", "%d-live-%d" % (size, few),
                       ["churn", size, size, 100 if tiny else few, n],
                       MALLOCS)
        yield Case("pairs", "mix-live-%d" % few,
                   ["churn", 16, 1024, 100 if tiny else few, n], MALLOCS)


def curve(tiny):
    """The pause by size of the heap, a fourth of it objects with pointers."""
    for power in range(0, 1 if tiny else 13, 2):
        yield Case("curve", "%d" % (1 << power),
                   ["shape", "mix", (1 << power) * 4096],
                   ONE_MARKER, alone=power >= 10)


def narrow(data, tiny):
    """Heaps of 16 MB and more on 32 bits: what the metadata takes there."""
    for path in files(data, "hg"):
        yield Case("graph", base(path), ["graph", path], ("kgc-32",))
    for name, n in (("random", 2000000), ("mix", 100000)):
        yield Case("shape", name, ["shape", name, 1000 if tiny else n],
                   ("kgc-32",))


def all_cases(data, tiny):
    """What takes long comes last, if the time is to be kept to."""
    every = [*collections(data, tiny), *allocations(data, tiny), *curve(tiny)]
    return sorted(every, key=lambda c: c.alone or c.name == "random-8M")
