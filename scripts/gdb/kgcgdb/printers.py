# SPDX-License-Identifier: MIT
"""printers.py - spans, caches and tasks as a line each, not as a page

A program may have structures of these names of its own: ours is told by a
member that only it has.
"""
import gdb

from kgclib.dump import KINDS

SPAN_STATES = ("dead", "free", "in use", "a gap")
RUNS = ("zeroed", "as they are")    # RUN_ZEROED, RUN_AS_IS


class SpanPrinter:
    def __init__(self, value):
        self.value = value

    def __getitem__(self, name):
        return int(self.value[name])

    def to_string(self):
        state = self["state"]
        text = "span 0x%x, %d page%s, %s" % (
            self["start"], self["npages"], "s" * (self["npages"] != 1),
            SPAN_STATES[state] if state < 4 else "state %d" % state)
        if state == 1:
            return "%s since cycle %d, %d released" % (
                text, self["idle_since"], self["nreleased"])
        if state != 2:
            return text
        text += ", " + KINDS.get(self["kind"], "kind %d" % self["kind"])
        if not self["sizeclass"]:
            return "%s, one object of %d bytes" % (text, self["size"])
        where = ("in no list", "in its central list",
                 "in a window of slot %d" % self["owner"], "leaving")
        return "%s, class %d: %d of %d objects of %d bytes used, %s" % (
            text, self["sizeclass"], self["nused"], self["nelems"],
            self["size"], where[self["where"] & 3])


class CachePrinter:
    def __init__(self, value):
        self.value = value

    def windows(self):
        rows, sources = self.value["window"], self.value["source"]
        for kind in range(rows.type.range()[1] + 1):
            for c in range(rows[kind].type.range()[1] + 1):
                if int(sources[kind][c]["span"]):
                    yield kind, rows[kind][c], sources[kind][c]

    def to_string(self):
        return "cache of slot %d" % int(self.value["slot"])

    @staticmethod
    def parts(w, source):
        """What the window @w has."""
        size = int(w["size"])
        for i, name in enumerate(RUNS):
            lo, hi = int(w["run"][i]["next"]), int(source["end"][i])
            if hi > lo and size:
                yield "0x%x-0x%x, %d objects %s" % (lo, hi, (hi - lo) // size,
                                                    name)
        kept = int(w["kept"]) - int(w["kept_min"])
        if kept:
            yield "%d recycled" % kept

    def children(self):
        for kind, w, source in self.windows():
            yield ("%s %d" % (KINDS[kind], int(w["size"])),
                   "; ".join(self.parts(w, source)) or "empty")

    def display_hint(self):
        return None


class TaskPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        v = self.value
        state = str(v["state"])
        text = "task %d (%s), %s" % (int(v["id"]), v["name"].string(),
                                     state[5:].lower()
                                     if state.startswith("TASK_") else state)
        if int(v["wake_ns"]):
            text += " until %d ns" % int(v["wake_ns"])
        if int(v["queue"]):
            text += ", in queue 0x%x" % int(v["queue"])
        return "%s, stack 0x%x-0x%x, sp 0x%x, %d reference%s" % (
            text, int(v["stack_lo"]), int(v["stack_hi"]), int(v["sp"]),
            int(v["refs"]), "s" * (int(v["refs"]) != 1))


OURS = {"span": ("sweepgen", SpanPrinter), "cache": ("next_sample",
                                                     CachePrinter),
        "task": ("roots_sp", TaskPrinter)}


def lookup(value):
    t = value.type.strip_typedefs().unqualified()
    if t.code != gdb.TYPE_CODE_STRUCT or t.tag not in OURS:
        return None
    member, printer = OURS[t.tag]
    return printer(value) if t.has_key(member) else None
