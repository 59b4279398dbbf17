# SPDX-License-Identifier: MIT
"""roots.py - where marking would start, were it to start now

The ranges that kgc_host_roots() shows, of kernel/host.c in an image and of
hosted/roots.c in a process, with the registers of what runs added; less
struct heap and what kgc_exclude_root() named; and what kgc_add_root() named.
Uncollectable objects are roots as objects.
"""
import gdb

from kgclib import dump

from .guest import Failed, Layout, address_of, symbol_at, value_of
from .tasks import read_tasks


class Range:
    """Memory, or registers: then @words has their values by name."""

    own = False     # of what runs, and so perhaps of who asks

    def __init__(self, kind, lo, hi, owner="", words=None, stack_hi=0):
        self.kind, self.lo, self.hi = kind, lo, hi
        self.owner, self.words, self.stack_hi = owner, words, stack_hi

    def name(self, at=None):
        if self.words is not None:
            return "register %s of %s" % (at, self.owner) if at else \
                "registers of %s" % self.owner
        at = self.lo if at is None else at
        if self.kind == "stack":
            return "%s of %s, top - 0x%x" % (
                "stack" if at < self.stack_hi else "registers or libc",
                self.owner, self.hi - at)
        if self.kind == "data":
            return "data " + symbol_at(at)
        return self.owner


class Root:
    """A word that refers to an object; its name is made when asked for."""

    def __init__(self, range_, word, target, inside):
        self.range, self.word = range_, word
        self.target, self.inside = target, inside

    @property
    def kind(self):
        return dump.ROOT_KINDS.index(self.range.kind)

    @property
    def name(self):
        return self.range.name(self.word)


def registers():
    """Those of the selected thread that may hold a pointer."""
    frame, found = gdb.newest_frame(), {}
    for r in frame.architecture().registers("general"):
        if r.name[1:] not in ("s", "flags", "ip") and len(r.name) < 4:
            word = gdb.lookup_type("char").pointer()
            found[r.name] = int(frame.read_register(r).cast(word))
    return found


class Registers(Range):
    own = True

    def __init__(self, owner):
        super().__init__("registers", 0, 0, owner, registers())


def stack_pointer():
    return int(gdb.parse_and_eval("(char *)$sp"))


def data_ranges():
    marks = [address_of(s) for s in ("__data_start", "__noroot_start",
                                     "__noroot_end", "__image_tables")]
    if None in marks:
        raise Failed("kgc: the linker's symbols are not there: stripped?")
    return [Range("data", *marks[:2]), Range("data", *marks[2:])]


def task_ranges(guest):
    redzone = int(value_of("ARCH_REDZONE"))
    for t in read_tasks(guest):
        lo, hi = t.record["stack_lo"], t.record["end"]
        if t.ended:
            continue
        sp = t.record["roots_sp"] or t.record["sp"] - redzone
        if t.is_current and not t.record["roots_sp"]:
            sp = stack_pointer() - redzone
            yield Registers(str(t))
            if not lo <= sp + redzone < hi:
                sp = lo     # on another stack: how far is not known
        r = Range("stack", max(sp, lo), hi, str(t),
                  stack_hi=t.record["stack_hi"])
        r.own = t.is_current
        yield r


def process_ranges(guest):
    segments = value_of("'hosted/roots.c'::segments")
    n = int(value_of("'hosted/roots.c'::nsegments"))
    if not n:
        raise Failed("kgc: the process has not stopped its world yet, and so "
                     "does not know its modules")
    for i in range(n):
        yield Range("data", int(segments[i]["lo"]), int(segments[i]["hi"]))
    at = value_of("'hosted/world.c'::threads")
    layout, threads = Layout(at.type.target()), []
    while int(at):
        threads.append(guest.record(layout, int(at)))
        at = at["next"]
    here = gdb.selected_thread()
    try:
        for thread in gdb.selected_inferior().threads():
            thread.switch()
            yield from thread_ranges(threads, thread)
    finally:
        here.switch()


def thread_ranges(threads, thread):
    name, sp = "thread %d" % thread.num, stack_pointer()
    yield Registers(name)
    for t in threads:
        if t["stack_lo"] <= sp < t["stack_hi"]:
            r = Range("stack", sp - 128, t["stack_hi"], name,
                      stack_hi=t["stack_hi"])
            r.own = True
            yield r


def added_ranges(heap, which):
    """What kgc_add_root() or kgc_exclude_root() named."""
    layout = Layout(heap.guest.heap_layout.target("roots." + which))
    at = heap.head["roots." + which]
    while at:
        r = heap.guest.record(layout, at)
        yield Range("data", r["lo"], r["hi"])
        at = r["next"]


def without(ranges, hole):
    for r in ranges:
        if r.kind != "data" or r.hi <= hole.lo or r.lo >= hole.hi:
            yield r
            continue
        if r.lo < hole.lo:
            yield Range("data", r.lo, hole.lo)
        if r.hi > hole.hi:
            yield Range("data", hole.hi, r.hi)


def root_ranges(heap):
    guest = heap.guest
    if value_of("'kernel/task.c'::boot_task") is not None:
        ranges = data_ranges() + list(task_ranges(guest))
    elif value_of("'hosted/roots.c'::nsegments") is not None:
        ranges = list(process_ranges(guest))
    else:
        raise Failed("kgc: what the roots of this host are is not known")
    own = int(guest.value.address)
    ranges = list(without(ranges, Range("data", own,
                                        own + guest.heap_layout.size)))
    ranges += added_ranges(heap, "list")
    for hole in list(added_ranges(heap, "excluded")):
        ranges = list(without(ranges, hole))
    # What is held on purpose comes first, what is ambiguous last.
    order = ("data", "tls", "stack", "registers")
    return sorted(ranges, key=lambda r: order.index(r.kind))


def held_roots(heap):
    """What finalizers hold, and the queue of those that are due."""
    for kind in ("FINALIZER", "DYING", "QUEUED"):
        for at, r in heap.special_list(kind):
            words = [("argument of the finalizer of 0x%x", r["final.arg"])]
            if kind == "QUEUED":
                words.append(("queue of finalizers, for 0x%x", r["object"]))
            for text, w in words:
                t = heap.find(w)
                if t >= 0:
                    owner = Range("heap", at, at, text % r["object"])
                    yield Root(owner, at, t, w - heap.addr[t])


def range_roots(heap, r):
    """The words of @r that keep an object."""
    words = r.words
    if words is None:
        w = heap.word_size
        lo = -(-r.lo // w) * w
        words = dict(enumerate(heap.guest.words(lo, max(0, r.hi - lo))))
        words = {lo + i * w: v for i, v in words.items()
                 if heap.start <= v < heap.end}
    for at, value in words.items():
        t = heap.find(value)
        if t >= 0:
            yield Root(r, at, t, value - heap.addr[t])


def read_roots(heap):
    """Fill in heap.roots and heap.ranges, once."""
    if not heap.roots:
        heap.ranges = root_ranges(heap)
        heap.roots = list(held_roots(heap))
        for r in heap.ranges:
            heap.roots += range_roots(heap, r)
    return heap.roots
