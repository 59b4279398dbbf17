# SPDX-License-Identifier: MIT
"""report.py - what a heap dump says, as text"""
from . import dump as d
from . import graph

COLUMNS = "%12s %12s  "


def mib(n):
    return "%.1f MB" % (n / (1 << 20)) if n >= 1 << 20 else \
        "%.1f KB" % (n / (1 << 10))


def describe(dump, i):
    text = "0x%x of %d bytes (%s)" % (dump.addr[i], dump.size[i],
                                      d.KINDS[dump.kind[i]])
    what = [w for bit, w in ((d.HAS_FINALIZER, "finalizer"),
                             (d.HAS_QUEUED, "finalizer due"),
                             (d.HAS_WEAK, "weak links"),
                             (d.HAS_EPHEMERON, "ephemeron"))
            if dump.flags[i] & bit]
    if i in dump.site:
        what.append("site %d" % dump.site[i])
    return text + (", " + ", ".join(what) if what else "")


def classes(dump):
    """(kind, size of small ones) -> spans, objects, places, bytes, pages"""
    table = {}
    for s in dump.spans:
        if s.kind is None or s.kind < 0:
            continue
        row = table.setdefault((s.kind, s.size if s.sizeclass else 0),
                               [0, 0, 0, 0, 0])
        for i, n in enumerate((1, s.count, s.places, s.count * s.size,
                               s.npages)):
            row[i] += n
    return table


def class_table(dump, out):
    out("%20s %9s %7s %9s %12s %7s" % ("kind", "size", "spans", "objects",
                                       "bytes", "filled"))
    for (kind, size), row in sorted(classes(dump).items()):
        out("%20s %9s %7d %9d %12d %6.1f%%" % (
            d.KINDS[kind], size or "large", row[0], row[1], row[3],
            100.0 * row[3] / (row[4] * dump.page_size)))


def summary(dump, out):
    live = graph.reachable(dump, graph.roots_of(dump))
    total = sum(dump.size)
    nlive = sum(live)
    kept = sum(s for s, m in zip(dump.size, live) if m)
    free = sum(s.npages for s in dump.spans if s.kind is None)
    out("heap at 0x%x: %d pages of %d bytes, %d of them free, words of %d "
        "bytes" % (dump.start, dump.npages, dump.page_size, free,
                   dump.word_size))
    out("%d objects, %s; %d edges; %d words of roots" % (
        len(dump), mib(total), len(dump.to), len(dump.roots)))
    nogc = sum(k == 8 for k in dump.kind)
    out("%d objects, %s, are reached; %d, %s, are not, of which %d are nogc "
        "blocks" % (nlive, mib(kept), len(dump) - nlive, mib(total - kept),
                    nogc))
    for name in ("numgc", "heap_alloc", "heap_sys", "heap_inuse", "next_gc"):
        if name in dump.stats:
            out("%s %d" % (name, dump.stats[name]))
    out("")
    class_table(dump, out)


def dominators(dump, count, out):
    kept = graph.Retained(dump)
    out("%s are reached; what would go with each object:" % mib(kept.total))
    out("%12s %12s  %s" % ("retained", "of its own", "object"))
    for i in kept.largest(count):
        out("%12d %12d  %s" % (kept.size[i], dump.size[i], describe(dump, i)))


def site_totals(dump):
    """site -> [live objects, bytes], as sampled and still in the heap"""
    totals = {}
    for i, site in dump.site.items():
        row = totals.setdefault(site, [0, 0])
        row[0] += 1
        row[1] += dump.size[i]
    return totals


def sites(dump, symbols, out):
    totals = site_totals(dump)
    rate = dump.stats.get("profile_rate", 0)
    if not dump.sites:
        out("no site: the profile was off, or nothing was sampled")
        return
    out("as sampled, every %d bytes:" % rate)
    out("%9s %12s %9s %12s  %s" % ("live", "bytes", "ever", "bytes", "site"))
    order = sorted(dump.sites, key=lambda n: -totals.get(n, (0, 0))[1])
    for n in order:
        s, live = dump.sites[n], totals.get(n, (0, 0))
        out("%9d %12d %9d %12d  %d: %s" % (
            live[0], live[1], s.nmalloc, s.alloc_bytes, n,
            " < ".join(symbols.of(pc - 1) for pc in s.pcs[:4])))


def stacks(dump):
    return {tuple(dump.sites[n].pcs): row
            for n, row in site_totals(dump).items()}


def difference(old, new, symbols, out):
    """What is there more or less in the second of two dumps."""
    out("objects %+d, bytes %+d, roots %+d" % (
        len(new) - len(old), sum(new.size) - sum(old.size),
        len(new.roots) - len(old.roots)))
    a, b = classes(old), classes(new)
    none = [0] * 5
    rows = [(b.get(k, none)[3] - a.get(k, none)[3],
             b.get(k, none)[1] - a.get(k, none)[1], k) for k in {**a, **b}]
    out("%12s %9s  %s" % ("bytes", "objects", "class"))
    for nbytes, n, (kind, size) in sorted(rows, reverse=True):
        if nbytes or n:
            out("%+12d %+9d  %s %s" % (nbytes, n, d.KINDS[kind],
                                       size or "large"))
    a, b = stacks(old), stacks(new)
    rows = [(b.get(k, none)[1] - a.get(k, none)[1], k) for k in {**a, **b}]
    rows = [r for r in rows if r[0]]
    if rows:
        out("%12s  %s" % ("sampled", "site"))
    for nbytes, pcs in sorted(rows, reverse=True):
        out("%+12d  %s" % (nbytes, " < ".join(symbols.of(p - 1)
                                              for p in pcs[:4])))
