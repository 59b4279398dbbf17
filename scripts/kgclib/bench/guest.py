# SPDX-License-Identifier: MIT
"""guest.py - the same workloads in the image, in instructions and in TCG time

Each is run under -icount, where the processor's counter counts instructions and
two runs give the same, and by plain TCG, sides by turns.  The last run within an
image counts: it finds a heap that was used before.  A kgc-run that takes too
long is a side that is too slow, not one that fails.
"""
import os
import re
import shlex
import statistics
import subprocess
import time

from . import cases, counts, sides, tables

# picolibc's goes through a list of all free blocks: not for what has many.
PEERS = ("malloc", "newlib", "picolibc")
RUN = os.path.join(sides.TOP, "scripts", "kgc-run")
# The same workloads hosted, to compare instructions.
WHOLE = (("trees", ["trees", 12]), ("churn", ["churn", 16, 512, 10000, 50000]),
         ("mix", ["shape", "mix", 20000]))


class Case(cases.Case):
    """@data: what the image finds as its files."""

    def __init__(self, group, name, words, peers=PEERS, data=None):
        super().__init__(group, name, words, ("kgc",) + tuple(peers))
        self.data = data


def all_cases(data, tiny):
    for path in cases.files(data, "hg"):
        yield Case("graph", cases.base(path), ["graph", os.path.basename(path)],
                   (), os.path.dirname(path))
    for path in cases.files(data, "at"):
        yield Case("trace", cases.base(path), ["trace", os.path.basename(path)],
                   PEERS[:2], os.path.dirname(path))
    yield Case("alloc", "trees", ["trees", 6 if tiny else 12])
    n = 100 if tiny else 10000
    for least, most in ((16, 512), (32, 32), (256, 256), (1024, 1024)):
        yield Case("alloc", "churn-%d-%d" % (least, most),
                   ["churn", least, most, n // 10, 5 * n],
                   PEERS if least == most else PEERS[:2])
    for what in ("alloc", "free", "pair"):
        yield Case("alloc", "%s-32" % what, ["calls", what, 32, 3 * n])
    yield Case("alloc", "noscan-arrays",
               ["churn", 32768, 262144, 50, n // 20])
    for shape in ("random", "list-shuffled", "tree", "deep"):
        yield Case("shape", shape, ["shape", shape, 10 * n], ())
    for mb in (1,) if tiny else (1, 4, 16, 64):
        yield Case("shape", "mix-%d-MB" % mb, ["shape", "mix", mb * 4096], ())
    yield Case("shape", "tasks", ["tasks", n // 10 if tiny else n], ())
    yield Case("shape", "finalizers", ["final", n], ())


def run_image(arch, side, case, icount, count):
    """The figures of the last of @count runs; None if it is too slow."""
    command = [RUN, "--mem", "1G", "--timeout", "60"] + (
        ["--icount"] if icount else []) + (
        ["--initrd", case.data] if case.data else []) + [
        os.path.join(sides.OUT, arch, side), "--", "-n", str(count)]
    done = subprocess.run(command + case.words, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode == 124:
        return None
    lines = [x for x in done.stdout.splitlines() if x.startswith("ticks=")]
    if done.returncode or len(lines) != count:
        why = done.stderr.strip().splitlines()
        raise sides.Failed("%s %s: status %d%s" % (
            arch, side, done.returncode, ": " + why[-1] if why else ""))
    return [{k: int(v) for k, v in (w.split("=") for w in x.split())}
            for x in lines]


class Result:
    """By side: instructions, TCG times, memory; and what failed."""

    def __init__(self, arch, case):
        self.arch, self.case = arch, case
        self.ticks, self.ns, self.last = {}, {}, {}
        self.failures, self.slow = [], []

    def add_icount(self, side):
        runs = run_image(self.arch, side, self.case, True, 2)
        if runs:
            self.last[side] = dict(runs[-1], sum=runs[0]["check"])
            self.ticks[side] = runs[-1]["ticks"]
        else:
            self.slow.append(side)

    def add_time(self, side):
        runs = run_image(self.arch, side, self.case, False, 2)
        if runs:
            self.ns.setdefault(side, []).append(runs[-1]["ns"])

    def ratio(self, other):
        if "kgc" in self.ticks and other in self.ticks:
            return self.ticks["kgc"] / self.ticks[other]
        return None

    def ok(self, side):
        return side in self.ticks

    def check(self):
        sums = {f["sum"] for f in self.last.values()}
        if len(sums) > 1:
            self.failures.append("%s: sums differ" % self.arch)


def measure(arch, case, rounds, seconds):
    result = Result(arch, case)
    names = list(case.sides)
    deadline = time.monotonic() + seconds
    for done in range(rounds + 1):
        if done > 1 and time.monotonic() > deadline:
            break
        for side in list(names):
            try:
                (result.add_time if done else result.add_icount)(side)
            except sides.Failed as failure:
                result.failures.append(str(failure))
            if side not in result.ticks:
                names.remove(side)
    result.check()
    return result


def count_text(r, side):
    if side not in r.case.sides:
        return ""
    if side not in r.ticks:
        return "over 60 s" if side in r.slow else "failed"
    return "%.2f" % (r.ticks[side] / 1e6)


def time_text(r, side):
    values = r.ns.get(side)
    if not values:
        return ""
    return "%.1f (%.1f-%.1f)" % (statistics.median(values) / 1e6,
                                 min(values) / 1e6, max(values) / 1e6)


def table(results):
    rows = []
    for r in results:
        each = r.ticks["kgc"] / r.last["kgc"]["ops"] if r.ok("kgc") else 0
        rows.append([r.case.name] + [tables.ratio(r.ratio(p)) for p in PEERS] +
                    ["%.0f" % each] +
                    [count_text(r, s) for s in ("kgc",) + PEERS] +
                    [time_text(r, s) for s in ("kgc",) + PEERS])
    sides_ = ("kgc",) + PEERS
    return tables.table(
        ["workload"] + ["kgc / " + p for p in PEERS] +
        ["instructions each"] + [s + " M" for s in sides_] +
        [s + " TCG ms" for s in sides_], rows)


def memory(results):
    rows = []
    for r in results:
        live = max((f["bytes"] for f in r.last.values()), default=0)
        if r.case.group == "trace" and live:
            rows.append([r.case.name, "%.1f" % (live / 2 ** 20)] + [
                "%.2f" % (r.last[s]["peak"] / live) if s in r.last else "-"
                for s in ("kgc",) + PEERS])
    return tables.table(["peak memory / peak live", "live MB", "kgc"] +
                        list(PEERS), rows)


# --- goals -----------------------------------------------------------------

def whole(arch):
    """Workload -> instructions in the image over those of the process."""
    table_ = {}
    for name, words in WHOLE:
        runs = run_image(arch, "kgc", Case("whole", name, words), True, 2)
        hosted = counts.second_run("kgc", [str(w) for w in words])
        table_[name] = runs[-1]["ticks"] / hosted
    return table_


def boot_ms(machine, rounds):
    """From QEMU's start to the workload's first line, on the clock; and what
    QEMU took of the processor, to its end.  Both sorted."""
    command = subprocess.run(
        [os.path.join(sides.TOP, "scripts", "run-qemu"), "-n", "--machine",
         machine, "--append", "run=trees:4"], cwd=sides.TOP, text=True,
        stdout=subprocess.PIPE, check=True).stdout
    clock, cpu = [], []
    for _ in range(rounds):
        start, used = time.monotonic(), os.times()
        with subprocess.Popen(
                shlex.split(command), cwd=sides.TOP, text=True,
                stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as child:
            for line in child.stdout:
                if line.startswith("trees"):
                    clock.append((time.monotonic() - start) * 1e3)
                    break
            child.stdout.read()
        now = os.times()
        cpu.append((now.children_user - used.children_user +
                    now.children_system - used.children_system) * 1e3)
    return sorted(clock), sorted(cpu)


def text_size():
    out = subprocess.run(["size", os.path.join(sides.TOP, "build", "x86_64",
                                               "kgc.o")],
                         capture_output=True, text=True, check=True).stdout
    return int(re.split(r"\s+", out.splitlines()[1].strip())[0])


def goals(rounds):
    rows = []
    ratios = whole("x86_64")
    worst = max(ratios.values())
    rows.append(("instructions in the image / in the process", "at most 1.15",
                 ", ".join("%s %.2f" % i for i in ratios.items()),
                 worst <= 1.15))
    size = text_size()
    rows.append(("text of kgc.o, x86_64, bytes", "at most 32768", "%d" % size,
                 size <= 32768))
    for machine, limit in (("microvm", 100), ("pc", 250)):
        clock, cpu = boot_ms(machine, 3 * rounds)
        if not clock:
            raise sides.Failed("boot on %s: no line of the workload" % machine)
        m = statistics.median(clock)
        rows.append((
            "QEMU's start to the workload's first line, %s, ms" % machine,
            "under %d" % limit, "%.0f (%.0f to %.0f); of the processor %.0f" % (
                m, clock[0], clock[-1], statistics.median(cpu)), m < limit))
    return rows
