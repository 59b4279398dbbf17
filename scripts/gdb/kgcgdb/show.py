# SPDX-License-Identifier: MIT
"""show.py - what the commands print"""
from array import array

import gdb

from kgclib import dump, graph, report

from .guest import PAGE, Failed, symbol_at, value_of


def line(text):
    gdb.write(text + "\n")


def signed(value, bits=32):
    return value - (1 << bits) if value >> bits - 1 else value


def object_at(heap, p, verb):
    """The number of the object that @p lies in; or say why there is none."""
    s = heap.span_of(p)
    if not s:
        raise Failed("kgc %s: 0x%x: %s" % (
            verb, p, "free pages" if heap.start <= p < heap.end else
            "not in the heap (0x%x-0x%x)" % (heap.start, heap.end)))
    index = (p - s.start) // s.size if s.sizeclass else 0
    if index >= s.places:
        raise Failed("kgc %s: 0x%x: the tail of a span" % (verb, p))
    base = s.base + index * s.size
    i = heap.number(base)
    if i < 0:
        raise Failed("kgc %s: 0x%x: a free place for %d bytes at 0x%x%s" % (
            verb, p, s.size, base,
            ", in the window of slot %d" % s.record["owner"]
            if heap.is_held(s, base) else ""))
    return i


# --- heap, spans ---

def stopper():
    """Who has the world stopped."""
    world = value_of("'kernel/host.c'::world")
    task = world and world["stopper"]
    return task if task is not None and int(task) else None


def cycles(heap):
    head = heap.head
    behind = sum(s.inuse and s.record["sweepgen"] != head["sweepgen"]
                 for s in heap.spans)
    percent = signed(head["pacer.percent"])
    line("%d collections; %d spans are to be swept" % (head["numgc"], behind))
    task = stopper()
    if task is not None:
        line("the world is stopped by task %d (%s)" % (
            int(task["id"]), task["name"].string()))
    line("next at %d bytes, gcpercent %s" % (
        head["pacer.next_gc"], percent if percent >= 0 else "off"))


def heap(heap):
    head, sizes = heap.head, heap.totals
    pages = {k: sum(s.npages for s in heap.spans if test(s)) for k, test in (
        ("in use", lambda s: s.inuse), ("free", lambda s: s.kind is None))}
    line("heap at 0x%x-0x%x: %d pages of %d bytes, words of %d" % (
        heap.start, heap.end, heap.npages, PAGE, heap.word_size))
    line("pages: %d in use, %d free; heap_sys %d, heap_inuse %d, "
         "heap_released %d" % (
             pages["in use"], pages["free"], head["pageheap.sys"],
             head["pageheap.inuse"], head["pageheap.released_bytes"]))
    line("counted: %d objects, heap_alloc %d bytes; nmalloc %d, nfree %d" % (
        sizes["nmalloc"] - sizes["nfree"], sizes["bytes"], sizes["nmalloc"],
        sizes["nfree"]))
    line("by their bits: %d objects, %d bytes, of which %d are nogc blocks"
         % (len(heap), sum(heap.size), sum(k == 8 for k in heap.kind)))
    line("windows hold %d more" % sum(
        (hi - lo) // s.size for s in heap.spans
        for lo, hi in heap.held.get(s.address, ())))
    cycles(heap)
    line("%d records of objects, %d finalizers due, %d sites sampled" % (
        head["specials.n"], head["specials.nqueued"],
        head["profile.nbuckets"]))
    if heap.odd:
        line("%d pages have no record: stopped in the middle of a change"
             % heap.odd)


def spans(heap, sizeclass):
    if sizeclass is None:
        report.class_table(heap, line)
        return
    found = [s for s in heap.spans if s.inuse and s.sizeclass == sizeclass]
    if not found:
        raise Failed("kgc spans: none of class %d" % sizeclass)
    pointer = heap.guest.span.type.pointer()
    for s in found:
        line(gdb.Value(s.address).cast(pointer).dereference().format_string())


# --- one object ---

def word_text(heap, w):
    i = heap.find(w)
    if i >= 0:
        off = w - heap.addr[i]
        return "-> %s%s" % (report.describe(heap, i),
                            ", +0x%x" % off if off else "")
    if heap.start <= w < heap.end or w < PAGE:
        return ""
    text = symbol_at(w)
    return "" if text.startswith("0x") else text


def site_text(heap, i):
    return " < ".join(symbol_at(pc - 1)
                      for pc in heap.sites[heap.site[i]].pcs[:6])


def obj(heap, p, most=16):
    i = object_at(heap, p, "obj")
    base, size = heap.addr[i], heap.size[i]
    s = heap.span_of(p)
    line("0x%x: %s" % (p, "the object " + report.describe(heap, i)
                       if p == base else "+0x%x in the object %s"
                       % (p - base, report.describe(heap, i))))
    line("class %d, place %d of %d in the span at 0x%x, struct span 0x%x" % (
        s.sizeclass, (base - s.base) // s.size, s.places, s.start,
        s.address))
    bits = heap.bits(base)
    line("bits: " + ", ".join(
        name if bits >> n & 1 else "not " + name for n, name in
        enumerate(("allocated", "noscan", "marked", "special"))))
    if i in heap.site:
        line("allocated by " + site_text(heap, i))
    for n, w in enumerate(heap.guest.words(base, min(
            size, most * heap.word_size))):
        line(("  +0x%02x  0x%0*x  %s" % (
            n * heap.word_size, 2 * heap.word_size, w,
            word_text(heap, w))).rstrip())
    if size > most * heap.word_size:
        line("  ... to +0x%x" % size)


def root_text(heap, r):
    at = "" if isinstance(r.word, str) else "at 0x%x, " % r.word
    return "%s%s%s" % (at, r.name, ", to +0x%x" % r.inside
                       if r.inside else "")


def who(heap, p):
    target = object_at(heap, p, "who")
    line(report.describe(heap, target) + " is referred to by")
    n = 0
    for r in heap.roots:
        if r.target == target:
            line("  root: " + root_text(heap, r))
            n += 1
    for i in heap.referrers(target):
        for off in heap.words_to(i, target):
            line("  0x%x: +0x%x in %s" % (heap.addr[i] + off, off,
                                          report.describe(heap, i)))
            n += 1
    for key, value in heap.ephemerons:
        if value == target:
            line("  the ephemeron of %s" % report.describe(heap, key))
            n += 1
    line("%d words" % n if n else "  nothing")


def path(heap, target):
    """A root's name, and the objects from there.  What runs holds whatever
    it works on, so its stack and registers come last, but for what only waits
    for its finalizer."""
    others = [r for r in heap.roots if not r.range.own]
    kept = [i for i in range(len(heap)) if heap.is_root(i)]
    for roots_, more in ((others, kept), (heap.roots, ())):
        way = graph.path(heap, [r.target for r in roots_] + list(more),
                         target)
        if way and heap.is_root(way[0]):
            at = heap.words_to(*way[:2])[0]
            return "at 0x%x, uncollectable object 0x%x+0x%x" % (
                heap.addr[way[0]] + at, heap.addr[way[0]], at), way[1:]
        if way:
            return root_text(heap, next(r for r in roots_
                                        if r.target == way[0])), way
    waiting = [i for i, f in enumerate(heap.flags) if f & dump.HAS_FINALIZER]
    return "waits for its finalizer", graph.path(heap, waiting, target)


def why(heap, p):
    target = object_at(heap, p, "why")
    if heap.kind[target] == 8 or heap.is_root(target):
        line("%s: kgc_free() alone frees it" % report.describe(heap, target))
        return
    root, way = path(heap, target)
    if way is None:
        line("%s is not reached from any root" % report.describe(heap,
                                                                 target))
        return
    line("root: " + root)
    for i, to in zip(way, way[1:] + [None]):
        off = heap.words_to(i, to)[:1] if to is not None else []
        line("  %s%s" % (report.describe(heap, i), ", at +0x%x" % off[0]
                         if off else "" if to is None else ", ephemeron"))
    line("%d links" % len(way))


# --- roots, leaks ---

def roots(heap):
    line("%9s %9s %9s  %s" % ("words", "refer", "objects", "range"))
    for r in heap.ranges:
        hits = [x.target for x in heap.roots if x.range is r]
        words = len(r.words) if r.words is not None else \
            (r.hi - r.lo) // heap.word_size
        line("%9d %9d %9d  %s" % (words, len(hits), len(set(hits)),
                                  r.name()))
    held = [x.target for x in heap.roots if x.range.kind == "heap"]
    line("%9d %9d %9d  finalizers" % (len(held), len(held), len(set(held))))
    kept = sum(map(heap.is_root, range(len(heap))))
    line("%9s %9s %9d  uncollectable objects" % ("", "", kept))


def leaks(heap, most):
    live = graph.reachable(heap, graph.roots_of(heap))
    table, sites, n, nbytes = {}, {}, 0, 0
    for i, reached in enumerate(live):
        if reached or heap.kind[i] not in dump.COLLECTABLE:
            continue
        n += 1
        nbytes += heap.size[i]
        table.setdefault((heap.kind[i], heap.size[i]), []).append(i)
        if i in heap.site:
            sites.setdefault(heap.site[i], []).append(i)
    line("%d objects, %d bytes, are allocated and not reached" % (n, nbytes))
    if not n:
        return
    line("%20s %9s %9s %12s  %s" % ("kind", "size", "objects", "bytes",
                                    "the first"))
    for (kind, size), found in sorted(table.items()):
        line("%20s %9d %9d %12d  %s" % (
            dump.KINDS[kind], size, len(found), size * len(found),
            " ".join("0x%x" % heap.addr[i] for i in found[:most])))
    if not sites:
        line("no site: the profile is off, or sampled none of them")
        return
    line("of those that were sampled:")
    for found in sorted(sites.values(), key=len, reverse=True):
        line("%9d %12d  %s" % (len(found), sum(heap.size[i] for i in found),
                               site_text(heap, found[0])))


# --- check ---

def span_faults(heap, s):
    """What is wrong with a span in use."""
    r, table = s.record, heap.table
    page = (s.start - heap.start) // PAGE
    if any(table[i] != s.address for i in range(page, page + s.npages)):
        yield "its pages name other records"
    if s.places * s.size > s.npages * PAGE or s.places < 1:
        yield "%d objects of %d bytes in %d pages" % (s.places, s.size,
                                                      s.npages)
    four = [heap.bits(s.base + i * s.size) for i in range(s.places)]
    # That of a lone object which is held has none.
    if any(not b & 3 for b in four) and (s.base == s.start or r["nused"]):
        yield "a place with no bit"
    if any(b & 12 and not b & 1 for b in four):
        yield "a free place is marked or special"
    used = sum(b & 1 for b in four)
    # Objects freed of late count as used while they are kept.
    kept = 0
    for w in heap.kept.get(s.address, ()):
        kept += not heap.bits(w) & 1
    if s.kind != 8 and r["nused"] != used + kept:
        yield "nused is %d, not %d" % (r["nused"], used + kept)


def check(heap):
    heap.kept = heap.recycled()
    n = heap.odd
    if heap.odd:
        line("%d pages have no record" % heap.odd)
    for s in heap.spans:
        if not s.inuse:
            continue
        for fault in span_faults(heap, s):
            line("span 0x%x: %s" % (s.start, fault))
            n += 1
    counted = heap.totals["nmalloc"] - heap.totals["nfree"]
    swept = all(not heap.is_doubtful(s) for s in heap.spans if s.inuse)
    if swept and counted != len(heap):
        line("%d objects are counted, %d allocated" % (counted, len(heap)))
        n += 1
    line("%d faults" % n)
