# SPDX-License-Identifier: MIT
"""goals.py - what was to be reached, what was measured, whether it was

A row is (figure, goal, measured, met or not), the third and fourth of them None
where nothing was measured.
"""
import statistics

from . import tables

# Seed's collector on a program's heap of 109 MB, 2.5 million objects: the
# nanoseconds that it marks for each live object (its parser, all packages).
SEED_NS = 124


def named(results, group, name=None):
    return [r for r in results if r.case.group == group and
            (name is None or r.case.name.startswith(name))]


def most(figure, values, limit, what="%.2f"):
    """A row: the median, and the most, of which the last is the goal's."""
    values = [v for v in values if v is not None]
    if not values:
        return None
    text = what % max(values)
    if len(values) > 1:
        text = (what + ", median " + what) % (max(values),
                                              statistics.median(values))
    return (figure, "at most " + what % limit, text, max(values) <= limit)


def median(figure, values, limit, what="%.2f"):
    values = [v for v in values if v is not None]
    if not values:
        return None
    m = statistics.median(values)
    return (figure, "at most " + what % limit,
            (what + " (" + what + " to " + what + ")") % (
                m, min(values), max(values)), m <= limit)


def ratios(results, one, other):
    return [r.ratio(one, other) for r in results]


def per_object(results):
    """Pause for each live object, in nanoseconds."""
    return [r.series["kgc"].part("mark") / r.series["kgc"].median("ops")
            for r in results if r.ok("kgc")]


def metadata(results, side):
    """Share of metadata in each heap of 16 MB and more, as it was loaded."""
    shares = []
    for r in results:
        if not r.ok(side) or r.case.group not in ("graph", "shape", "curve"):
            continue
        loaded = r.series[side].side.loaded
        if loaded.get("inuse", 0) >= 16 << 20:
            shares.append(100 * loaded["meta"] / loaded["inuse"])
    return shares


def memory_ratios(results):
    pairs = [(tables.share(r, "kgc-free"), tables.share(r, "mimalloc"))
             for r in results]
    return [a / b for a, b in pairs if a and b]


def hosted(results, ops, fast, sweep, narrow):
    """@ops, @fast, @sweep: of counts.py, or None; @narrow: results of -m32."""
    graphs, traces = named(results, "graph"), named(results, "trace")
    rows = [
        median("collection of the graphs / bdwgc, median",
               ratios(graphs, "kgc", "bdwgc"), 0.25),
        most("the same, worst", ratios(graphs, "kgc", "bdwgc"), 0.5),
        median("pause for a live object of the graphs / the model's %d ns"
               % SEED_NS, [x / SEED_NS for x in per_object(graphs)], 0.3),
        most("mark of the random 2 M graph / bdwgc",
             [mark_ratio(r) for r in named(results, "shape", "random-2M")],
             0.2),
        most("shuffled list / bdwgc",
             ratios(named(results, "shape", "list-shuffled"), "kgc", "bdwgc"),
             0.8),
        sweep is not None and (
            "sweep in the pause, of its instructions", "under 2 %",
            "%.2f %%" % (100 * sweep), sweep < 0.02)]
    trees = named(results, "alloc", "trees")
    for peer, limit in (("bdwgc", 0.35), ("mimalloc", 0.8), ("go", 1)):
        rows.append(most("trees / " + peer, ratios(trees, "kgc", peer), limit))
    mix = named(results, "pairs", "mix")
    for peer, limit in (("mimalloc", 1), ("glibc", 0.5)):
        rows.append(most("pairs of malloc and free, 16-1024, mixed / " + peer,
                         ratios(mix, "kgc-free", peer), limit))
    if ops and "kgc" in ops:
        for i, (name, limit) in enumerate((("alloc", 20), ("free", 25))):
            rows.append(("instructions of kgc_%s, 32 bytes" % name,
                         "at most %d" % limit,
                         "%.0f on the fast path, %.1f with all it calls" % (
                             fast[i], ops["kgc"][i]), fast[i] <= limit))
    rows += [
        median("traces with free, time / mimalloc, median",
               ratios(traces, "kgc-free", "mimalloc"), 1),
        median("traces with free, peak memory / mimalloc, median",
               memory_ratios(traces), 1),
        most("metadata / heap in use, x86_64, %",
             metadata(results, "kgc"), 8.5),
        most("metadata / heap in use, i386, %",
             metadata(narrow, "kgc-32"), 14)]
    return [r for r in rows if r]


def mark_ratio(r):
    if not r.ok("kgc") or not r.ok("bdwgc"):
        return None
    return r.series["kgc"].part("mark") / r.series["bdwgc"].part("mark")


def table(rows):
    lines = [[f, goal, got, "met" if met else "not met"]
             for f, goal, got, met in rows]
    return tables.table(["figure", "goal", "measured", ""], lines)
