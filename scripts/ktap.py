#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ktap.py - read KTAP out of logs, say what failed, and be a TAP producer

    ktap.py [options] LOG...          read saved logs, "-" for stdin
    ktap.py [options] --run COMMAND   run it and read what it prints

A log is what a serial line or a process gave: KTAP between other lines, in one
part or several, each with its own plan.  The results are numbered anew, one
stream for all, and so prove(1) can run this.  To the results come findings of
our own, each a test of its own that fails:

    crashed      a panic, a fault or a sanitizer's report, and where
    truncated    fewer results than the plan promises
    no plan      nothing was promised: the tests never began
    status N     the command ended with another status than --status
    timed out    it took longer than --timeout

Bad at: two KTAP streams whose lines mix; the second begins a new part.
"""
import argparse
import os
import re
import signal
import subprocess
import sys
import threading

BEGIN = re.compile(r"(K?TAP version \d+)\s*$")
PLAN = re.compile(r"1\.\.(\d+)\s*(?:#\s*(SKIP.*))?$", re.I)
RESULT = re.compile(r"(not )?ok (\d+)(?: - | )?(.*?)(?:\s*#\s*((?:SKIP|TODO).*))?$",
                    re.I)
RUNNING = re.compile(r"# (\S+) \.\.\.$")
CRASH = re.compile(r"""panic:|Kernel\ panic|trap:\ .*rip|Segmentation\ fault
    |\bERROR:\ (Address|Leak|Thread)Sanitizer|WARNING:\ ThreadSanitizer
    |\bruntime\ error:|Assertion\ .*failed|triple\ fault""", re.X)


class Stream:
    """The results of one log, printed as they come."""

    def __init__(self, name, out):
        self.name, self.out = name, out
        self.planned = self.seen = self.parts = 0
        self.running = None     # the case that began and has not ended
        self.crash = None
        self.skip = None
        self.failed = 0
        self.tail = []          # lines since the last result
        self.open = False       # a part began and awaits its plan

    def line(self, raw):
        text = raw.rstrip("\r\n")
        self.tail = (self.tail + [text])[-40:]
        # A boot loader leaves escape sequences in front of the first line.
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1bc", "", text)
        if BEGIN.match(text):
            self.parts += 1
            self.open = True
            return
        plan, result, running = (PLAN.match(text), RESULT.match(text),
                                 RUNNING.match(text))
        if plan and self.open:
            self.planned += int(plan[1])
            self.skip = plan[2] if plan[1] == "0" else None
            self.open = False
        elif result and self.parts:
            self.seen += 1
            self.result(not result[1], result[3], result[4])
            self.running = None
        elif running:
            self.running = running[1]
            self.tail = []
        elif CRASH.search(text) and not self.crash:
            self.crash = text
            self.where = self.running

    def result(self, ok, name, directive=None):
        if not ok and not (directive or "").upper().startswith("TODO"):
            self.failed += 1
            for text in self.tail[:-1]:
                self.out.comment(text)
        self.tail = []
        self.out.result(ok, "%s %s" % (self.name, name), directive)

    def fail(self, what):
        self.tail.append("")
        self.result(False, what)

    def end(self, plan_wanted=True):
        if self.crash:
            where = " in " + self.where if self.where else ""
            self.fail("crashed%s: %s" % (where, self.crash.strip()))
        if self.open or (plan_wanted and not self.parts):
            self.fail("no plan")
        elif self.seen < self.planned:
            where = " in " + self.running if self.running else ""
            self.fail("truncated%s: %d of %d results" %
                      (where, self.seen, self.planned))
        elif self.seen > self.planned:
            self.fail("%d results, %d planned" % (self.seen, self.planned))


class Output:
    """A TAP producer: numbers, and at its end the plan."""

    def __init__(self):
        self.n = 0

    def result(self, ok, name, directive=None):
        self.n += 1
        # In a name "#" would begin a directive.
        name = name.replace("#", "\\#")
        print("%s %d - %s%s" % ("ok" if ok else "not ok", self.n, name,
                                " # " + directive if directive else ""),
              flush=True)

    def comment(self, text):
        # prove shows what comes on stderr, and drops comments on stdout.
        print(text if text.startswith("#") else "# " + text,
              file=sys.stderr, flush=True)

    def plan(self, skip=None):
        print("1..%d%s" % (self.n, " # " + (skip or "SKIP nothing to do")
                           if not self.n else ""), flush=True)


def kill(process, done):
    done.append(True)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run(args, stream):
    """Run the command, its own process group, and read it to the end."""
    log = open(args.log, "w", errors="replace") if args.log else None
    process = subprocess.Popen(args.command, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True,
                               stdin=subprocess.DEVNULL,
                               errors="replace", start_new_session=True)
    timed_out = []
    timer = threading.Timer(args.timeout, kill, (process, timed_out))
    timer.start()
    for text in process.stdout:
        if log:
            log.write(text)
        stream.line(text)
    status = process.wait()
    timer.cancel()
    stream.end(not args.plain)
    if timed_out:
        stream.fail("timed out after %d s" % args.timeout)
    elif status != args.status and not (status == 1 and stream.failed):
        stream.fail("status %d" % status)
    elif args.plain:
        stream.result(True, "status %d" % status)
    return stream


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--name", default="", help="in front of each result")
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--plain", action="store_true",
                        help="the command prints no KTAP: only its status")
    parser.add_argument("--status", type=int, default=0)
    parser.add_argument("--timeout", type=float, default=300)
    parser.add_argument("--log", help="keep what the command printed")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    out = Output()
    if args.run:
        if args.log:
            os.makedirs(os.path.dirname(args.log) or ".", exist_ok=True)
        streams = [run(args, Stream(args.name, out))]
    else:
        streams = []
        for path in args.command or ["-"]:
            name = args.name or os.path.basename(path)
            stream = Stream(name, out)
            file = sys.stdin if path == "-" else open(path, errors="replace")
            for text in file:
                stream.line(text)
            stream.end()
            streams.append(stream)
    skips = [s.skip for s in streams if s.skip]
    out.plan(skips[0] if skips else None)
    return 1 if any(s.failed for s in streams) else 0


if __name__ == "__main__":
    sys.exit(main())
