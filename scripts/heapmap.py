#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""heapmap.py - a picture of a heap: one cell a page

    heapmap.py DUMP OUT.png|OUT.svg

The colour of a cell is the size class of its span, from 8 bytes (violet) to
32 KiB (red), or that of large objects or nogc blocks; the fuller the page, the
stronger it is.  Pages run from left to right, then down.  DUMP is what
heapdump.py reads.  Debian's own Python is named above because it has
matplotlib.
"""
import math
import sys

sys.dont_write_bytecode = True
from kgclib import dump as dumps

NOGC, LARGE, FREE, RELEASED = "#8c6d46", "#4a4a55", "#e4e4e4", "#ffffff"
WEAKEST = 0.18      # of a page that has an object at all
CLASSES = 60


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


def cells(dump, colormap):
    out = []
    for s in dump.spans:
        if s.kind is None:
            # Which pages of a run were given back is not told: the first.
            out += [hex_color(RELEASED)] * s.released
            out += [hex_color(FREE)] * (s.npages - s.released)
        elif s.kind < 0:
            out += [hex_color(RELEASED)] * s.npages
        elif s.sizeclass:
            color = colormap((s.sizeclass - 1) / (CLASSES - 1))[:3]
            out += [fade(color, f) for f in page_fills(dump, s)]
        else:
            out += [hex_color(NOGC if s.kind == 8 else LARGE)] * s.npages
    return out


def draw(dump, path):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import cm, colors, patches, pyplot
    colormap = matplotlib.colormaps["turbo"]
    flat = cells(dump, colormap)
    wide = 1 << max(5, round(math.log2(math.sqrt(len(flat) or 1)) + 0.25))
    flat += [(1.0, 1.0, 1.0)] * (-len(flat) % wide)
    rows = [flat[i:i + wide] for i in range(0, len(flat), wide)]
    figure, axes = pyplot.subplots(
        figsize=(10, max(2.5, 8.5 * len(rows) / wide) + 1.2),
        layout="constrained")
    axes.imshow(rows, interpolation="nearest", aspect="equal",
                extent=(0, wide, len(rows), 0))
    if wide <= 64:
        axes.set_xticks(range(0, wide + 1), minor=True)
        axes.set_yticks(range(0, len(rows) + 1), minor=True)
        axes.grid(which="minor", color="white", linewidth=0.6)
    axes.tick_params(which="minor", length=0)
    axes.set_xlabel("%d pages in a row, each %d bytes; from 0x%x" % (
        wide, dump.page_size, dump.start))
    axes.set_ylabel("rows")
    axes.legend(handles=[patches.Patch(facecolor=c, edgecolor="gray", label=t)
                         for c, t in ((LARGE, "large object"),
                                      (NOGC, "nogc block"), (FREE, "free"),
                                      (RELEASED, "given back"))],
                loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4,
                frameon=False)
    bar = figure.colorbar(cm.ScalarMappable(
        colors.Normalize(1, CLASSES), colormap), ax=axes, shrink=0.8,
        label="object size; pale: the page is nearly empty")
    marks = {s.sizeclass: s.size for s in dump.spans
             if s.kind is not None and s.kind >= 0 and s.sizeclass}
    shown = sorted(marks)[::max(1, len(marks) // 10)]
    bar.set_ticks(shown, labels=[str(marks[c]) for c in shown])
    figure.savefig(path, dpi=110)
    print("%s: %d pages" % (path, dump.npages))


def main(argv):
    if len(argv) != 3 or not argv[2].endswith((".png", ".svg")):
        sys.stderr.write(__doc__)
        return 2
    try:
        draw(dumps.load(argv[1]), argv[2])
    except dumps.Bad as e:
        sys.stderr.write("heapmap: %s: %s\n" % (argv[1], e))
        return 1
    except OSError as e:
        sys.stderr.write("heapmap: %s: %s\n" % (e.filename, e.strerror))
        return 1
    except ImportError:
        sys.stderr.write("heapmap: no matplotlib: apt-get install "
                         "python3-matplotlib\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
