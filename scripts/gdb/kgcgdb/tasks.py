# SPDX-License-Identifier: MIT
"""tasks.py - the kernel's tasks, and backtraces of those that do not run

gdb knows one thread, what the processor does.  A task that does not run is at
the label arch_switched, with its saved stack pointer, and the .cfi lines there
say where the rest is.  So while a task is selected, an unwinder says that the
innermost frame was called from there, and gdb does the rest: no register is
written, and a dump is as good as a running guest.  Functions that were inlined
where the processor is are frames of their own, further in than that one.
"""
import re

import gdb
import gdb.unwinder

from .guest import Failed, Layout, address_of, value_of


class Task:
    def __init__(self, guest, layout, address, current):
        self.address, self.is_current = address, address == current
        r = self.record = guest.record(layout, address)
        self.id, self.name = r["id"], guest.memory.string(r["name"])
        self.state = guest.task_states.get(r["state"], "in no known state")
        self.ended = self.state == "ended"

    def __str__(self):
        return "task %d (%s)" % (self.id, self.name)


def read_tasks(guest):
    """All of them, the boot stack's first; [] in a process."""
    boot = value_of("'kernel/task.c'::boot_task")
    if boot is None:
        return []
    guest.task_states = {f.enumval: f.name[5:].lower()
                         for f in boot["state"].type.fields()}
    current = int(value_of("'kernel/task.c'::cpus")[0]["current"])
    layout = Layout(boot.type)
    at, seen = int(boot.address), []
    after = int(value_of("'kernel/task.c'::tasks"))
    while at and at not in seen:
        seen.append(at)
        at, after = after, 0
        if at:
            after = guest.record(layout, at)["list_next"]
    return [Task(guest, layout, at, current) for at in seen]


def find_task(guest, text):
    tasks = read_tasks(guest)
    if not tasks:
        raise Failed("kgc: a process has threads: info threads")
    for t in tasks:
        if text in (str(t.id), t.name):
            return t
    raise Failed("kgc: no task %s: there are %s" % (
        text, ", ".join("%d (%s)" % (t.id, t.name) for t in tasks)))


class FrameId:
    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


def innermost_level():
    """That of the frame that has the processor's registers."""
    frame, level = gdb.newest_frame(), 0
    while frame.type() == gdb.INLINE_FRAME:
        frame, level = frame.older(), level + 1
    return level


class Switched(gdb.unwinder.Unwinder):
    """While a task is selected, the innermost frame's caller is it."""

    def __init__(self):
        super().__init__("kgc task")
        self.task, self.level = None, 0

    def select(self, task):
        """The task to look at; None: what the processor does."""
        self.task = None
        gdb.invalidate_cached_frames()
        if task and not task.is_current:
            if task.ended:
                raise Failed("kgc: %s has ended" % task)
            self.level = innermost_level()
            self.task = task
            self.sp = task.record["sp"]
            self.pc = address_of("arch_switched")
        gdb.invalidate_cached_frames()

    def __call__(self, pending):
        if self.task is None or pending.level() != self.level:
            return None
        word = gdb.lookup_type("char").pointer()
        names = ("rsp", "rip") if word.sizeof == 8 else ("esp", "eip")
        zero = gdb.Value(0).cast(word)
        info = pending.create_unwind_info(FrameId(
            zero, pending.read_register(names[1])))
        info.add_saved_register(names[0], gdb.Value(self.sp).cast(word))
        info.add_saved_register(names[1], gdb.Value(self.pc).cast(word))
        return info


class DoubleFault(gdb.unwinder.Unwinder):
    """i386: the processor goes on in a task of its own, and keeps the
    registers in a segment of the one before."""
    SAVED = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp", "eip")

    def __init__(self):
        super().__init__("kgc double fault")

    def __call__(self, pending):
        if pending.architecture().name() != "i386":
            return None
        pc = pending.read_register("eip")
        block = gdb.block_for_pc((int(pc) - 1) & 0xffffffff)
        while block and not block.function:
            block = block.superblock
        if not block or block.function.name != "double_fault":
            return None
        tss = value_of("'arch/x86/i386/desc.c'::tss")
        info = pending.create_unwind_info(FrameId(
            pending.read_register("esp"), pc))
        for name in self.SAVED:
            word = pending.read_register(name).type
            info.add_saved_register(name, tss[name].cast(word))
        return info


switched = Switched()
FRAME = re.compile(r"^#(\d+) ", re.M)


def backtrace(task, most=40):
    """Its frames, as gdb prints them, from 0 on."""
    before = switched.task
    try:
        switched.select(task)
        hidden = switched.level + 2 if switched.task else 0
        text = gdb.execute("with backtrace past-main -- bt %d"
                           % (most + hidden), to_string=True)
    finally:
        switched.select(before)
    parts = FRAME.split(text)[1:]
    return "".join("#%-2d %s" % (int(n) - hidden, rest)
                   for n, rest in zip(parts[::2], parts[1::2])
                   if int(n) >= hidden)
