# SPDX-License-Identifier: MIT
"""sides.py - the programs that a benchmark compares, and their runs by turns

A side is a program that sets a workload up, says "ready", and runs it once for
each line that it gets.  It answers with a line of name=value.
"""
import os
import select
import statistics
import subprocess
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
# Where the programs are, and where tables go.
OUT = os.path.join(TOP, "build", "bench")

# name: program, environment.  bdwgc marks with one thread, as we do; bdwgc-2
# with as many as it likes.
SIDES = {
    "kgc": ("kgc", {}),
    "kgc-32": ("kgc-32", {}),
    "kgc-free": ("kgc-free", {}),
    "bdwgc": ("bdwgc", {"GC_MARKERS": "1"}),
    "bdwgc-2": ("bdwgc", {}),
    "bdwgc-free": ("bdwgc-free", {"GC_MARKERS": "1"}),
    "mimalloc": ("mimalloc", {}),
    "jemalloc": ("jemalloc", {}),
    "glibc": ("glibc", {}),
    "go": ("go", {"GOMAXPROCS": "1", "GOGC": "100"}),
}
# Threads that mark beside the caller's are seen on the clock alone.
CLOCK = {"bdwgc-2": "ns"}


def numbers(line):
    """Of the words name=value."""
    words = (word.partition("=") for word in line.split())
    return {name: int(value) for name, equals, value in words if equals}


class Failed(Exception):
    """What is wrong with a side."""


class Side:
    """One side, with one workload; started anew for each run if @fresh."""

    def __init__(self, name, words, fresh, timeout=300):
        self.name, self.words, self.fresh = name, words, fresh
        self.timeout = timeout
        self.child = None
        self.loaded = {}    # what the heap had when it was set up

    def start(self):
        program, env = SIDES[self.name]
        self.child = subprocess.Popen(
            [os.path.join(OUT, program)] + self.words, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=dict(os.environ, **env))
        self.loaded = numbers(self.answer())

    def answer(self):
        # A line is asked for at a time, so none waits in the buffer.
        if not select.select([self.child.stdout], [], [], self.timeout)[0]:
            self.child.kill()
            raise Failed("%s: nothing in %d s" % (self.name, self.timeout))
        line = self.child.stdout.readline()
        if line:
            return line
        why = self.child.stderr.read().strip().splitlines()
        status = self.child.wait()
        self.child = None
        raise Failed("%s: status %d%s" % (
            self.name, status, ": " + why[-1] if why else ""))

    def ask(self):
        """The figures of one run."""
        if not self.child:
            self.start()
        try:
            self.child.stdin.write("\n")
            self.child.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.answer()
        if self.fresh:
            self.stop()
        return numbers(line)

    def stop(self):
        if not self.child:
            return
        child, self.child = self.child, None
        child.stdin.close()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()
        child.stderr.close()


class Series:
    """What the runs of one side gave."""

    def __init__(self, side):
        self.clock = CLOCK.get(side.name, "cpu")
        self.side = side
        self.runs = []

    def values(self, key):
        return [run[key] for run in self.runs if key in run]

    def median(self, key):
        values = self.values(key)
        return statistics.median(values) if values else None

    def part(self, key):
        """A part of a run, on the clock: the median of the runs that others
        hardly disturbed, or the least."""
        calm = [run[key] for run in self.runs
                if key in run and run["ns"] < 1.2 * run[self.clock]]
        values = self.values(key)
        return statistics.median(calm) if calm else min(values, default=None)

    def time(self):
        """Median, least and most, in nanoseconds."""
        values = self.values(self.clock)
        return statistics.median(values), min(values), max(values)


class Result:
    """A case's series by side, and what failed."""

    def __init__(self, case):
        self.case = case
        self.series = {}
        self.failures = []

    def ok(self, side):
        return side in self.series and self.series[side].runs

    def ratio(self, one, other):
        if not self.ok(one) or not self.ok(other):
            return None
        clock = "ns" if "ns" in (CLOCK.get(one), CLOCK.get(other)) else "cpu"
        below = self.series[other].median(clock)
        return self.series[one].median(clock) / below if below else None


def check_sums(result):
    """All sides computed the same, in each of their runs."""
    for i, sums in enumerate(zip(*(
            s.values("check") for s in result.series.values() if s.runs))):
        if len(set(sums)) > 1:
            names = [n for n, s in result.series.items() if s.runs]
            result.failures.append("run %d: sums differ: %s" % (
                i + 1, ", ".join("%s %d" % p for p in zip(names, sums))))
            return


def turns(sides, result, rounds, deadline, warm):
    """A B A B ..., until @rounds are done, or three and it is late.  One
    before that does not count, if @warm."""
    for done in range(-1 if warm else 0, rounds):
        if done >= 3 and time.monotonic() > deadline:
            return
        for side in list(sides):
            try:
                figures = side.ask()
                if done >= 0:
                    result.series[side.name].runs.append(figures)
            except Failed as failure:
                result.failures.append(str(failure))
                del result.series[side.name]
                sides.remove(side)


def measure(case, rounds, seconds):
    """Run @case on all of its sides."""
    result = Result(case)
    deadline = time.monotonic() + seconds
    sides = [Side(n, case.words, case.fresh) for n in case.sides]
    for side in sides:
        result.series[side.name] = Series(side)
    try:
        if not case.alone:
            turns(sides, result, rounds, deadline, not case.fresh)
        # Too large to be in memory side by side.
        for side in list(sides) if case.alone else []:
            turns([side], result, min(3, rounds), 0, True)
            side.stop()
    finally:
        for side in sides:
            side.stop()
    check_sums(result)
    return result
