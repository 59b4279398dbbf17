# SPDX-License-Identifier: MIT
"""tables.py - results as Markdown: ratios first, then medians and spread"""


def row(cells):
    return "| " + " | ".join(cells) + " |"


def table(head, rows):
    if not rows:
        return []
    return [row(head), row(["---"] * len(head))] + [row(r) for r in rows]


def ratio(x):
    return "-" if x is None else "%.2f" % x


def ms(series):
    if not series or not series.runs:
        return "failed"
    median, least, most = (t / 1e6 for t in series.time())
    digits = 3 if median < 1 else 2 if median < 100 else 0
    return "%.*f (%.*f-%.*f)" % (digits, median, digits, least, digits, most)


def of(results, *groups):
    return [r for r in results if r.case.group in groups]


def others(results, ours):
    """The peers, in the order in which the cases name them."""
    names = []
    for r in results:
        names += [n for n in r.case.sides if n not in ours + tuple(names)]
    return names


def collections(results):
    results = of(results, "graph", "shape")
    peers = others(results, ("kgc",))
    rows = []
    for r in results:
        ours = r.series.get("kgc")
        cells = [r.case.name] + [ratio(r.ratio("kgc", p)) for p in peers]
        ns = objects = mark = sweep = None
        if r.ok("kgc"):
            objects = ours.median("ops")
            ns = ours.time()[0] / objects
            mark, sweep = (ours.part(k) / 1e6 for k in ("mark", "sweep"))
        cells += ["-"] * 4 if ns is None else [
            "%d" % objects, "%.1f" % ns, "%.2f" % mark, "%.2f" % sweep]
        cells += [ms(r.series.get(n)) if n in r.case.sides else ""
                  for n in ["kgc"] + peers]
        rows.append(cells)
    head = ["collection"] + ["kgc / " + p for p in peers] + [
        "objects", "ns each", "pause ms", "sweep ms"] + [
        n + " ms" for n in ["kgc"] + peers]
    return table(head, rows)


def allocations(results, groups, ours):
    results = of(results, *groups)
    peers = others(results, ours)
    rows = []
    for r in results:
        cells = [r.case.name]
        for one in ours:
            cells += [ratio(r.ratio(one, p)) for p in peers]
        cells += [ms(r.series.get(n)) if n in r.case.sides else ""
                  for n in list(ours) + peers]
        rows.append(cells)
    head = ["workload"] + ["%s / %s" % (o, p) for o in ours for p in peers] + [
        n + " ms" for n in list(ours) + peers]
    return table(head, rows)


def share(r, side):
    """Peak of memory over peak of what the program had."""
    if not r.ok(side) or not r.series[side].median("bytes"):
        return None
    return r.series[side].median("peak") / r.series[side].median("bytes")


def memory(results):
    results = [r for r in of(results, "alloc", "trace")
               if r.case.fresh]
    names = others(results, ())
    rows = []
    for r in results:
        live = next((s.median("bytes") for s in r.series.values() if s.runs), 0)
        rows.append([r.case.name, "%.1f" % (live / 2 ** 20)] +
                    [ratio(share(r, n)) for n in names])
    return table(["peak memory / peak live", "live MB"] + list(names), rows)


def curve(results):
    rows = []
    for r in of(results, "curve"):
        cells = [r.case.name] + [ratio(r.ratio("kgc", p))
                                 for p in ("bdwgc", "go")]
        if r.ok("kgc"):
            pause, sweep = (r.series["kgc"].part(k) / 1e6
                            for k in ("mark", "sweep"))
            cells += ["%.2f" % pause, "%.2f" % sweep]
        else:
            cells += ["-", "-"]
        cells += [ms(r.series.get(n)) for n in ("kgc", "bdwgc", "go")]
        rows.append(cells)
    return table(["heap MB", "kgc / bdwgc", "kgc / go", "pause ms",
                  "sweep after it ms", "kgc ms", "bdwgc ms", "go ms"], rows)


def failures(results):
    return ["- %s: %s" % (r.case.name, f)
            for r in results for f in r.failures]


def operations(ops):
    """Instructions by side: allocation, free, both of one block at once."""
    rows = [[side] + ["%.1f" % n for n in numbers]
            for side, numbers in ops.items()]
    return table(["instructions, 32 bytes", "allocation", "free", "pair"],
                 rows)


def hosted(results):
    """The sections of all processes."""
    return [
        ("Full collections", collections(results)),
        ("Allocation", allocations(results, ("alloc", "trace"),
                                   ("kgc", "kgc-free"))),
        ("Pairs of malloc and free", allocations(results, ("pairs",),
                                                 ("kgc-free",))),
        ("Memory", memory(results)),
        ("Pause by size of the heap", curve(results)),
    ]
