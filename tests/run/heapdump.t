#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""heapdump.t - dumps come back as what they were, and damaged ones say so

A graph is loaded and dumped, in a process and in an image; the dump is made a
graph again, which must have the nodes and edges that are live in the first,
and must keep what its own oracle says when it is loaded and collected.
"""
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import zlib
from array import array

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, "scripts"))
from kgclib import dump as dumps    # noqa: E402
from kgclib import graph            # noqa: E402

GRAPH = os.path.join(TOP, "tests", "data", "cpython-startup.hg")
LIVE = (25596, 68984, 6441)     # nodes, edges between them, roots
TOOL = [sys.executable, os.path.join(TOP, "scripts", "heapdump.py")]
count = failures = 0


def report(good, name, why=""):
    global count, failures
    count += 1
    print("%sok %d - %s" % ("" if good else "not ", count, name))
    if not good:
        failures += 1
        print("\n".join("# " + x for x in str(why).splitlines()))
    sys.stdout.flush()


def tool(*args):
    r = subprocess.run(TOOL + list(args), capture_output=True, text=True,
                       timeout=300)
    return r.returncode, r.stdout, r.stderr


def loaded():
    """heapdump.py as a module: a hundred runs of it in a few seconds."""
    path = os.path.join(TOP, "scripts", "heapdump.py")
    loader = importlib.machinery.SourceFileLoader("heapdump", path)
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("heapdump", loader))
    loader.exec_module(module)
    return module


def inside(module, *args):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = module.main(["heapdump.py"] + list(args))
    return status, out.getvalue(), err.getvalue()


def start(command, log):
    with open(log, "wb") as f:
        return subprocess.run(command, stdout=f, stderr=subprocess.STDOUT,
                              cwd=TOP, timeout=400).returncode


def command_of(where, runs, folder):
    if where.startswith("hosted"):
        return [os.path.join(TOP, "build", where, "kgc"),
                "initrd=" + folder] + ["run=" + r for r in runs]
    return ["scripts/run-qemu", "--arch", where, "--kernel",
            "build/%s/kgc.elf" % where, "--mem", "256M", "--timeout", "300",
            "--initrd", folder, "--append",
            " ".join("run=" + r for r in runs)]


def round_trip(where, folder):
    log = os.path.join(folder, where + ".log")
    status = start(command_of(where, ["dump:" + os.path.basename(GRAPH),
                                      "why:" + os.path.basename(GRAPH),
                                      "audit:" + os.path.basename(GRAPH)],
                              os.path.dirname(GRAPH)), log)
    with open(log, "rb") as f:
        text = f.read()
    why = re.search(rb"^why .*: (ok|MISMATCH)", text, re.M)
    report(status == 0 and why and why[1] == b"ok",
           where + ": a chain to each of 100 objects, word by word",
           why[0] if why else text[-300:])
    audit = re.search(rb"^audit .*: (ok|MISMATCH)", text, re.M)
    report(audit and audit[1] == b"ok",
           where + ": the roots' block keeps what the oracle says",
           audit[0] if audit else text[-300:])
    roots = re.search(rb"roots at (0x[0-9a-f]+)", text)
    out = os.path.join(folder, where, "again.hg")
    os.makedirs(os.path.dirname(out))
    result = tool(log, "graph", out, roots[1].decode() if roots else "0")
    want = "%s: %d nodes, %d edges, %d roots\n" % ((out,) + LIVE)
    report(result == (0, want, ""), where + ": the same graph again", result)
    if not os.path.exists(out):
        return log
    again = os.path.join(folder, where + "-again.log")
    status = start(command_of(where, ["heapgraph:again.hg"],
                              os.path.dirname(out)), again)
    with open(again, "rb") as f:
        text = f.read()
    report(status == 0 and b"kept %d " % LIVE[0] in text,
           where + ": it is loaded, and collected by its own oracle",
           text[-300:])
    return log


def bad_files(log, folder):
    with open(log, "rb") as f:
        data = dumps.from_log(f.read())
    path = os.path.join(folder, "bad")

    def expect(name, contents, line):
        with open(path, "wb") as f:
            f.write(contents)
        status, out, err = tool(path)
        report(status == 1 and not out and err.count("\n") == 1 and
               re.match("heapdump: .*bad: " + line, err), name, err)

    whole(data, path)
    several(log, data, path)
    expect("a dump, and a part", data + data[:-1], "truncated or damaged: ")
    expect("empty", b"", "not a heap dump")
    expect("text", b"gc1: what\n", "not a heap dump")
    status, _, err = tool(os.path.join(folder, "none"))
    report(status == 1 and err.endswith("none: No such file or directory\n"),
           "no file", err)
    status, _, err = tool(log, "object", "0x10")
    report((status, err) == (1, "heapdump: 0x10: in no object\n"),
           "an address outside", err)
    status, _, err = tool(log, "object", "ten")
    report((status, err) == (1, "heapdump: ten: not an address\n"),
           "no address", err)
    report(tool(log, "frobnicate")[0] == 2, "a verb that there is not")


def several(log, data, path):
    """A session may leave more than one dump."""
    empty = bytearray(data[:8] + b"\1\10\200\40\0\0\11\0\0\0")
    with open(path, "wb") as f:
        f.write(empty + zlib.crc32(empty).to_bytes(4, "little") + data)
    report(tool(path) == tool(log), "of two dumps the last is read",
           tool(path))


def whole(data, path):
    """Cut off or damaged anywhere, it is one line, of that file."""
    module, r = loaded(), random.Random(1)
    line = re.compile(r"heapdump: %s: [^\n]+\n" % re.escape(path))

    def bad(contents):
        with open(path, "wb") as f:
            f.write(contents)
        try:
            status, out, err = inside(module, path)
        except Exception as e:     # what a user would see as a traceback
            return repr(e)
        return (status, out) != (1, "") or not line.fullmatch(err)

    pages = [at for at in range(0, len(data), 4096) if bad(data[:at])]
    report(not pages, "cut off at each 4 KiB", pages)
    places = [r.randrange(len(data)) for _ in range(100)]
    cut = [at for at in places if bad(data[:at])]
    report(not cut, "cut off at 100 places", cut)
    wrong = []
    for at in places:
        other = bytearray(data)
        for k in range(at, min(at + r.choice((1, 1, 2, 8, 100)), len(data))):
            other[k] ^= r.randrange(1, 256)
        if bad(bytes(other)):
            wrong.append(at)
    report(not wrong, "wrong bytes at 100 places", wrong)
    # A number without an end would be read as one of megabytes.
    report(not bad(dumps.MAGIC + b"\xff" * (4 << 20)), "an endless number")


def no_room(log, folder):
    """What cannot be written says so, and leaves nothing half written."""
    out = os.path.join(folder, "no-room")
    for verb in ("html", "graph"):
        for path, why in (("/dev/full", "No space left on device"),
                          (folder, "Is a directory"),
                          (folder + "/none/x", "No such file or directory")):
            status, said, err = tool(log, verb, path)
            report((status, said, err) == (1, "", "heapdump: %s: %s\n" % (
                path, why)), "%s: %s" % (verb, why), err)
        r = subprocess.run(
            TOOL + [log, verb, out], capture_output=True, text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                  (9999, 9999)))
        report((r.returncode, r.stderr) == (
            1, "heapdump: %s: File too large\n" % out) and
            not os.path.exists(out), verb + ": no part of it is left",
            r.stderr)
    with open("/dev/full", "w") as full:
        r = subprocess.run(TOOL + [log], stdout=full, stderr=subprocess.PIPE,
                           text=True)
    report((r.returncode, r.stderr) == (
        1, "heapdump: output: No space left on device\n"),
        "no room for the text", r.stderr)


def bad_options(log, folder):
    out = os.path.join(folder, "x.html")
    none = os.path.join(folder, "none")
    for args, why in (
            (("--html", out, "--edges", "x"), "--edges x: not a number"),
            (("--html", out, "--trace", none),
             none + ": No such file or directory"),
            (("--html", out, "--elf", none), none + ": no symbols"),
            (("--html", out, "--elf", log), log + ": no symbols"),
            (("dominators", "x"), "x: not a number"),
            (("dominators", "-1"), "-1: not a number")):
        report(tool(log, *args) == (1, "", "heapdump: %s\n" % why),
               " ".join(args).replace(folder, ""), tool(log, *args))
    report(not os.path.exists(out), "no page is left")


def verbs(log, folder):
    status, out, err = tool(log)
    report(status == 0 and re.search(r"^256\d\d objects, .* 75425 edges", out,
                                     re.M), "summary", out + err)
    status, out, err = tool(log, "dominators", "3")
    report(status == 0 and len(out.splitlines()) == 5 and
           "(uncollectable)" in out.splitlines()[2], "dominators", out + err)
    kept = re.search(r"^ *(\d+) .*(0x[0-9a-f]+) of \d+ bytes \(scan\)", out,
                     re.M)
    status, out, err = tool(log, "object", kept[2])
    report(status == 0 and "keeps %s bytes\n" % kept[1] in out and
           "referred to by" in out, "object", out + err)
    status, out, err = tool(log, "diff", log)
    report(status == 0 and out.startswith("objects +0, bytes +0, roots +0\n"),
           "no difference", out + err)
    with open(log, "rb") as f:
        lines = f.read().splitlines()
    noise = random.Random(2)
    mixed = []
    for line in lines:
        mixed += noise.choice(([], [], [b"gc7: 1.0 ms"], [b"\xff\x00dump:"],
                               [b"dump: not base64"]))
        mixed.append(line + noise.choice((b"", b"\r")))
    path = os.path.join(folder, "mixed.log")
    with open(path, "wb") as f:
        f.write(b"\n".join(mixed))
    report(tool(path, "diff", log)[1].startswith("objects +0"),
           "a log with garbage between the lines")


class Made:
    """A random graph that looks like a dump."""

    def __init__(self, seed):
        r = random.Random(seed)
        self.n = n = r.randint(1, 24)
        self.edges = [[r.randrange(n) for _ in range(r.choice((0, 1, 1, 3)))]
                      for _ in range(n)]
        self.chosen = set(r.sample(range(n), min(n, r.randint(1, 3))))
        self.first, self.to = array("I", [0]), array("I")
        for e in self.edges:
            self.to.extend(e)
            self.first.append(len(self.to))
        self.size = array("Q", [1 << r.randrange(8) for _ in range(n)])
        self.roots, self.ephemerons = [], []

    def __len__(self):
        return self.n

    def is_root(self, i):
        return i in self.chosen

    def reached_without(self, gone):
        seen = {r for r in self.chosen if r != gone}
        todo = list(seen)
        while todo:
            for t in self.edges[todo.pop()]:
                if t != gone and t not in seen:
                    seen.add(t)
                    todo.append(t)
        return seen


def dominators():
    wrong = 0
    for seed in range(300):
        made = Made(seed)
        kept, all_ = graph.Retained(made), made.reached_without(None)
        for i in range(made.n):
            lost = all_ - made.reached_without(i) if i in all_ else ()
            wrong += kept.size[i] != sum(made.size[j] for j in lost)
    report(not wrong, "retained sizes of 300 random graphs", wrong)


def main():
    arches = os.environ.get("ARCHES", "x86_64 i386").split()
    if os.environ.get("T"):
        print("1..0 # SKIP only " + os.environ["T"])
        return 0
    dominators()
    with tempfile.TemporaryDirectory() as folder:
        for arch in arches:
            host = "hosted-32" if arch == "i386" else "hosted"
            log = round_trip(host, folder)
            round_trip(arch, folder)
        bad_files(log, folder)
        verbs(log, folder)
        no_room(log, folder)
        bad_options(log, folder)
    print("1..%d" % count)
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
