#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gdb.t - what scripts/gdb/kgc.py says of a guest is what the guest says

tests/programs/planted.c plants a chain, objects that are lost, and a thread
that waits, and prints what the collector says of them.  Then gdb is asked the
same: of the guest, stopped there, and of the memory that it leaves when it
aborts.  Backtraces through interrupts and the collector are of the image.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import pexpect

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
CHAIN, LOST, LOST_SIZE, LINK_SIZE = 10, 1000, 208, 80
BEHIND = "kgc obj (char *)late + %d" % LINK_SIZE
count = failures = 0


def report(good, name, why=""):
    global count, failures
    count += 1
    print("%sok %d - %s" % ("" if good else "not ", count, name))
    if not good:
        failures += 1
        print("\n".join("# " + x for x in str(why).splitlines()[:60]))
    sys.stdout.flush()


def command(args, **more):
    try:
        r = subprocess.run(args, cwd=TOP, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           timeout=300, **more)
    except subprocess.TimeoutExpired as e:
        return 124, (e.stdout or b"").decode("ascii", "replace")
    return r.returncode, r.stdout.decode("ascii", "replace")


def debug(options, asked):
    """Parts of what gdb says: one for each thing that it is asked."""
    words = ["scripts/debug"] + options + ["--", "-nx", "-batch"]
    for ask in tuple(asked) + ("echo",):
        words += ["-ex", "echo <<<\\n", "-ex", ask]
    status, text = command(words)
    parts = text.split("<<<\n")[1:-1]
    return parts if len(parts) == len(asked) else [text] * len(asked)


class Truth:
    """What the program printed; @sampled: every allocation is."""

    def __init__(self, text, sampled=False):
        self.text, self.sampled = text, sampled
        self.links = self.number("links (\\d+)")
        self.lost = self.number("lost (\\d+)")
        self.objects = self.number("objects (\\d+)")
        self.bytes = self.number("bytes (\\d+)")
        self.nmalloc = self.number("nmalloc (\\d+)")
        self.sys = self.number("sys (\\d+)")
        self.inuse = self.number("inuse (\\d+)")
        self.next = self.number("next (\\d+)")
        kinds = re.search(r"^kinds( .*?)\r?$", text, re.M)
        self.kinds = [int(k) for k in kinds[1].split()] if kinds else []
        root = re.search("^root (.*?)\r?$", text, re.M)
        self.root = root[1] if root else "?"

    def number(self, pattern):
        found = re.search(pattern, self.text)
        return int(found[1]) if found else -1


ASKED = ("kgc heap", "kgc spans", "kgc leaks", "kgc why ~hidden",
         "kgc who ~hidden", "kgc obj (char *)planted + 9", "kgc roots",
         "kgc tasks", "kgc check", "p *'kernel/task.c'::boot_task.list_link",
         "p *'mm/heap.c'::heap.pages[0]", "p *'mm/heap.c'::heap.cache[0]",
         "p *'kernel/task.c'::tasks", "kgc task thread 1", "bt",
         "kgc task", BEHIND, "kgc obj &planted", "kgc why 0x10",
         "kgc who nonsense", "kgc obj", "kgc spans ten", "kgc spans 59",
         "kgc task 77", "kgc leaks ten",
         *("kgc why ~kinds[%d]" % i for i in range(5)))


def line_of(text):
    return text.count("\n") == 1 and text.startswith("kgc")


def compare(where, said, truth):
    """@said: what gdb answered, by question."""
    heap = said["kgc heap"]
    report("counted: %d objects, heap_alloc %d bytes; nmalloc %d," % (
        truth.objects, truth.bytes, truth.nmalloc) in heap and
        "heap_sys %d, heap_inuse %d," % (truth.sys, truth.inuse) in heap and
        "next at %d bytes, gcpercent off" % truth.next in heap,
        where + ": kgc heap counts as MemStats", heap + truth.text)
    bits = re.search(r"by their bits: (\d+) objects, (\d+) bytes", heap)
    report(bits and (int(bits[1]), int(bits[2])) == (truth.objects,
                                                     truth.bytes),
           where + ": so do the bits, without what windows hold", heap)
    held = re.search(r"windows hold (\d+) more", heap)
    report(held and (int(held[1]) > 0) != truth.sampled,
           where + ": and they hold some, unless all is sampled", heap)
    rows = re.findall(r"^ *(\w+) +(\d+|large) +\d+ +(\d+) +\d+ ",
                      said["kgc spans"], re.M)
    report(sum(int(n) for _, _, n in rows) == truth.objects and
           ("scan", str(LINK_SIZE)) in [r[:2] for r in rows],
           where + ": kgc spans has them all", said["kgc spans"])
    leaks(where, said["kgc leaks"], truth)
    chain(where, said, truth)
    tasks(where, said, truth)
    mistakes(where, said, truth)


def leaks(where, text, truth):
    total = re.match(r"(\d+) objects, (\d+) bytes", text)
    lost = re.search(r"noscan +%d +(\d+) +(\d+)  0x" % LOST_SIZE, text)
    # A stale word may keep one or two, and another be gone.
    report(total and lost and abs(int(total[1]) - truth.lost) <= 4 and
           LOST - 4 <= int(lost[1]) <= LOST and
           int(lost[2]) == LOST_SIZE * int(lost[1]),
           where + ": kgc leaks finds what is lost", text + truth.text)
    site = re.search(r"^ +(\d+) +\d+  plant_leak\+", text, re.M)
    report(site and int(site[1]) >= LOST - 4 if truth.sampled else
           "no site:" in text, where + ": and who allocated it", text)


def chain(where, said, truth):
    why = said["kgc why ~hidden"]
    links = re.findall(r"^  (0x[0-9a-f]+) of %d bytes \(scan\)(?:, site \d+)?"
                       r"(, at \+0x0)?$" % LINK_SIZE, why, re.M)
    report(truth.links == CHAIN == len(links) and
           why.endswith("\n%d links\n" % CHAIN) and
           [bool(at) for _, at in links] == [True] * 9 + [False] and
           re.match("root: at 0x[0-9a-f]+, data planted\\+0x0$",
                    why.splitlines()[0]) and truth.root ==
           "data planted+0x0",
           where + ": kgc why shows the chain", why + truth.text)
    who = said["kgc who ~hidden"]
    last, before = (links + [("?", "")] * 2)[CHAIN - 1], (
        links + [("?", "")] * CHAIN)[CHAIN - 2]
    report(who.startswith(last[0]) and "  %s: +0x0 in %s of %d bytes" % (
        before[0], before[0], LINK_SIZE) in who,
        where + ": kgc who shows the one before", who)
    obj = said["kgc obj (char *)planted + 9"]
    first, second = (links + [("?", "")] * 2)[:2]
    report("+0x9 in the object %s of" % first[0] in obj and
           "bits: allocated, not noscan, not marked, " + "not " *
           (not truth.sampled) + "special" in obj and
           re.search(r"^  \+0x00  0x0*%s  -> %s of" % (
               second[0][2:], second[0]), obj, re.M),
           where + ": kgc obj shows its bits and words", obj)
    kinds(where, [said["kgc why ~kinds[%d]" % i] for i in range(5)], truth)
    roots = said["kgc roots"]
    # A panic has saved its registers on the stack before it looks at the heap.
    report(len(re.findall(r" data \w+\+0x", roots)) >= 2 and
           "stack of task 1 (main), top - " in roots and
           "(thread 1)" in roots and
           ("registers of task 1" in roots) != truth.sampled,
           where + ": kgc roots names the ranges", roots)
    report(said["kgc check"] == "0 faults\n", where + ": kgc check",
           said["kgc check"])


def kinds(where, whys, truth):
    """By an uncollectable object, an ephemeron, a finalizer, a typed object,
    and by a word of that one that is no pointer."""
    want = ("root: at 0x[0-9a-f]+, uncollectable object 0x[0-9a-f]+[+]0x[48]",
            r"root: at 0x[0-9a-f]+, data key\+0x0(?s:.*), ephemeron\n",
            "root: waits for its finalizer",
            r"root: at 0x[0-9a-f]+, data typed\+0x0(?s:.*)\(typed\)",
            "0x[0-9a-f]+ of 320 bytes .* is not reached from any root\n")
    links = [int((re.search(r"^(\d+) links", w, re.M) or (0, 0))[1])
             for w in whys]
    report(all(map(re.match, want, whys)) and links == truth.kinds ==
           [1, 2, 1, 2, 0],
           where + ": chains through what is held in other ways",
           "".join(whys) + str(truth.kinds))


def tasks(where, said, truth):
    text = said["kgc tasks"]
    parts = re.split(r"^task (\d+) \((.*)\), (.*)\n", text, flags=re.M)[1:]
    found = {name: (state, trace) for name, state, trace in
             zip(parts[1::4], parts[2::4], parts[3::4])}
    report(set(found) == {"idle", "main", "finalizer", "thread 1"},
           where + ": kgc tasks has them all", text)
    none = ("", "")

    def through(name, *functions):
        at = 0
        for f in functions:
            at = found.get(name, none)[1].find(" " + f + " (", at) + 1
            if not at:
                return False
        return True

    report(through("thread 1", "sched_switch_locked", "sem_wait", "plant_wait",
                   "plant_thread", "task_entry", "task_begin") and
           through("finalizer", "sched_switch_locked", "final_loop",
                   "task_entry", "task_begin") and
           through("idle", "sched_switch_locked", "sched_idle",
                   "kernel_main", "boot_main", "arch_start") and
           through("main", "main", "task_entry", "task_begin"),
           where + ": with backtraces to where they began", text)
    report(found.get("thread 1", none)[0] == "waiting" and
           found.get("main", none)[0] == "running: the processor is here",
           where + ": and their states", text)
    bt = said["bt"]
    report("plant_wait ()" in bt and "task_begin ()" in bt and
           "arch_switch ()" in said["kgc task thread 1"],
           where + ": kgc task shows one", said["kgc task thread 1"] + bt)
    printed = [said[a].split(" = ", 1)[-1] for a in (
        "p *'mm/heap.c'::heap.pages[0]", "p *'mm/heap.c'::heap.cache[0]",
        "p *'kernel/task.c'::tasks")]
    report(re.match(r"span 0x[0-9a-f]+, \d+ pages, in use, nogc, one object "
                    r"of \d+ bytes$", printed[0]) and
           re.match(r"cache of slot 0 = \{scan %d = %s" % (
               LINK_SIZE, "empty" if truth.sampled else
               r"0x[0-9a-f]+-0x[0-9a-f]+, \d+ objects zeroed"),
                    printed[1]) and
           re.match(r"task 3 \(thread 1\), waiting, in queue 0x[0-9a-f]+, stack 0x",
                    printed[2]),
           where + ": spans, caches and tasks are printed in a line",
           "\n".join(printed))


def mistakes(where, said, truth):
    for ask, line in (
            (BEHIND, "a free place for %d bytes at 0x[0-9a-f]+" %
             LINK_SIZE + ", in the window of slot 0" * (not truth.sampled)),
            ("kgc obj &planted", "not in the heap \\(0x"),
            ("kgc why 0x10", "not in the heap \\(0x"),
            ("kgc who nonsense", 'No symbol "nonsense"'),
            ("kgc obj", "of which address\\?"),
            ("kgc spans ten", "ten: a class is a number"),
            ("kgc spans 59", "none of class 59"),
            ("kgc task 77", "no task 77: there are 0 \\(idle\\)"),
            ("kgc leaks ten", "ten: how many is a number")):
        report(line_of(said[ask]) and re.search(line, said[ask]),
               "%s: %s is told in a line" % (where, ask), said[ask])


def planted(arch, folder):
    elf = os.path.join(folder, "planted")
    status, text = command(["scripts/kgc-cc", "-march-kgc=" + arch, "-O2",
                            "-g", "-Wall", "tests/programs/planted.c", "-o",
                            elf])
    if status:
        report(False, arch + ": planted.c is compiled", text)
        return
    console = os.path.join(folder, "console")
    asked = ("break planted_stop", "continue") + ASKED
    said = debug(["--arch", arch, "--kernel", elf, "--mem", "64M",
                  "--console", console], asked)
    with open(console, errors="replace") as f:
        truth = Truth(f.read())
    compare(arch + " stopped", dict(zip(asked, said)), truth)
    core = os.path.join(folder, "core")
    status, text = command(["scripts/run-qemu", "--arch", arch, "--kernel",
                            elf, "--mem", "64M", "--timeout", "120",
                            "--machine", "q35", "--append",
                            "memprofilerate=1", "--core", core, "--dump",
                            core + ".dump"])
    report(status == 1 and "%s: the memory of a guest that ended with 134"
           % core in text, arch + ": abort() leaves its memory", text)
    status, said = command(["scripts/heapdump.py", core + ".dump"])
    report(status == 0 and "%d objects" % Truth(text).objects in said,
           arch + ": and its heap, too", said)
    said = debug(["--arch", arch, "--kernel", elf, "--core", core], ASKED)
    compare(arch + " dead", dict(zip(ASKED, said)), Truth(text, True))
    stripped = os.path.join(folder, "stripped")
    command(["strip", elf, "-o", stripped])
    said = debug(["--kernel", stripped, "--core", core], ["kgc heap"])
    report(line_of(said[0]) and "no debug info" in said[0],
           arch + ": a stripped program is told in a line", said[0])


# Of a tick that comes while the trees run, and not between two of the tasks.
TICK = 'tbreak sched_tick if $_any_caller_is("trees_run", 50)'
IMAGE = ("kgc heap", "break mark_drain", "continue", "kgc tasks", "kgc heap",
         "tbreak cycle_after", "delete 2", "continue",
         "p record->objects_after", "p record->heap_after", "kgc heap",
         TICK, "continue", "kgc tasks",
         "kgc core %s", "kgc core /nowhere/core",
         "set var 'mm/heap.c'::heap.pages[0]->nelems = 7", "kgc check")


def few_leaks(text):
    """None, but for what a stale word on the marker's own stack kept: a tree
    of a few nodes, on some processors."""
    n = re.search(r"^(\d+) objects?, ", text, re.M)
    return n and int(n[1]) < 64


def live_again(said):
    """Do the bits say what the cycle's record says of what lives?"""
    objects, size = (re.search(r"= (\d+)$", x.strip()) for x in said[:2])
    return objects and size and "by their bits: %s objects, %s bytes," % (
        objects[1], size[1]) in said[2]


def process(arch, folder):
    """A process, and the core that it leaves."""
    host = "hosted-32" if arch == "i386" else "hosted"
    core = os.path.join(folder, "gcore")
    asked = ["handle SIGPWR nostop noprint pass", "break trees_run", "run",
             "kgc heap", "delete", "tbreak cycle_after", "continue",
             "p record->objects_after", "p record->heap_after", "kgc heap",
             "kgc leaks", "kgc check", "kgc tasks",
             "generate-core-file " + core, "kill"]
    words = [w for a in asked for w in ("-ex", "echo <<<\\n", "-ex", a)]
    gdb = ["gdb", "-nx", "-batch", "-x", "scripts/gdb/kgc.py"]
    status, text = command(gdb + words + [
        "--args", "build/%s/kgc" % host, "heap_reserve=64M",
        "run=trees:12"])
    said = (text.split("<<<\n")[1:] + [""] * len(asked))[:len(asked)]
    report(live_again(said[7:10]), host + ": kgc heap", text)
    report(few_leaks(said[10]) and said[11] == "0 faults\n" and
           "a process has threads" in said[12],
           host + ": kgc leaks, kgc check, kgc tasks", text)
    status, text = command(gdb + ["-ex", "kgc heap", "-ex", "kgc leaks",
                                  "build/%s/kgc" % host, core])
    report(live_again(said[7:9] + [text]) and few_leaks(text),
           host + ": the same of its core", text)


def image(arch, folder):
    """Backtraces from the collector's stack and from an interrupt."""
    core = os.path.join(folder, "live")
    asked = [a % core if "%s" in a else a for a in IMAGE]
    said = debug(["--arch", arch, "--mem", "64M", "--append", "run=trees:12",
                  "--console", os.path.join(folder, "console")], asked)
    report(line_of(said[0]) and "no heap yet" in said[0],
           arch + ": before the heap is there", said[0])
    report(re.search(r"mark_drain \(.* cycle_stopped \(.*<signal handler "
                     r"called>.* collect \(.* trees_run \(.* task_begin \(",
                     said[3], re.S),
           arch + ": a backtrace from the collector's stack", said[3])
    report("\n0 collections; 0 spans are to be swept\n"
           "the world is stopped by task 1 (main)\n" in said[4],
           arch + ": a cycle that runs", said[4])
    report(live_again(said[8:11]) and "\n1 collections; " in said[10] and
           "; 0 spans are to be swept" not in said[10],
           arch + ": before the sweep what is not marked counts as free",
           "".join(said[8:11]))
    report(re.search(r"sched_tick \(.* trap_irq \(.*<signal handler called>"
                     r".* trees_run \(.* task_begin \(", said[13], re.S),
           arch + ": a backtrace from an interrupt", said[13])
    report(said[14].startswith(core + ": ") and os.path.getsize(core) >
           60 << 20 if os.path.exists(core) else False,
           arch + ": kgc core writes a dump", said[14])
    report(said[15].startswith("kgc core: ") and said[15].count("\n") == 1,
           arch + ": where it cannot, a line", said[15])
    report(re.search(r"^span 0x[0-9a-f]+: 7 objects of ", said[17], re.M),
           arch + ": kgc check finds damage", said[17])
    said = debug(["--arch", arch, "--core", core], ["kgc tasks", "kgc check"])
    report("trees_run (" in said[0] and said[1].endswith("faults\n"),
           arch + ": which gdb reads", said[0] + said[1])
    inlined(arch)


def inlined(arch):
    """Frames that are no frames of the stack may be the innermost ones."""
    said = debug(["--arch", arch, "--append", "run=trees:10"], [
        "break tree_check", "continue",
        "python print(gdb.newest_frame().type() == gdb.INLINE_FRAME)",
        "kgc tasks", "kgc task finalizer", "kgc task", "bt 1"])
    others, _, main = said[3].partition("(main)")
    report("True" in said[2] and "tree" not in others and
           len(re.findall(r" (sched_switch_locked|task_unstarted) \(",
                          others)) == 2 and "trees_run" in main,
           arch + ": backtraces of tasks where inlined code runs",
           said[2] + said[3])
    report(re.search(r" (arch_switch|task_unstarted) \(", said[4]) and
           "tree" in said[6],
           arch + ": and a task to look at", said[4] + said[6])


def hung(arch, folder):
    """A guest that never ends, on the machine that has the least."""
    core, elf = os.path.join(folder, "hung"), os.path.join(folder, "ends")
    command(["scripts/kgc-cc", "-march-kgc=" + arch, "-g", "-O2",
             "tests/programs/ends.c", "-o", elf])
    status, text = command(["scripts/run-qemu", "--arch", arch, "--kernel",
                            elf, "--mem", "64M", "--timeout", "5", "--core",
                            core, "--machine", "microvm", "--append",
                            "-- loop"])
    said = debug(["--kernel", elf, "--core", core], ["bt", "kgc leaks"])
    report(status == 124 and "was not done after 5 s" in text and
           " main (argc=" in said[0] and "0 objects, " in said[1],
           arch + ": a guest that hangs leaves its memory, too",
           text + "".join(said))
    status, text = command(["scripts/run-qemu", "--arch", arch, "--mem", "64M",
                            "--append", "crash=null", "--core",
                            "/nowhere/core"])
    report(status == 1 and re.search(r"^run-qemu: no dump: .*/nowhere/core",
                                     text, re.M),
           arch + ": where it cannot be written, a line", text)


def typed(arch, folder):
    """As a person types: Ctrl-C stops the guest, and QEMU ends with gdb."""
    elf = os.path.join(folder, "ends")      # hung() made it
    console = os.path.join(folder, "typed")
    term = pexpect.spawn("scripts/debug", [
        "--kernel", elf, "--mem", "64M", "--append", "-- loop", "--console",
        console, "--", "-nx", "-ex", "set pagination off"], cwd=TOP,
        timeout=60, encoding="ascii", codec_errors="replace")
    said = ""
    try:
        for ask, answer in (("break main", "Breakpoint 2 at"),
                            ("continue", "Breakpoint 2, .*main"),
                            ("continue", "Continuing"),
                            ("\x03", "SIGINT"), ("kgc tasks", "task_begin"),
                            ("quit", pexpect.EOF)):
            if ask == "\x03":
                time.sleep(1)
                term.sendintr()
            else:
                term.expect("\\(gdb\\) ")
                term.sendline(ask)
            said += ask + "\n"
            if term.expect([answer, "\\(y or n\\)"]):
                term.sendline("y")
                term.expect(answer)
        term.close()
        left = command(["pgrep", "-f", "^qemu.* " + elf])
        report(left[0] == 1 and term.exitstatus == 0,
               arch + ": a session at a terminal, and no QEMU behind it",
               "%s, status %s" % (left, term.exitstatus))
    except pexpect.ExceptionPexpect as e:
        report(False, arch + ": a session at a terminal", said + str(e))
        term.close(force=True)


def overflow(arch, folder):
    """On i386 a double fault is a task of the processor's."""
    core = os.path.join(folder, "overflow")
    command(["scripts/run-qemu", "--arch", arch, "--mem", "64M", "--append",
             "crash=overflow", "--timeout", "60", "--core", core])
    said = debug(["--arch", arch, "--core", core], ["bt 20", "bt -2"])
    report(said[0].count(" crash_overflow (") > 5 and "task_begin" in said[1],
           arch + ": a backtrace of a stack overflow", "".join(said))


def refused(folder):
    status, text = command(["scripts/debug", "--kernel", folder + "/none"])
    report(status == 1 and text == "debug: %s/none: No such file or "
           "directory\n" % folder, "no image", text)
    status, text = command(["scripts/debug", "--mem", "nonsense", "--console",
                            os.path.join(folder, "console")])
    report(status == 1 and text.startswith("debug: QEMU did not start: ") and
           text.count("\n") == 1, "QEMU does not start", text)
    status, text = command(["gdb", "-nx", "-batch", "-x",
                            "scripts/gdb/kgc.py", "-ex", "kgc heap"])
    report(line_of(text) and "no program" in text, "no program", text)
    status, text = command(["gdb", "-nx", "-batch", "-x",
                            "scripts/gdb/kgc.py", "-ex", "kgc heap",
                            "build/x86_64/kgc.elf"])
    report(line_of(text) and "nothing runs here" in text, "nothing runs",
           text)


def main():
    arches = os.environ.get("ARCHES", "x86_64 i386").split()
    if os.environ.get("T") or not shutil.which("gdb"):
        print("1..0 # SKIP " + ("no gdb" if not os.environ.get("T") else
                                "only " + os.environ["T"]))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for arch in arches:
            planted(arch, folder)
            image(arch, folder)
            process(arch, folder)
            hung(arch, folder)
            typed(arch, folder)
            overflow(arch, folder)
        refused(folder)
    print("1..%d" % count)
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
