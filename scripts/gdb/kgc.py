# SPDX-License-Identifier: MIT
"""kgc.py - the collector's heap and the kernel's tasks, in gdb

    gdb -x scripts/gdb/kgc.py build/x86_64/kgc.elf [CORE]

`make debug` loads it.  `help kgc` lists the commands; they read the memory of
a guest that is stopped, of one that is dead (a dump), or of a process, and
write nothing.  What was read is kept until the guest may have changed it.
"""
import os
import sys

import gdb

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from kgcgdb import printers, roots, show, tasks     # noqa: E402
from kgcgdb.guest import Failed, Guest              # noqa: E402
from kgcgdb.heap import Heap                        # noqa: E402
from kgclib import core                             # noqa: E402


class Session:
    """What is known of the guest until it runs again."""

    def __init__(self):
        self.forget()
        for name in ("cont", "exited", "new_objfile", "clear_objfiles",
                     "memory_changed", "inferior_call"):
            getattr(gdb.events, name).connect(self.forget)

    def forget(self, event=None):
        self.guest_, self.heap_, self.thread = None, None, None

    def guest(self):
        thread = gdb.selected_thread()
        key = thread and thread.ptid
        if self.guest_ is None or key != self.thread:
            self.forget()
            self.guest_, self.thread = Guest(), key
        return self.guest_

    def heap(self, edges=False):
        guest = self.guest()
        if self.heap_ is None:
            before = tasks.switched.task
            tasks.switched.select(None)
            self.heap_ = Heap(guest)
            tasks.switched.select(before)
        if edges:
            self.heap_.link()
            self.roots()
        return self.heap_

    def roots(self):
        """They are what the processor has in registers now, whichever task
        is being looked at."""
        heap, before = self.heap(), tasks.switched.task
        tasks.switched.select(None)
        try:
            return roots.read_roots(heap)
        finally:
            tasks.switched.select(before)


session = Session()


def address(text, verb):
    if not text:
        raise Failed("kgc %s: of which address?" % verb)
    try:
        word = gdb.lookup_type("char").pointer()
        return int(gdb.parse_and_eval(text).cast(word))
    except gdb.error as e:
        raise Failed("kgc %s: %s: %s" % (verb, text, e)) from None


def kgc_heap(text):
    """The heap's state: sizes, counts, the cycle."""
    show.heap(session.heap())


def kgc_spans(text):
    """Spans by kind and class; kgc spans CLASS: each of that class, 0 for
    large objects."""
    if text and not text.isdigit():
        raise Failed("kgc spans: %s: a class is a number" % text)
    show.spans(session.heap(), int(text) if text else None)


def kgc_obj(text):
    """kgc obj P: the object that the address P lies in, and its words."""
    show.obj(session.heap(), address(text, "obj"))


def kgc_who(text):
    """kgc who P: every word that refers to the object at P."""
    p = address(text, "who")
    show.who(session.heap(edges=True), p)


def kgc_why(text):
    """kgc why P: a shortest chain from a root to the object at P."""
    p = address(text, "why")
    show.why(session.heap(edges=True), p)


def kgc_roots(text):
    """Each range of roots, how many words it has, and how many refer to an
    object."""
    session.roots()
    show.roots(session.heap())


def kgc_leaks(text):
    """Objects that are allocated and not reached, by class and by site;
    kgc leaks N: and the addresses of N of each class."""
    if text and not text.isdigit():
        raise Failed("kgc leaks: %s: how many is a number" % text)
    show.leaks(session.heap(edges=True), int(text) if text else 3)


def kgc_check(text):
    """Compare the heap's records, bits and counts."""
    show.check(session.heap())


def kgc_tasks(text):
    """Every task, with its backtrace."""
    guest = session.guest()
    found = tasks.read_tasks(guest)
    if not found:
        raise Failed("kgc tasks: a process has threads: thread apply all bt")
    for t in found:
        show.line("%s, %s%s" % (t, t.state, ": the processor is here"
                                if t.is_current else ""))
        if not t.ended:
            show.line(tasks.backtrace(t))


def kgc_task(text):
    """kgc task N: look at task N, by number or name: bt, up, info locals are
    its own, behind frame 0; kgc task: at what the processor does again."""
    guest = session.guest()
    tasks.switched.select(tasks.find_task(guest, text) if text else None)
    if text:
        gdb.execute("frame %d" % (tasks.switched.level + 1
                                  if tasks.switched.task else 0))


def kgc_core(text):
    """kgc core FILE: write the guest's memory to FILE, to be looked at when
    it is gone: gdb -x scripts/gdb/kgc.py ELF FILE."""
    if not text:
        raise Failed("kgc core: to which file?")
    path = os.path.abspath(text)
    try:
        if os.path.exists(path):
            os.remove(path)
        said = gdb.execute("monitor dump-guest-memory -p " + path,
                           to_string=True)
        if not os.path.exists(path):
            raise Failed("kgc core: %s: %s" % (path, said.strip() or
                                               "QEMU did not write it"))
        core.fix(path)
    except (gdb.error, core.Bad) as e:
        raise Failed("kgc core: %s" % e) from None
    except OSError as e:
        raise Failed("kgc core: %s: %s" % (path, e.strerror)) from None
    show.line("%s: %d bytes" % (path, os.path.getsize(path)))


class Prefix(gdb.Command):
    """The collector's heap and the kernel's tasks."""

    def __init__(self):
        super().__init__("kgc", gdb.COMMAND_DATA, prefix=True)


class Verb(gdb.Command):
    def __init__(self, function):
        self.function, self.__doc__ = function, function.__doc__
        super().__init__(function.__name__.replace("_", " "),
                         gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, text, from_tty):
        self.function(text.strip())


Prefix()
for verb in (kgc_heap, kgc_spans, kgc_obj, kgc_who, kgc_why, kgc_roots,
             kgc_leaks, kgc_check, kgc_tasks, kgc_task, kgc_core):
    Verb(verb)
for unwinder in (tasks.switched, tasks.DoubleFault()):
    gdb.unwinder.register_unwinder(None, unwinder, replace=True)
gdb.pretty_printers.append(printers.lookup)
