#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gctrace.t - scripts/gctrace.py finds the trace lines, and says what is bad

Numbers are those of a log made here; then a process is read through a pipe.
The pictures are only looked at as files: that they are of their format, not
empty, and that heapmap.py draws one too.
"""
import os
import random
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SCRIPTS = os.path.join(TOP, "scripts")
PYTHON = "/usr/bin/python3"     # Debian's, which has its matplotlib
LINE = ("gc%d: %.3f+0.200+0.001 ms %.1f -> %.1f MB 3064 -> 324 "
        "(145373-145049) objects 9 pointer lookups (0 size, 0 addr)")
count = failures = 0


def report(good, name, why=""):
    global count, failures
    count += 1
    print("%sok %d - %s" % ("" if good else "not ", count, name))
    if not good:
        failures += 1
        print("\n".join("# " + x for x in str(why).splitlines()))


def run(script, *args, text=None):
    r = subprocess.run([PYTHON, os.path.join(SCRIPTS, script)] + list(args),
                       input=text, capture_output=True, timeout=120)
    return r.returncode, r.stdout.decode(), r.stderr.decode()


def log_text():
    """100 cycles with garbage between and around; pauses of 1 to 100 ms."""
    lines = ["SeaBIOS (version 1.16)", "\x1b[2Jboot", "gc: check"]
    for i in range(1, 101):
        lines += ["pause %d" % (i * 1000000), "[%f] " % (i * 1.0) +
                  LINE % (i, i / 2, 4 + i, i) + "\r"]
        if i == 50:     # two tasks collected: gc50 is told before gc49
            lines[-7:-5], lines[-2:] = lines[-2:], lines[-7:-5]
        lines += ["gc%d: 0.1+0.2 ms" % i, "noise \xff gc1:", ""]
    return "\n".join(lines).encode("latin-1")


def summaries(folder):
    path = os.path.join(folder, "log")
    with open(path, "wb") as f:
        f.write(log_text())
    status, out, err = run("gctrace.py", path)
    lines = out.splitlines()
    report(status == 0 and lines[0] == "100 collections, gc1 to gc100",
           "every trace line is found", out + err)
    report(lines[1] == "pauses: total 5050.000 ms, median 50.000, 90 % "
           "90.000, 99 % 99.000, most 100.000", "pauses", lines[1])
    report(lines[2].endswith("total 20.000 ms, most 0.200"), "sweep", lines[2])
    # From the start of gc1, 1.2 ms before its line, to 100 s.
    report(lines[3] == "mutator share: 94.9 % of 99.001 s", "mutator share",
           lines[3])
    report(lines[4].startswith("heap: most 104.0 MB, live at the end 100.0"),
           "heap", lines[4])
    report(len(lines) == 5 + 12 and lines[-1].count("#") == 38,
           "curve", "\n".join(lines[5:]))
    again = LINE % (1, 1, 5, 1)
    status, out, _ = run("gctrace.py", text=(again + "\n" + again).encode())
    report(out.count("1 collections, gc1 to gc1") == 2,
           "a number that begins again is another run", out)
    report("debuggc=1" in out, "pauses are told to be bounds", out)


def bad_input(folder):
    for text, name in ((b"", "empty"), (b"gc1: what\n\xff\n", "no trace")):
        report(run("gctrace.py", text=text) ==
               (1, "", "gctrace: stdin: no line of gctrace=1\n"), name)
    report(run("gctrace.py", os.path.join(folder, "none"))[2].endswith(
        "none: No such file or directory\n"), "no file")
    status, _, err = run("gctrace.py", "--plot", "x.gif", text=b"")
    report((status, err) == (1, "gctrace: x.gif: neither .png nor .svg\n"),
           "a format that there is not", err)
    # Numbers of thousands of digits, in lines that are all but right.
    huge = "9" * 5000
    line = (LINE % (1, 1, 5, 1)).replace("145373", huge)
    text = "\n".join(("[%s.5] " % huge + LINE % (1, 1, 5, 1), line,
                      "pause " + huge, line.replace("gc1", "gc" + huge)))
    status, out, err = run("gctrace.py", text=text.encode())
    report(status == 0 and out.startswith("1 collections, gc1 to gc1\n"),
           "numbers that are none", out[:200] + err)
    noise = random.Random(1)
    for name, data in (
            ("bytes at random", noise.randbytes(100000)),
            ("the end of each line is missing", b"\n".join(
                x[:noise.randrange(len(x) + 1)]
                for x in log_text().split(b"\n")))):
        status, out, err = run("gctrace.py", text=data)
        report(status in (0, 1) and err.count("\n") <= 1 and
               (out or err.startswith("gctrace: stdin: ")), name, err)


def no_room(folder, *scripts):
    """One line that names the file, or that it was the output."""
    full = os.path.join(folder, "full.png")
    os.symlink("/dev/full", full)
    for name, args, line in scripts:
        with open("/dev/full", "wb") as stdout:
            r = subprocess.run([PYTHON, os.path.join(SCRIPTS, name)] + args,
                               stdout=stdout, stderr=subprocess.PIPE)
        report((r.returncode, r.stderr.decode()) == (
            1, line + "output: No space left on device\n"),
            name + ": no room for the text", r.stderr.decode())
        args = [full if x.endswith("png") else x for x in args]
        status, _, err = run(name, *args)
        report((status, err) == (
            1, line + full + ": No space left on device\n"),
            name + ": no room for the picture", err)


def is_picture(path):
    if not os.path.exists(path) or os.path.getsize(path) < 5000:
        return False
    with open(path, "rb") as f:
        start = f.read(400)
    return start.startswith(b"\x89PNG\r\n\x1a\n") if path.endswith("png") \
        else b"<svg" in start or b"<!DOCTYPE svg" in start


def pictures(folder):
    log = os.path.join(folder, "log")
    kgc = os.path.join(TOP, "build", "hosted", "kgc")
    for kind in ("png", "svg"):
        out = os.path.join(folder, "trace." + kind)
        status, _, err = run("gctrace.py", "--plot", out, log)
        report(status == 0 and is_picture(out), "trace as " + kind, err)
    p = subprocess.run("%s gctrace=1 run=trees:12 2>&1 | %s %s --echo --plot "
                       "%s" % (kgc, PYTHON,
                               os.path.join(SCRIPTS, "gctrace.py"),
                               os.path.join(folder, "live.png")), shell=True,
                       capture_output=True, timeout=120)
    report(p.returncode == 0 and b"mutator share: " in p.stdout and
           b"unknown" not in p.stdout and b"trees 12: ok" in p.stderr and
           is_picture(os.path.join(folder, "live.png")), "from a pipe",
           p.stdout + p.stderr)
    dump = os.path.join(folder, "dump.log")
    with open(dump, "wb") as f:
        subprocess.run([kgc, "initrd=" + os.path.join(TOP, "tests", "data"),
                        "run=dump:cpython-startup.hg"], stdout=f, timeout=60)
    for kind in ("png", "svg"):
        out = os.path.join(folder, "map." + kind)
        status, _, err = run("heapmap.py", dump, out)
        report(status == 0 and is_picture(out), "heap map as " + kind, err)
    status, _, err = run("heapmap.py", log, os.path.join(folder, "no.png"))
    report(status == 1 and err.endswith("log: not a heap dump\n"),
           "a map of what is no dump", err)
    out = os.path.join(folder, "x.png")
    no_room(folder, ("gctrace.py", ["--plot", out, log], "gctrace: "),
            ("heapmap.py", [dump, out], "heapmap: "))


def main():
    if os.environ.get("T"):
        print("1..0 # SKIP only " + os.environ["T"])
        return 0
    if "x86_64" not in os.environ.get("ARCHES", "x86_64"):
        print("1..0 # SKIP not for " + os.environ["ARCHES"])
        return 0
    with tempfile.TemporaryDirectory() as folder:
        summaries(folder)
        bad_input(folder)
        if subprocess.run([PYTHON, "-c", "import matplotlib"],
                          stderr=subprocess.DEVNULL).returncode == 0:
            pictures(folder)
        else:
            report(True, "pictures # SKIP no matplotlib")
    print("1..%d" % count)
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
