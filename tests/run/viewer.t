#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""viewer.t - a viewer opens the events of trace=perfetto

Chromium has no chrome://tracing any more.  What reads the Trace Event Format
in it is the Performance panel of its developer tools, which is a page of its
own: the file is chosen for its input, and what it then has, thread by thread,
is compared with the file.
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
from browser import Browser, Failed, Timeout    # noqa: E402

PAGE = "devtools://devtools/bundled/devtools_app.html?panel=timeline"
PANEL = """import('devtools://devtools/bundled/panels/timeline/timeline.js')
    .then(m => { window.panel = m.TimelinePanel.TimelinePanel.instance(); })"""
INPUT = """(() => {
    const seek = root => {
        for (const e of root.querySelectorAll('*')) {
            if (e.type === 'file' && e.accept.includes('json'))
                return e;
            const found = e.shadowRoot && seek(e.shadowRoot);
            if (found)
                return found;
        }
    };
    return seek(document);
})()"""
OPENED = """(() => {
    const found = {};
    const { processes } = panel.model.parsedTrace(0).data.Renderer;
    for (const process of processes.values())
        for (const [tid, thread] of process.threads)
            found[tid] = [thread.name, thread.entries.map(
                e => [e.name, e.ts, e.dur])];
    return found;
})()"""
count = failures = 0


def report(good, name, why=""):
    global count, failures
    count += 1
    print("%sok %d - %s" % ("" if good else "not ", count, name))
    if not good:
        failures += 1
        print("\n".join("# " + x[:200] for x in str(why).splitlines()))
    sys.stdout.flush()


def made():
    """Two threads, phases inside of phases, a counter and a mark."""
    events = [{"ph": "M", "pid": 1, "tid": tid, "name": "thread_name",
               "args": {"name": name}}
              for tid, name in ((1, "world stopped"), (2, "sweep"))]

    def span(tid, name, start, end, *within):
        events.append({"ph": "B", "pid": 1, "tid": tid, "ts": start,
                       "name": name})
        for w in within:
            span(tid, *w)
        events.append({"ph": "E", "pid": 1, "tid": tid, "ts": end,
                       "name": name})

    for i in range(20):
        t = 1000.125 + i * 5000
        span(1, "gc", t, t + 950, ("roots", t + 1, t + 100),
             ("mark", t + 100, t + 900))
        span(2, "sweep", t + 950, t + 2000.5)
        events.append({"ph": "C", "pid": 1, "tid": 1, "ts": t,
                       "name": "heap", "args": {"bytes": i * 1000}})
    events.append({"ph": "i", "pid": 1, "tid": 1, "ts": t + 3000,
                   "name": "panic", "s": "g"})
    return events


def spans(events):
    """tid -> name, and [name, start, length] in the order of starts."""
    found, stacks = {}, {}
    for e in events:
        if e["ph"] == "M" and e["name"] == "thread_name":
            found[str(e["tid"])] = [e["args"]["name"], []]
        elif e["ph"] == "B":
            row = [e["name"], e["ts"], None]
            found[str(e["tid"])][1].append(row)
            stacks.setdefault(e["tid"], []).append(row)
        elif e["ph"] == "E":
            row = stacks[e["tid"]].pop()
            row[2] = e["ts"] - row[1]
    return {tid: t for tid, t in found.items() if t[1]}


def same(got, want):
    return got.keys() == want.keys() and all(
        got[tid][0] == name and len(got[tid][1]) == len(rows) and
        all(g[0] == w[0] and abs(g[1] - w[1]) < 1e-3 and
            abs(g[2] - w[2]) < 1e-3
            for g, w in zip(got[tid][1], rows))
        for tid, (name, rows) in want.items())


def open_events(b, path):
    b.open("about:blank")
    b.open(PAGE)
    b.wait("!!" + INPUT)
    b.run(PANEL)
    b.choose_file(INPUT, path)
    b.wait("panel.hasActiveTrace()")
    return b.run(OPENED)


def check(b, folder, name, events):
    path = os.path.join(folder, "events.json")
    want = spans(events)
    with open(path, "w", encoding="ascii") as f:
        json.dump(events, f)
    try:
        got = open_events(b, path)
    except (Failed, Timeout) as e:
        report(False, name + ": opened", repr(e))
        return
    report(same(got, want), name + ": each phase, in its thread, with its "
           "times", (got, want))


def events_of_a_run(arch, folder):
    path = os.path.join(folder, arch + ".json")
    r = subprocess.run(
        ["scripts/run-qemu", "--arch", arch, "--kernel",
         "build/%s/kgc.elf" % arch, "--timeout", "200", "--append",
         "quiet run=trees:12", "--perfetto", path],
        cwd=TOP, capture_output=True, timeout=300)
    if r.returncode:
        report(False, arch + ": a run", r.stdout + r.stderr)
        return None
    with open(path, encoding="ascii") as f:
        return json.load(f)


def main():
    if os.environ.get("T"):
        print("1..0 # SKIP only " + os.environ["T"])
        return 0
    arches = os.environ.get("ARCHES", "x86_64 i386").split()
    with tempfile.TemporaryDirectory() as folder, Browser() as b:
        b.size(1280, 900)
        check(b, folder, "made events", made())
        for arch in arches:
            events = events_of_a_run(arch, folder)
            if events:
                check(b, folder, arch, events)
    print("1..%d" % count)
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
