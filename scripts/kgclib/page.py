# SPDX-License-Identifier: MIT
"""page.py - a dump as one page that needs no network

The page has every object and edge, not a picture of them: columns of numbers,
each split into its lowest bytes, its second lowest and so on, so that zlib
finds what repeats; page/heap.js puts them together again.  A million objects
with 4.5 million edges make a page of 8 MB.  Beyond MOST_EDGES edges it has
none, and says so: sizes and dominators are right, paths are not shown.
Of a long trace the longest pauses stay.
"""
import base64
import json
import os
import zlib
from array import array

from . import colors, graph, report, trace
from . import dump as d

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "page")
SCRIPTS = ("heap.js", "text.js", "treemap.js", "classes.js", "map.js",
           "trace.js", "object.js", "page.js")
MOST_EDGES = 20 * 1000 * 1000
MOST_CYCLES = 2000


def planes(column):
    data = column.tobytes()
    return b"".join(data[k::column.itemsize]
                    for k in range(column.itemsize))


def span_columns(dump):
    spans = dump.spans
    for name in ("npages", "count", "released"):
        yield "span_" + name, array("I", (getattr(s, name) for s in spans))
    yield "span_size", array("Q", (s.size for s in spans))
    yield "span_class", array("B", (s.sizeclass for s in spans))
    yield "span_kind", array("B", (
        254 if s.kind is None else 255 if s.kind < 0 else s.kind
        for s in spans))
    yield "span_group", array("B", (
        colors.group(s) if s.kind is not None and s.kind >= 0 else 255
        for s in spans))


def object_columns(dump, kept):
    steps, at = array("I"), dump.start
    for a in dump.addr:
        steps.append((a - at) >> 3)
        at = a
    n = len(dump)
    yield "step", steps
    yield "flags", array("B", dump.flags)
    # n: only all the roots together keep it.
    yield "dominator", array("I", (
        graph.NONE if not size else n if by == graph.NONE else by
        for by, size in zip(kept.dominator, kept.size)))
    yield "sampled", array("I", dump.site)
    yield "sampled_site", array("I", dump.site.values())
    yield "ephemeron_key", array("I", (k for k, _ in dump.ephemerons))
    yield "ephemeron_value", array("I", (v for _, v in dump.ephemerons))


def edge_columns(dump):
    first = dump.first
    yield "edges", array("I", map(int.__sub__, first[1:], first[:-1]))
    yield "to", dump.to


def pack(columns):
    """What they are, for JSON; and their bytes."""
    table, parts = [], []
    for name, column in columns:
        table.append([name, column.itemsize, len(column)])
        parts.append(planes(column))
    return table, zlib.compress(b"".join(parts), 6)


def cycles(lines):
    """Those of the log's last run: fields, and how many were left out."""
    found = list(trace.runs(trace.cycles(lines)))
    run = found[-1] if found else []
    step = -(-len(run) // MOST_CYCLES) or 1
    shown = [max(run[i:i + step], key=lambda c: c.pause)
             for i in range(0, len(run), step)]
    return [{"number": c.number, "pause": c.pause, "sweep": c.sweep,
             "before": c.before, "after": c.after,
             "objects": c.objects_after, "time": c.time, "exact": c.exact}
            for c in shown], len(run) - len(shown)


def info(dump, symbols, title, lines):
    shown, left_out = cycles(lines)
    live = report.site_totals(dump)
    return {
        "title": title, "start": dump.start, "pageSize": dump.page_size,
        "wordSize": dump.word_size, "npages": dump.npages,
        "nobjects": len(dump), "nedges": len(dump.to),
        "kinds": d.KINDS, "groups": colors.GROUPS, "stats": dump.stats,
        "roots": [["%x" % r.word, r.target, r.inside, r.name]
                  for r in dump.roots],
        "sites": [[n, *live.get(n, (0, 0)), s.nmalloc, s.alloc_bytes,
                   [symbols.of(pc - 1) for pc in s.pcs]]
                  for n, s in sorted(dump.sites.items(), key=lambda x:
                                     (-live.get(x[0], (0, 0))[1], x[0]))],
        "cycles": shown, "cyclesLeftOut": left_out,
    }


def read(name):
    with open(os.path.join(FOLDER, name), encoding="ascii") as f:
        return f.read()


def build(dump, symbols, title, lines, most_edges=MOST_EDGES):
    """The page, as bytes.  @lines: of a log, for the pauses."""
    facts = info(dump, symbols, title, lines)
    columns = [*span_columns(dump), *object_columns(dump,
                                                    graph.Retained(dump))]
    if len(dump.to) <= most_edges:
        columns += edge_columns(dump)
    facts["columns"], data = pack(columns)
    page = read("page.html")
    for name, text in (
            ("style", read("page.css")),
            ("script", "\n".join(map(read, SCRIPTS))),
            # In a page "</script" would end the script, in a string too.
            ("info", json.dumps(facts, separators=(",", ":"))
             .replace("<", "\\u003c")),
            ("data", base64.b64encode(data).decode())):
        page = page.replace("{{%s}}" % name, text)
    return page.encode("ascii")
