# SPDX-License-Identifier: MIT
"""trace.py - the lines that gctrace=1 prints; Documentation/gctrace.md

The one place that knows their form.  Whatever else a log has, before, after or
inside a line, is passed over.
"""
import re

# Of no more digits than a counter has.
WHOLE = r"(\d{1,20})"
NUMBER = r"(\d{1,20}(?:\.\d{1,9})?)"
LINE = re.compile(
    r"(?<![\w.])gc" + WHOLE + ": " + NUMBER + r"\+" + NUMBER + r"\+" + NUMBER +
    " ms " + NUMBER + " -> " + NUMBER + " MB " + WHOLE + " -> " + WHOLE +
    r" \(" + WHOLE + "-" + WHOLE + r"\) objects " + WHOLE +
    " pointer lookups")
# A kernel's log may say when, in seconds, and debuggc=1 says the pause in ns.
TIME = re.compile(r"^\[ *(\d{1,12}\.\d{1,9})\]")
PAUSE = re.compile(r"(?<!\w)pause (\d{1,20})\s*$")


class Cycle:
    """Times in milliseconds, sizes in MB of 2^20 bytes."""

    def __init__(self, match, line):
        v = match.groups()
        self.number = int(v[0])
        self.mark, self.sweep, self.rest = map(float, v[1:4])
        self.before, self.after = map(float, v[4:6])
        self.objects_before, self.objects_after = int(v[6]), int(v[7])
        self.nmalloc, self.nfree, self.lookups = map(int, v[8:11])
        # All of rest counts unless the pause was said: an upper bound.
        self.pause, self.exact = self.mark + self.rest, False
        stamp = TIME.match(line)
        self.time = float(stamp[1]) if stamp else None


def cycles(lines):
    """Yield a Cycle for each trace line, as they come."""
    pause = None
    for line in lines:
        match = LINE.search(line)
        if match:
            cycle = Cycle(match, line)
            if pause is not None:
                cycle.pause, cycle.exact = pause, True
            pause = None
            yield cycle
            continue
        match = PAUSE.search(line)
        if match:
            pause = int(match[1]) / 1e6


def percentile(values, p):
    """The least value that @p % of them do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * p // 100) - 1)]


def runs(cycles_):
    """Split where the numbers start again: another boot, or another heap.

    Two tasks may finish their cycles in another order than they began them.
    """
    run = {}
    for c in cycles_:
        if run and (c.number == 1 or c.number in run):
            yield [run[n] for n in sorted(run)]
            run = {}
        run[c.number] = c
    if run:
        yield [run[n] for n in sorted(run)]
