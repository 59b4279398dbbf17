#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""leave.t - what a run leaves on the host, when it ends and when it panics

The four files of `run-qemu` and `kgc-run` are read by the tools they are for;
the events of the phases are held against a schema, and their nesting and times
are checked.  Then heaps are damaged, and the report must name the damage.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, "scripts"))
from kgclib.channel import KINDS, Records   # noqa: E402
from kgclib import dump as dumps            # noqa: E402
from kgclib import trace as traces          # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ARCHES = os.environ.get("ARCHES", "x86_64 i386").split()
count = failures = 0


def report(good, name, why=""):
    global count, failures
    count += 1
    print("%sok %d - %s" % ("" if good else "not ", count, name))
    if not good:
        failures += 1
        print("\n".join("# " + x for x in str(why).splitlines()[:40]))
    sys.stdout.flush()


def run(command, **more):
    r = subprocess.run(command, capture_output=True, timeout=300, cwd=TOP,
                       stdin=subprocess.DEVNULL, check=False, **more)
    return (r.returncode, r.stdout.decode("utf-8", "replace"),
            r.stderr.decode("utf-8", "replace"))


def read(path):
    with open(path, "rb") as f:
        return f.read()


# --- the events ------------------------------------------------------------

def schema():
    import jsonschema
    with open(os.path.join(HERE, "trace-event.schema.json"),
              encoding="utf-8") as f:
        known = json.load(f)
    jsonschema.Draft7Validator.check_schema(known)
    return jsonschema.Draft7Validator(known)


def wrong_events(data):
    """The first thing that is wrong with these events, or None."""
    try:
        events = json.loads(data)
    except ValueError as error:
        return str(error)
    for error in schema().iter_errors(events):
        return "%s: %s" % (list(error.absolute_path), error.message)
    stacks, last = {}, {}
    for event in events:
        if event["ph"] == "M":
            continue
        track = event["tid"], event["ph"] == "C" and event["name"]
        if event["ts"] < last.get(track, 0):
            return "time goes back: %s" % event
        last[track] = event["ts"]
        stack = stacks.setdefault(event["tid"], [])
        if event["ph"] == "B":
            stack.append(event["name"])
        elif event["ph"] == "E" and not stack:
            return "an end without a begin: %s" % event
        elif event["ph"] == "E" and stack.pop() != event["name"]:
            return "the end of another: %s" % event
    if any(stacks.values()):
        return "begins without an end: %s" % stacks
    return None


def named(data, name):
    """Those that begin something, or mark a moment."""
    return [e for e in json.loads(data)
            if e.get("name") == name and e["ph"] != "E"]


def the_check_can_fail():
    """What the checks of this file would not let pass."""
    head = '{"ph":"M","pid":1,"name":"process_name","args":{"name":"kgc"}},'
    event = '{"ph":"B","pid":1,"tid":1,"ts":%d,"name":"mark"},'
    end = '{"ph":"E","pid":1,"tid":1,"ts":%d,"name":"mark"}'
    for name, text in (
            ("not closed", "[" + head * 4),
            ("an unknown name", "[" + head * 3 +
             event.replace("mark", "nap") % 1 + end % 2 + "]"),
            ("time goes back", "[" + head * 3 + event % 2 + end % 1 + "]"),
            ("no end", "[" + head * 3 + event % 2 + event.strip(",") % 3
             + "]"),
            ("no begin", "[" + head * 4 + end % 1 + "]")):
        report(wrong_events(text) is not None, "the check sees: " + name)
    report(wrong_events("[" + head * 3 + event % 1 + end % 2 + "]") is None,
           "and lets pass what is right",
           wrong_events("[" + head * 3 + event % 1 + end % 2 + "]"))


# --- what is left ----------------------------------------------------------

class Left:
    """Files for each kind, in @folder."""

    def __init__(self, folder):
        self.path = {k: os.path.join(folder, "left." + k) for k in KINDS}
        for path in self.path.values():
            if os.path.exists(path):
                os.unlink(path)

    def options(self):
        return [x for k, p in self.path.items() for x in ("--" + k, p)]

    def data(self, kind):
        return read(self.path[kind])


def top_sites(elf, path):
    status, out, err = run(["google-pprof", "--text", elf, path])
    rows = re.findall(r"^ +[\d.]+ +([\d.]+)% +[\d.]+% +[\d.]+ +[\d.]+% (\S+)",
                      out, re.M)
    return rows or [(status, err)]


def whole(left, name, elf, hot):
    """All four are what their readers want."""
    wrong = wrong_events(left.data("perfetto"))
    report(wrong is None, name + ": events are as the schema says, in order",
           wrong)
    cycles = list(traces.cycles(left.data("trace").decode().splitlines()))
    began = named(left.data("perfetto"), "gc")
    report(cycles and all(c.exact and c.time for c in cycles) and
           [c.number for c in cycles] ==
           [e["args"]["number"] for e in began][:len(cycles)],
           name + ": a line and its events for each cycle",
           (len(cycles), len(began)))
    try:
        dump = dumps.decode(left.data("dump"))
        report(len(dump) > 1000 and dump.stats["numgc"] == len(cycles),
               name + ": a dump", (len(dump), dump.stats))
    except dumps.Bad as bad:
        report(False, name + ": a dump", bad)
    top = top_sites(elf, left.path["profile"])
    report(top[0][1].split(".")[0] == hot,
           name + ": a profile with the hot site on top", top)


def by_run_qemu(arch, folder):
    left = Left(folder)
    elf = "build/%s/kgc.elf" % arch
    status, out, err = run(
        ["scripts/run-qemu", "--arch", arch, "--kernel", elf, "--timeout",
         "120", "--append", "quiet memprofilerate=64K run=trees:14"]
        + left.options())
    report(status == 0 and out.endswith("trees 14: ok\n") and not err,
           arch + " run-qemu: ends well", out + err)
    whole(left, arch + " run-qemu", elf, "tree_make")
    status, out, err = run(["make", "-n", "run", "PROFILE=a", "DUMP=b",
                            "PERFETTO=c", "TRACE=d", "ARCH=" + arch])
    report("--profile 'a' --dump 'b' --perfetto 'c' --trace 'd'" in out,
           arch + " make run: PROFILE= DUMP= PERFETTO= TRACE=", out + err)


def one_line(err, line):
    return err.count("\n") == 1 and re.search(line, err)


def by_kgc_run(arch, folder):
    program = os.path.join(folder, "sites")
    status, out, err = run(["scripts/kgc-cc", "-march-kgc=" + arch, "-O2",
                            "-g", "-o", program, "tests/programs/sites.c"])
    if status:
        report(False, arch + " kgc-cc", err)
        return

    def start(words, *options):
        return run(["scripts/kgc-run", "--timeout", "60", *options, program,
                    "--", *words])

    for word, want in (("return", 0), ("free", 134), ("null", 139)):
        left = Left(folder)
        status, out, err = start([word], "--append", "memprofilerate=16K",
                                 *left.options())
        report(status == want and out == "sites: %s\n" % word,
               "%s kgc-run %s: status %d" % (arch, word, want),
               (status, out, err))
        whole(left, "%s kgc-run %s" % (arch, word), program, "hot")
        marks = named(left.data("perfetto"), "panic")
        report(len(marks) == (want != 0) and ("panic:" in err) == (want != 0),
               "%s kgc-run %s: the mark of a panic" % (arch, word),
               (marks, err))

    status, out, err = start(["return"], "--dump", folder + "/none/x")
    report(status == 125 and not out and
           one_line(err, "none/x: No such file or directory"),
           arch + ": a file that cannot be", (status, out, err))
    status, out, err = start(["return"], "--dump", "/dev/full")
    report(status == 0 and one_line(err, "/dev/full: No space left on device"),
           arch + ": no room on the host's disk", (status, out, err))
    left = folder + "/left"
    status, out, err = start(["return"], "--append", "memprofilerate=0",
                             "--profile", left)
    report(status == 0 and "nothing is sampled: memprofilerate=0\n" in err,
           arch + ": a profile that is off", (status, out, err))
    status, out, err = start(["return"], "--append", "leave=this")
    report(status == 0 and one_line(err, "^param: leave=this is ignored: "),
           arch + ": leave= of nothing known", (status, out, err))
    status, out, err = start(["return"], "--append", "crash=null", "--timeout",
                             "60", "--dump", left)
    report(status == 139 and dumps.decode(read(left)) is not None,
           arch + ": a panic before main", (status, out, err))
    command = ["scripts/kgc-run", "--timeout", "2", "--dump", left, "--append",
               "stack=32", folder + "/ends", "--", "loop"]
    run(["scripts/kgc-cc", "-march-kgc=" + arch, "-o", folder + "/ends",
         "tests/programs/ends.c"])
    status, out, err = run(command)
    report(status == 124 and "left: the run left no dump\n" in err,
           arch + ": a run that is ended from outside", (status, out, err))


# --- damaged heaps ---------------------------------------------------------

# Case, status, what the report has, which of the four are whole.
LINE = r"\n  gc2: [\d.+]+ ms .* pointer lookups .*\n"
STATE = (r"\nstate of the heap:\n"
         r"  allocated: [\d.]+ MB in \d+ objects, next cycle at [\d.]+ MB; "
         r"\d+ cycles, [\d.]+ ms of pauses\n"
         r"  pages: \d+ in use, \d+ free, \d+ of them given back; "
         r"0x\w+ to 0x\w+\n")
CASES = (
    ("double_free", 134,
     r"^panic: gc: free (0x\w+): already free.*" + STATE +
     r"  now: no cycle, all is swept\nlast cycles:\n.*" + LINE +
     r"check of the heap:\n  \1: in free object \1 of 48 bytes .*\n"
     r"  every invariant holds\n", True),
    ("bitmap_word", 134,
     r"^panic: gc: free (0x\w+): already free.*" + STATE + ".*" + LINE +
     r"check of the heap:\n.*  block start in the bitmap: 0, not 1\n"
     r"    at \1: in free object .*\n  nused of span: \d+, not \d+\n", True),
    ("out_of_memory", 134,
     r"^gc: out of memory: 100000 .*^panic: test: no memory.*" + STATE +
     ".*" + LINE + r".*check of the heap:\n  every invariant holds\n", True),
    ("inside_the_collector", 139,
     r"^panic: page fault at pageheap_next.*" + STATE +
     r"  now: gc3, count for [\d.]+ ms\nlast cycles:\n.*" + LINE +
     r"check of the heap:\n  cut off: page fault at check_.*\n"
     r"  it looked at the page 0x\w+\n"
     r"leave: dump: cut off: page fault at .*\n", False),
    ("endless_list", 134,
     r"^panic: test: a list has no end\n.*" + STATE + ".*" + LINE +
     r"check of the heap:\n  cut off: it takes too long\n", True),
)


def damage(arch, folder):
    for case, want, pattern, has_dump in CASES:
        path = os.path.join(folder, "channel")
        status, out, err = run(
            ["scripts/run-qemu", "--arch", arch, "--mem", "64M", "--channel",
             path, "--timeout", "60", "--append", "quiet cases=end "
             "leave=profile,dump,perfetto,trace run=tests:mm_corrupt_end:"
             + case])
        name = "%s %s: " % (arch, case)
        parts = {kind: bytearray() for kind in KINDS}
        records = Records({k: v.extend for k, v in parts.items()})
        records.feed(read(path))
        report(records.status == want and out.count("\npanic: ") == 1,
               name + "status %d" % want, (status, records.status, out, err))
        report(re.search(pattern, out, re.M | re.S),
               name + "the heap's state, last cycles, and the damage", out)
        wrong = wrong_events(parts["perfetto"].decode())
        report(wrong is None and b"heap profile: " in parts["profile"] and
               parts["trace"].count(b"pause ") >= 2,
               name + "events, lines and profile are left", wrong)
        try:
            objects = len(dumps.decode(bytes(parts["dump"])))
            report(has_dump and objects > 1500, name + "and the dump", objects)
        except dumps.Bad as bad:
            report(not has_dump, name + "and no whole dump", bad)
        if case == "inside_the_collector":
            events = parts["perfetto"].decode()
            report(named(events, "gc")[-1]["args"]["number"] == 3,
                   name + "the cycle that it happened in", events[-500:])


def hosted(arch, folder):
    program = "build/hosted%s/kgc" % ("-32" if arch == "i386" else "")
    path = os.path.join(folder, "events")
    status, out, err = run([program, "perfetto=" + path, "gctrace=1",
                            "run=trees:12"])
    wrong = wrong_events(read(path)) if not status else err
    report(not wrong and len(named(read(path), "gc")) ==
           len(list(traces.cycles((out + err).splitlines()))),
           program + ": events of a process", wrong)


def main():
    if os.environ.get("T"):
        print("1..0 # SKIP only " + os.environ["T"])
        return 0
    try:
        schema()
    except ImportError:
        print("1..0 # SKIP no python3-jsonschema")
        return 0
    the_check_can_fail()
    with tempfile.TemporaryDirectory() as folder:
        for arch in ARCHES:
            by_run_qemu(arch, folder)
            by_kgc_run(arch, folder)
            damage(arch, folder)
            hosted(arch, folder)
    print("1..%d" % count)
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
