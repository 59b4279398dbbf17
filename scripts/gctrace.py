#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""gctrace.py - what a log with gctrace=1 says of the collections in it

    gctrace.py [--plot OUT.png|OUT.svg] [--seconds N] [LOG]

Reads LOG, or standard input, where other lines may stand between.  Prints a
summary of each run: collections, pauses, how long they took of the time, and
how the heap grew.  From a pipe lines are read as they come, and copied to
standard error with --echo; their times are when they came.  In a file a line
has a time if it begins with one, as [12.345678]; or --seconds says how long
the run was.  Debian's own Python is named above because it has matplotlib.
"""
import argparse
import os
import stat
import sys
import time

sys.dont_write_bytecode = True
from kgclib import trace

BAR = 40


def stamped(stream, live, echo):
    start = time.monotonic()
    for raw in stream:
        line = raw.decode("ascii", "replace")
        if echo:
            sys.stderr.write(line)
        stamp = "[%.6f]" % (time.monotonic() - start) if live else ""
        yield stamp + line


def span_of(run, seconds):
    """Seconds that the run took, or None."""
    if seconds:
        return seconds
    if len(run) > 1 and run[0].time is not None and run[-1].time is not None:
        first = run[0].time - (run[0].pause + run[0].sweep) / 1e3
        return max(run[-1].time - first, 0) or None
    return None


def curve(run):
    """The heap at up to 12 cycles, as bars."""
    most = max(max(c.before for c in run), 0.1)
    step = -(-len(run) // 12)
    for c in run[::step]:
        live, full = (round(v / most * BAR) for v in (c.after, c.before))
        print("  gc%-6d %8.1f -> %8.1f MB |%s%s" % (
            c.number, c.before, c.after, "#" * live, "-" * (full - live)))


def summary(run, seconds):
    pauses = [c.pause for c in run]
    total = sum(pauses)
    print("%d collections, gc%d to gc%d" % (len(run), run[0].number,
                                            run[-1].number))
    print("pauses: total %.3f ms, median %.3f, 90 %% %.3f, 99 %% %.3f, "
          "most %.3f%s" % (
              total, trace.percentile(pauses, 50),
              trace.percentile(pauses, 90), trace.percentile(pauses, 99),
              max(pauses), "" if all(c.exact for c in run) else
              " (mark and all of rest: debuggc=1 gives them exactly)"))
    print("sweep, with the program running: total %.3f ms, most %.3f" % (
        sum(c.sweep for c in run), max(c.sweep for c in run)))
    took = span_of(run, seconds)
    if took:
        print("mutator share: %.1f %% of %.3f s" % (
            100 * (1 - min(total / 1e3 / took, 1)), took))
    else:
        print("mutator share: unknown: the log has no times (read it from a "
              "pipe, or say --seconds)")
    print("heap: most %.1f MB, live at the end %.1f MB, %d objects; "
          "%d allocated, %d freed" % (
              max(c.before for c in run), run[-1].after,
              run[-1].objects_after, run[-1].nmalloc, run[-1].nfree))
    curve(run)


def plot(all_runs, path):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, (heap, pause) = pyplot.subplots(
        2, 1, sharex=True, figsize=(10, 6.5), layout="constrained")
    timed = len(all_runs) == 1 and all(c.time is not None
                                       for c in all_runs[0])
    at = 0
    for run in all_runs:
        x, y, live = [], [], []
        for c in run:
            here = c.time if timed else at
            at += 1
            x += [here, here]
            y += [c.before, c.after]
            live.append((here, c.after))
        heap.plot(x, y, color="tab:blue", linewidth=1)
        heap.fill_between(*zip(*live), color="tab:green", alpha=0.35)
        heap.plot(*zip(*live), color="tab:green", linewidth=1)
        xs = x[::2]
        pause.vlines(xs, 0, [c.pause for c in run], color="tab:red",
                     linewidth=1.5)
        pause.plot(xs, [c.pause for c in run], ".", color="tab:red")
        pause.plot(xs, [c.sweep for c in run], ".", color="tab:gray",
                   markersize=4)
    heap.set_ylabel("heap, MB")
    heap.set_ylim(bottom=0)
    heap.legend(["allocated", "live"], loc="upper left")
    pause.set_ylabel("ms")
    pause.set_ylim(bottom=0)
    pause.set_xlabel("seconds" if timed else "collection")
    handles = pause.get_lines()[:2]
    pause.legend(handles, ["pause", "sweep, the program running"],
                 loc="upper left")
    if not timed:
        pause.xaxis.get_major_locator().set_params(integer=True)
    figure.savefig(path, dpi=110)
    print("drawn: %s" % path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("log", nargs="?", help="standard input if left out")
    parser.add_argument("--plot", metavar="FILE", help=".png or .svg")
    parser.add_argument("--seconds", type=float, help="how long the run was")
    parser.add_argument("--echo", action="store_true",
                        help="copy the log to standard error")
    args = parser.parse_args()
    if args.plot and not args.plot.endswith((".png", ".svg")):
        sys.exit("gctrace: %s: neither .png nor .svg" % args.plot)
    try:
        stream = open(args.log, "rb") if args.log else sys.stdin.buffer
        live = not stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
        found = list(trace.cycles(stamped(stream, live, args.echo)))
    except OSError as e:
        sys.exit("gctrace: %s: %s" % (args.log or "stdin", e.strerror))
    if not found:
        sys.exit("gctrace: %s: no line of gctrace=1" % (args.log or "stdin"))
    all_runs = list(trace.runs(found))
    for run in all_runs:
        summary(run, args.seconds)
    if args.plot:
        try:
            plot(all_runs, args.plot)
        except ImportError:
            sys.exit("gctrace: no matplotlib: apt-get install "
                     "python3-matplotlib")
        except OSError as e:
            sys.exit("gctrace: %s: %s" % (args.plot, e.strerror))


if __name__ == "__main__":
    main()
