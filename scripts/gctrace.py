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
import io
import os
import signal
import stat
import sys
import time

sys.dont_write_bytecode = True
from kgclib import output, trace

BAR = 40
# As in heapdump.py's page: to tell apart without red and green.
BEFORE, LIVE, PAUSE, SWEEP = "#0072b2", "#009e73", "#d55e00", "#5b5f66"


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


def draw_run(run, at, heap, pause):
    """@at: where each of its cycles stands on the horizontal axis."""
    x = [t for t in at for _ in (0, 1)]
    y = [v for c in run for v in (c.before, c.after)]
    live = [c.after for c in run]
    heap.fill_between(at, live, color=LIVE, alpha=0.3, linewidth=0)
    heap.plot(x, y, color=BEFORE, linewidth=1,
              marker="o" if len(run) < 60 else "", markersize=3,
              label="heap, before and after each collection")
    heap.plot(at, live, color=LIVE, linewidth=1.5, label="what lives")
    pause.vlines(at, 0, [c.pause for c in run], color=PAUSE, linewidth=1.2)
    pause.plot(at, [c.pause for c in run], "o", color=PAUSE, markersize=4,
               label="pause")
    pause.plot(at, [c.sweep for c in run], "x", color=SWEEP, markersize=4,
               label="sweep, the program running")


def plot(all_runs, path, title):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, (heap, pause) = pyplot.subplots(
        2, 1, sharex=True, figsize=(10, 6.5), layout="constrained")
    timed = len(all_runs) == 1 and all(c.time is not None
                                       for c in all_runs[0])
    first = 1
    for run in all_runs:
        at = [c.time for c in run] if timed else \
            list(range(first, first + len(run)))
        first += len(run)
        draw_run(run, at, heap, pause)
    for axes, unit in ((heap, "MB"), (pause, "ms")):
        axes.set_ylabel(unit)
        # Above all there is, for the legend.
        axes.set_ylim(bottom=0, top=axes.get_ylim()[1] * 1.2)
        axes.grid(axis="y", color="#d9dce1", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        handles, labels = axes.get_legend_handles_labels()
        once = dict(zip(labels, handles))
        axes.legend(once.values(), once.keys(), loc="upper left", ncols=2,
                    frameon=False)
    pause.set_xlabel("seconds" if timed else "collection")
    if not timed:
        pause.xaxis.get_major_locator().set_params(integer=True)
    heap.set_title("%s: %d collections" % (title, sum(map(len, all_runs))),
                   loc="left", fontsize=11)
    picture = io.BytesIO()
    figure.savefig(picture, dpi=110, format=path[-3:])
    output.write(path, picture.getvalue())
    print("drawn: %s" % path)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("log", nargs="?", help="standard input if left out")
    parser.add_argument("--plot", metavar="FILE", help=".png or .svg")
    parser.add_argument("--seconds", type=float, help="how long the run was")
    parser.add_argument("--echo", action="store_true",
                        help="copy the log to standard error")
    args = parser.parse_args()
    if args.plot and not args.plot.endswith((".png", ".svg")):
        sys.exit("gctrace: %s: neither .png nor .svg" % args.plot)
    return args


def read(args):
    """The cycles of the log, whether it is a file or still being written."""
    name = args.log or "stdin"
    try:
        stream = open(args.log, "rb") if args.log else sys.stdin.buffer
        live = not stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
        found = list(trace.cycles(stamped(stream, live, args.echo)))
    except OSError as e:
        sys.exit("gctrace: %s: %s" % (name, e.strerror))
    if not found:
        sys.exit("gctrace: %s: no line of gctrace=1" % name)
    return found


def main():
    args = arguments()
    all_runs = list(trace.runs(read(args)))
    try:
        for run in all_runs:
            summary(run, args.seconds)
        if args.plot:
            plot(all_runs, args.plot,
                 os.path.basename(args.log or "standard input"))
        sys.stdout.flush()
    except ImportError:
        sys.exit("gctrace: no matplotlib: apt-get install python3-matplotlib")
    except OSError as e:
        sys.exit("gctrace: %s: %s" % (e.filename or "output", e.strerror))


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    main()
