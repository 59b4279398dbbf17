#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""shell.t - the shell, as a person types it

Through a terminal, key by key.  What commands say is compared with what is
known: sums with RAM, a chain with the list that a program made, a dump with
what its reader finds in it.
"""
import os
import re
import subprocess
import sys
import tempfile
import time

import pexpect

ARCHES = os.environ.get("ARCHES", "x86_64 i386").split()
PROMPT = "\nkgc> "
HOME = "kgc> "
PYTHON = "/usr/bin/python3"
count = failures = 0


def ok(good, name, why=""):
    global count, failures
    count += 1
    failures += not good
    print("%s %d - %s" % ("ok" if good else "not ok", count, name))
    if not good:
        for line in str(why).splitlines()[-30:]:
            print("# " + line)
    sys.stdout.flush()


class Session:
    """A machine with somebody at its serial line."""

    def __init__(self, command, arguments):
        self.machine = pexpect.spawn(
            command, arguments, timeout=90, encoding="latin-1",
            dimensions=(24, 80), echo=False)
        self.machine.delaybeforesend = 0
        self.machine.expect_exact(HOME)
        self.boot = self.machine.before

    def keys(self, *parts):
        """Each part apart from the others, as keys are."""
        for part in parts:
            self.machine.send(part)
            time.sleep(0.05)

    def answer(self):
        """What comes up to the next prompt, without the line typed."""
        self.machine.expect_exact(PROMPT)
        text = self.machine.before.replace("\r", "") + "\n"
        return text.partition("\n")[2]

    def ask(self, line):
        self.machine.send(line + "\r")
        return self.answer()

    def end(self, line):
        """The rest of the output, and the status."""
        self.machine.send(line)
        self.machine.expect(pexpect.EOF)
        self.machine.close()
        return self.machine.before.replace("\r", ""), self.machine.exitstatus

    def cpu_seconds(self):
        """That QEMU has used."""
        pid = self.machine.pid
        with open("/proc/%d/task/%d/children" % (pid, pid),
                  encoding="ascii") as f:
            child = f.read().split()[0]
        with open("/proc/%s/stat" % child, encoding="ascii") as f:
            fields = f.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def boot(arch, append, *options):
    return Session("scripts/run-qemu", [
        "--arch", arch, "--interactive", "--timeout", "500", "--kernel",
        "build/%s/kgc.elf" % arch, "--initrd", "tests/data", "--append",
        append, *options])


# --- keys ------------------------------------------------------------------

def check_keys(s, arch):
    wanted = "gcpercent is 100\n"
    cases = [
        ("plain", ["g", "c", " percent", "\r"]),
        ("backspace", ["gcx", "\x7f", " percent\r"]),
        ("^A and ^E", ["c perc", "\x01", "g", "\x05", "ent", "\r"]),
        ("arrows", ["gc percnt", "\x1b[D", "\x1b[D", "e", "\x1b[C", "\r"]),
        ("an arrow in three pieces", ["gc percnt", "\x1b", "[", "D", "\x1b[",
                                      "D", "e", "\r"]),
        ("home, end, delete", ["xgc perce", "\x1b[H", "\x1b[3~", "\x1b[F",
                               "nt\r"]),
        ("^K", ["gc percent and more"] + ["\x1b[D"] * 9 + ["\x0b", "\r"]),
        ("^U", ["nonsense", "\x15", "gc percent\r"]),
        ("^W", ["gc nonsense", "\x17", "percent\r"]),
        ("^L", ["gc per", "\x0c", "cent\r"]),
        ("tabulator", ["gc p", "\t", "\r"]),
        ("a key that means nothing", ["gc \x1b[15~per", "\x1b[1;5P", "cent\r"]),
    ]
    for name, parts in cases:
        s.keys(*parts)
        got = s.answer()
        ok(got.endswith(wanted), "%s: %s" % (arch, name), got)


def check_history(s, arch):
    s.ask("gc percent 60")
    s.ask("gc percent 70")
    s.keys("\x1b[A", "\x1b[A", "\r")
    s.answer()
    ok(s.ask("gc percent") == "gcpercent is 60\n", arch + ": two lines up")
    s.keys("gc perc", "\x1b[A", "\x1b[A", "\x1b[B", "\x1b[B", "ent\r")
    ok(s.answer().endswith("gcpercent is 60\n"),
       arch + ": up, down, and the new line is there again")
    s.ask("gc percent 100")
    s.keys("mem and much mo", "\x03")
    s.machine.expect_exact("^C\r\n" + HOME)
    ok(s.ask("gc percent") == "gcpercent is 100\n", arch + ": ^C")
    s.keys("gc t", "\t", "\t")
    ok(s.ask(" 0") == "", arch + ": a completed word takes arguments")
    s.keys("p", "\t")
    s.machine.expect("prof +param +panic +poweroff")
    s.machine.expect_exact(HOME)
    s.keys("ar", "\t", "mod", "\t", "\r")
    ok(re.search(r"\* mode +-\n$", s.answer()),
       arch + ": what could be meant is listed")


def check_long(s, arch):
    for _ in range(20):
        s.machine.send("x" * 500)
        time.sleep(0.02)
        while s.machine.expect([r".+", pexpect.TIMEOUT], timeout=0.05) == 0:
            pass
    s.machine.send("\r")
    got = s.answer()
    ok(got.endswith("shell: the line is longer than 1023 bytes\n"),
       arch + ": 10,000 letters", got[-200:])
    s.keys("help " + "y" * 500, "\x01", "\x05", "z\r")
    got = s.answer()
    ok(got.endswith("shell: no command '%sz'; help lists them\n" %
                    ("y" * 500)), arch + ": 506 letters", got[-700:])
    ok(s.ask("gc percent") == "gcpercent is 100\n", arch + ": it goes on")


# --- what commands say -----------------------------------------------------

def check_mistakes(s, arch):
    for line, answer in (
            ("mme", "shell: no command 'mme'; help lists them; the nearest is"
                    " mem\n"),
            ("nonsense", "shell: no command 'nonsense'; help lists them\n"),
            ("why", "shell: it is: why ADDRESS\n"),
            ("obj 0xg", "shell: '0xg' is no address\n"),
            ("why 8", "why: 0x8 is not in the heap\n"),
            ("who 100000", "who: 0x100000 is not in the heap\n"),
            ("obj " + "f" * 40, "shell: '%s' is no address\n" % ("f" * 40)),
            ("gc percent x", "gc percent: cannot be 'x'\n"),
            ("run nonsense", "nonsense: no such workload\n"
                             "run: nonsense failed\n"),
            ("run heapgraph:none", "heapgraph none: missing\n"
                                   "run: heapgraph:none failed\n")):
        got = s.ask(line)
        ok(got == answer, "%s: %s" % (arch, line[:20]), got)


def check_memory(s, arch):
    got = s.ask("mem").splitlines()
    total = sum(int(line.split()[0]) for line in got[:-1])
    end = re.match(r" *(\d+)  sum, of (\d+) bytes of RAM: every byte$",
                   got[-1])
    ok(end and total == int(end[1]) == int(end[2]),
       arch + ": mem adds up to RAM", got[-1])
    boot_mib = re.search(r"memory: (\d+) MiB of RAM", s.boot)
    ok(end and int(end[2]) >> 20 == int(boot_mib[1]),
       arch + ": which is that of the boot line")
    text = int(re.search(r"(\d+)  image: text", "\n".join(got))[1])
    size = subprocess.run(["size", "-A", "build/%s/kgc.elf" % arch],
                          capture_output=True, text=True).stdout
    size = sum(int(x) for x in re.findall(r"^\.(?:text|note|multiboot2) +(\d+)",
                                          size, re.M))
    ok(size <= text <= size + 4096 * 2, arch + ": text is that of the file",
       "%d, %d" % (text, size))
    got = s.ask("map")
    ok(re.search(r"^0x[0-9a-f]+  [0-9LN. ]+$", got, re.M) and "N" in got,
       arch + ": map", got)


def check_collector(s, arch):
    ok(s.ask("gc") == "", arch + ": gc")
    s.ask("gc trace 1")
    got = s.ask("gc")
    ok(re.match(r"gc\d+: \S+ ms .* objects \d+ pointer lookups", got),
       arch + ": gc trace 1", got)
    s.ask("gc trace 0")
    ok(s.ask("gc") == "", arch + ": gc trace 0")
    got = s.ask("gc stats")
    numgc = re.search(r"numgc +(\d+)", got)
    bars = [int(x) for x in re.findall(r" us +(\d+) ", got)]
    ok(numgc and int(numgc[1]) == sum(bars) and "#" in got,
       arch + ": gc stats: every pause is in a bar", got)
    ok(s.ask("gc check") == "gc check: sound\n", arch + ": gc check")
    ok("? stack of task 1 (main)" in s.ask("gc audit"), arch + ": gc audit")
    got = s.ask("gc classes").splitlines()[1:]
    rows = [[int(x) for x in line.split()[1:6]] for line in got]
    sums = [sum(column) for column in zip(*rows[:-1])]
    ok(sums == rows[-1] and got[-1].split()[0] == "all",
       arch + ": gc classes add up", "\n".join(got))
    got = s.ask("gc spans").splitlines()[1:]
    at = [(int(line.split()[0], 16), int(line.split()[1]))
          for line in got[:-1]]
    ok(all(a + n * 4096 == b for (a, n), (b, _) in zip(at, at[1:])) and
       got[-1] == "%d spans" % len(at), arch + ": gc spans lie side by side")


def check_full(s, arch):
    ok(s.ask("param heap_max 1M") == "" and "no memory after" in
       s.ask("run heapgraph:cpython-startup.hg"), arch + ": the heap is full")
    ok(s.ask("gc check") == "gc check: sound\n" and
       s.ask("mem").endswith("every byte\n"), arch + ": and the shell goes on")
    s.ask("param heap_max 200M")
    got = s.ask("run heapgraph:cpython-startup.hg")
    ok("failed" not in got, arch + ": until there is room again", got)


def check_runs(s, arch):
    got = s.ask("run heapgraph:cpython-startup.hg")
    ok("case 1: " in got and "MISMATCH" not in got and "failed" not in got,
       arch + ": run heapgraph", got)
    got = s.ask("run tests:kernel_format trees:8")
    ok("# 0 of " in got and "trees 8: ok" in got,
       arch + ": run two things", got)
    s.ask("run sites")
    got = s.ask("prof 3").splitlines()
    ok(" sites, by" in got[0] and " sites_hot+0x" in got[1] and len(got) == 4,
       arch + ": prof", "\n".join(got))
    # Sites that are left dead: an object that no root reaches.
    spans = s.ask("gc spans 416").splitlines()[1:-1]
    if spans:
        obj = s.ask("obj " + spans[-1].split()[0])
        ok("of 416 bytes, noscan, class " in obj, arch + ": obj", obj)
        got = s.ask("why " + spans[-1].split()[0])
        ok(got == "why: no root reaches it\n" or " -> object " in got,
           arch + ": why of what is dead", got)


def check_machine(s, arch):
    got = s.ask("tasks")
    ok(re.search(r"running  main$", got, re.M) and
       re.search(r"waiting  finalizer$", got, re.M) and
       re.search(r"idle     idle$", got, re.M), arch + ": tasks", got)
    ok(s.ask("finalizers") == "0 finalizers\n", arch + ": finalizers")
    got = s.ask("param")
    ok(re.search(r"^  \* gcpercent +100$", got, re.M) and
       re.search(r"^    hz +100$", got, re.M), arch + ": param", got)
    names = re.findall(r"^  (\w+)", s.ask("help"), re.M)
    ok({"mem", "gc", "obj", "why", "who", "tasks", "finalizers", "prof",
        "dump", "map", "run", "param", "panic", "poweroff", "exit"} <=
       set(names), arch + ": help", names)
    time.sleep(0.5)
    before = s.cpu_seconds()
    time.sleep(3)
    used = s.cpu_seconds() - before
    ok(used < 1.5, arch + ": who waits for a key lets the CPU halt",
       "%.2f s in 3 s" % used)


def check_dump(s, arch, channel, folder):
    text = os.path.join(folder, "text")
    sent = os.path.join(folder, "sent")
    with open(text, "w", encoding="ascii") as f:
        f.write(s.ask("dump text"))
    got = s.ask("dump")
    size = re.match(r"dump: (\d+) bytes to the second channel, \d+ us\n", got)
    with open(channel, "rb") as f:
        data = f.read()
    with open(sent, "wb") as f:
        while data.startswith(b"dump "):
            head, _, data = data.partition(b"\n")
            f.write(data[:int(head[5:])])
            data = data[int(head[5:]):]
    ok(size and os.path.getsize(sent) == int(size[1]) and not data,
       arch + ": dump", got)
    for path in (sent, text):
        r = subprocess.run([PYTHON, "scripts/heapdump.py", path],
                           capture_output=True, text=True)
        ok(r.returncode == 0 and "objects" in r.stdout,
           "%s: %s of a dump is read" % (arch, os.path.basename(path)),
           r.stdout + r.stderr)


def check_ends(arch, folder):
    channel = os.path.join(folder, "end")
    for line, wanted, last in (("poweroff\r", 0, b"exit 0\n"),
                               ("poweroff 7\r", 1, b"exit 7\n"),
                               ("exit\r", 0, b"exit 0\n"),
                               ("\x04", 0, b"exit 0\n"),
                               ("panic 'as asked'\r", 1, b"exit 134\n")):
        s = boot(arch, "run=nonsense run=shell", "--channel", channel)
        out, status = s.end(line)
        with open(channel, "rb") as f:
            data = f.read()
        ok(status == wanted and data.endswith(last),
           "%s: %s" % (arch, repr(line)), out)
    ok("\npanic: as asked\n" in out and "panic_run" in out,
       arch + ": a panic says who", out)


# --- a program, and make run -----------------------------------------------

def check_chain(s, arch):
    got = s.ask("main one 'two words'")
    nodes = [int(x, 16) for x in re.findall(r"node \d at (\S+)", got)]
    ok(len(nodes) == 5 and "argv[0] = <list>\nargv[1] = <one>\n"
       "argv[2] = <two words>\n" in got and got.endswith(
           "main: returned 3\n"), arch + ": main", got)
    got = s.ask("why %x" % nodes[0])
    chain = ["  data list_head+0x0 -> object 0x%x" % nodes[4]] + \
        ["  +0x0 -> object 0x%x" % node for node in nodes[3::-1]]
    ok(got.splitlines() == chain, arch + ": why", got)
    got = s.ask("who 0x%x" % nodes[2])
    ok(got == "  object 0x%x, +0x0\n1 word refers to object 0x%x\n" %
       (nodes[3], nodes[2]), arch + ": who", got)
    got = s.ask("obj %x" % (nodes[2] + 4))
    ok(got.startswith("object 0x%x of " % nodes[2]) and
       "\n  the address is at +0x4\n" in got and
       re.search(r"  \+0x00 0x0*%x  object 0x%x of" % (nodes[1], nodes[1]),
                 got) and re.search(r"  \+0x0[48] 0x0*2$", got, re.M),
       arch + ": obj", got)
    got = s.ask("mem")
    ok(got.endswith("every byte\n"), arch + ": mem of a program", got)
    got = s.ask("main")
    ok(got.endswith("argv[1] = <of>\nargv[2] = <the boot>\n"
                    "main: returned 3\n") and
       "0x%x" % nodes[4] not in got, arch + ": main once more", got)


def check_program(arch, folder):
    image = os.path.join(folder, "list")
    made = subprocess.run(["scripts/kgc-cc", "-march-kgc=" + arch, "-O2",
                           "tests/programs/list.c", "-o", image],
                          capture_output=True, text=True)
    ok(made.returncode == 0, arch + ": a program", made.stderr)
    s = Session("scripts/kgc-run", ["--shell", "--timeout", "100", image,
                                    "--", "of", "the boot"])
    check_chain(s, arch)
    out, status = s.end("poweroff 9\r")
    ok(status == 9, arch + ": its status is that of poweroff", out)
    done = subprocess.run(
        ["scripts/kgc-run", "--shell", "--timeout", "60", image],
        input="main a\nnonsense\ngc percent", capture_output=True, text=True)
    ok(done.returncode == 0 and done.stdout.endswith(
        "argv[1] = <a>\nmain: returned 2\nshell: no command 'nonsense'; help"
        " lists them\ngcpercent is 100\n") and "kgc>" not in done.stdout,
       arch + ": commands from a pipe", done.stdout + done.stderr)


def check_make_run(arch):
    s = Session("make", ["run", "ARCH=" + arch])
    ok("alloctrace sqlite3.at: ok" in s.boot,
       arch + ": make run ends in the shell", s.boot[-500:])
    out, status = s.end("exit\r")
    ok(status == 0, arch + ": and well", out)
    done = subprocess.run(["make", "run", "ARCH=" + arch], timeout=200,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    ok(done.returncode == 0 and "alloctrace sqlite3.at: ok" in done.stdout
       and HOME not in done.stdout, arch + ": without a terminal it ends")


def check(arch):
    with tempfile.TemporaryDirectory() as folder:
        channel = os.path.join(folder, "channel")
        s = boot(arch, "memprofilerate=64K run=shell", "--channel", channel)
        check_keys(s, arch)
        check_history(s, arch)
        check_long(s, arch)
        check_mistakes(s, arch)
        check_memory(s, arch)
        check_collector(s, arch)
        check_full(s, arch)
        check_runs(s, arch)
        check_machine(s, arch)
        check_dump(s, arch, channel, folder)
        out, status = s.end("\x04")
        ok(status == 0, arch + ": ^D", out)
        check_ends(arch, folder)
        check_program(arch, folder)
        check_make_run(arch)


def main():
    if os.environ.get("T"):
        print("1..0 # SKIP only " + os.environ["T"])
        return 0
    for arch in ARCHES:
        try:
            check(arch)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            ok(False, arch + ": an answer came", error)
    print("1..%d" % count)
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
