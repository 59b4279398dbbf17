# SPDX-License-Identifier: MIT
"""channel.py - the second channel of a machine, and what a run leaves there

Records are "<kind> <length>\\n" and as many bytes; "exit <status>\\n" is the
last.  Kinds that nobody takes are skipped.
"""
import os
import sys

# What a run can leave, and what that is for a person.
KINDS = {"profile": "allocation profile, for google-pprof",
         "dump": "heap dump, for heapdump.py",
         "perfetto": "phases of each cycle, for Perfetto",
         "trace": "trace lines, for gctrace.py"}


class Records:
    """Takes a channel's bytes apart; take[kind] is called with each payload."""

    def __init__(self, take):
        self.take, self.data, self.status = take, b"", None

    def feed(self, data):
        self.data += data
        while self.record():
            pass

    def record(self):
        """Take one whole record off self.data, if there is one."""
        head, newline, rest = self.data.partition(b"\n")
        kind, _, number = head.partition(b" ")
        if not newline:
            return False
        if not number.isdigit():
            self.data = rest
            return True
        if kind == b"exit":
            self.status = int(number) & 255
            self.data = rest
            return True
        if len(rest) < int(number):
            return False
        self.data = rest[int(number):]
        take = self.take.get(kind.decode("ascii", "replace"))
        if take:
            take(rest[:int(number)])
        return True


class Leavings:
    """The files that a run's records go to."""

    def __init__(self, program, args):
        self.program, self.files, self.got = program, {}, set()
        self.paths = {kind: path for kind, path in (
            (kind, getattr(args, kind)) for kind in KINDS) if path}

    @staticmethod
    def options(parser):
        for kind, what in KINDS.items():
            parser.add_argument("--" + kind, metavar="FILE", help=what)

    def open(self):
        """Before anything runs.  Raises OSError."""
        for kind, path in self.paths.items():
            self.files[kind] = open(path, "wb", buffering=0)

    def parameter(self):
        """Words of the kernel's command line."""
        return ["leave=" + ",".join(self.paths)] if self.paths else []

    def takers(self):
        return {kind: lambda data, kind=kind: self.write(kind, data)
                for kind in self.files}

    def say(self, kind, what):
        print("%s: %s: %s" % (self.program, self.paths[kind], what),
              file=sys.stderr)

    def write(self, kind, data):
        """One line for a file that takes no more; the rest is dropped."""
        self.got.add(kind)
        file = self.files[kind]
        while data and not file.closed:
            try:
                data = data[file.write(data):]
            except OSError as error:
                self.say(kind, error.strerror)
                file.close()

    def close(self):
        for kind, file in self.files.items():
            if kind not in self.got and not file.closed:
                self.say(kind, "the run left no " + kind)
            try:
                file.close()
            except OSError as error:
                self.say(kind, os.strerror(error.errno))
