#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""heapmap.py - a picture of a heap: one cell a page

    heapmap.py DUMP OUT.png|OUT.svg

The colour of a cell is the size of its span's objects, in eight groups, or
that of nogc blocks; the fuller the page, the stronger it is.  Pages run from
left to right, then down.  DUMP is what heapdump.py reads.  Debian's own
Python is named above because it has matplotlib.
"""
import io
import math
import os
import sys

sys.dont_write_bytecode = True
from kgclib import colors, output
from kgclib import dump as dumps

FREE, RELEASED = "#d9dce1", "#ffffff"
WEAKEST = 0.2       # of a page that has an object at all


def hex_color(text):
    return tuple(int(text[i:i + 2], 16) / 255 for i in (1, 3, 5))


def fade(color, fill):
    """Towards white, as the page is empty."""
    k = WEAKEST + (1 - WEAKEST) * min(fill, 1)
    return tuple(1 - k * (1 - c) for c in color)


def page_fills(dump, span):
    """What part of each page of a span of small objects is allocated."""
    used = [0] * span.npages
    for i in range(span.first, span.first + span.count):
        lo = dump.addr[i] - span.start
        hi = lo + span.size
        while lo < hi:
            page = lo // dump.page_size
            n = min(hi, (page + 1) * dump.page_size) - lo
            used[page] += n
            lo += n
    return [u / dump.page_size for u in used]


def cells(dump):
    out = []
    for s in dump.spans:
        if s.kind is None:
            # Which pages of a run were given back is not told: the first.
            out += [hex_color(RELEASED)] * s.released
            out += [hex_color(FREE)] * (s.npages - s.released)
        elif s.kind < 0:
            out += [hex_color(RELEASED)] * s.npages
        else:
            color = hex_color(colors.GROUPS[colors.group(s)][2])
            out += [fade(color, f) for f in page_fills(dump, s)] \
                if s.sizeclass else [color] * s.npages
    return out


def label(dump, axes, wide, height, title):
    """Rows by where they begin, in the heap; a grid if cells are large."""
    row = wide * dump.page_size
    step = next(1 << k for k in range(12, 60)
                if (1 << k) >= row and height * row <= (1 << k) * 10)
    ticks = [at / row for at in range(0, height * row, step)]
    axes.set_yticks(ticks, labels=["%g" % (step * i / (1 << 20))
                                   for i in range(len(ticks))])
    axes.set_ylabel("MB from the start")
    axes.set_xlabel("%d pages of %d bytes in a row" % (wide, dump.page_size))
    axes.set_title("%s: %d pages from 0x%x, %d objects" % (
        title, dump.npages, dump.start, len(dump)), loc="left", fontsize=11)
    if wide <= 64:
        axes.set_xticks(range(0, wide + 1), minor=True)
        axes.set_yticks(range(0, height + 1), minor=True)
        axes.grid(which="minor", color="white", linewidth=0.6)
        axes.tick_params(which="minor", length=0)


def draw(dump, path, title):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import patches, pyplot
    flat = cells(dump)
    wide = 1 << max(5, round(math.log2(math.sqrt(len(flat) or 1)) + 0.75))
    flat = flat or [hex_color(RELEASED)]    # of a heap without pages
    flat += [(1.0, 1.0, 1.0)] * (-len(flat) % wide)
    rows = [flat[i:i + wide] for i in range(0, len(flat), wide)]
    figure, axes = pyplot.subplots(
        figsize=(11, max(2.0, 8.6 * len(rows) / wide) + 1.2),
        layout="constrained")
    axes.imshow(rows, interpolation="nearest", aspect="equal",
                extent=(0, wide, len(rows), 0))
    label(dump, axes, wide, len(rows), title)
    shown = [(c, t) for t, _, c in colors.GROUPS]
    axes.legend(handles=[
        patches.Patch(facecolor=c, edgecolor="gray", linewidth=0.5, label=t)
        for c, t in shown + [(FREE, "free"), (RELEASED, "given back")]],
        title="objects of\n(pale: a page\nnearly empty)",
        loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
    picture = io.BytesIO()
    figure.savefig(picture, dpi=110, format=path[-3:], bbox_inches="tight",
                   pad_inches=0.15)
    output.write(path, picture.getvalue())
    print("%s: %d pages" % (path, dump.npages))


def main(argv):
    if len(argv) != 3 or not argv[2].endswith((".png", ".svg")):
        sys.stderr.write(__doc__)
        return 2
    try:
        draw(dumps.load(argv[1]), argv[2], os.path.basename(argv[1]))
        sys.stdout.flush()
    except dumps.Bad as e:
        sys.stderr.write("heapmap: %s: %s\n" % (argv[1], e))
        return 1
    except OSError as e:
        sys.stderr.write("heapmap: %s: %s\n" % (e.filename or "output",
                                                e.strerror))
        return 1
    except ImportError:
        sys.stderr.write("heapmap: no matplotlib: apt-get install "
                         "python3-matplotlib\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
