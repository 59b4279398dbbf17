#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""console.t - bytes in and out of a program, and records beside them

A test of the image reads its input to the end and writes it back.  What comes
back must be every byte that was sent, and what the kernel prints
must be in whole records on the second channel.
"""
import os
import random
import subprocess
import sys
import tempfile

ARCHES = os.environ.get("ARCHES", "x86_64 i386").split()
count = 0


def ok(good, name, why=""):
    global count
    count += 1
    print("%s %d - %s" % ("ok" if good else "not ok", count, name))
    if not good and why:
        print("# " + why)
    sys.stdout.flush()


def escape(data):
    return data.replace(b"\x1d", b"\x1d\x1d") + b"\x1d\x04"


def boot(arch, append, sent, *options):
    """Returns output, channel and status."""
    with tempfile.TemporaryDirectory() as tmp:
        channel = os.path.join(tmp, "channel")
        done = subprocess.run(
            ["scripts/run-qemu", "--arch", arch, "--interactive",
             "--kernel", "build/%s/kgc.elf" % arch, "--timeout", "400",
             "--channel", channel, "--append", append, *options],
            input=sent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            check=False)
        with open(channel, "rb") as f:
            return done.stdout, f.read(), done.returncode


def records(channel):
    """The text of all err records and the last record, or None and why."""
    text, at = b"", 0
    while True:
        end = channel.find(b"\n", at)
        if end < 0:
            return None, "no exit record"
        kind, number = channel[at:end].split(b" ")
        if kind == b"exit":
            rest = channel[end + 1:]
            return (text, int(number)) if not rest else (None, "bytes after exit")
        if kind != b"err" or end + 1 + int(number) > len(channel):
            return None, "record %r" % channel[at:end]
        at = end + 1 + int(number)
        text += channel[end + 1:at]


def echoed(out):
    first, last = out.find(b"begin\n"), out.rfind(b"end\n")
    return out[first + 6:last] if first >= 0 and last >= 0 else None


def check_echo(arch, name, data):
    out, channel, status = boot(
        arch, "log=channel stdin=escaped run=tests:libc_console",
        escape(data))
    text, last = records(channel)
    ok(echoed(out) == data, "%s %s: what is sent comes back" % (arch, name),
       "%d bytes sent, %d back" % (len(data), len(echoed(out) or b"")))
    ok(status == 0 and text is not None and last == 0,
       "%s %s: whole records, status 0" % (arch, name),
       "status %d, %s" % (status, last))
    ok(text is not None and b"kgc: " in text and b"to stderr\n" in text
       and b"kgc: " not in out and b"to stderr" not in out,
       "%s %s: messages beside the output" % (arch, name))


def check_panic(arch):
    out, channel, status = boot(arch, "log=channel crash=null nonsense=1",
                                b"")
    text, last = records(channel)
    ok(status == 1 and last == 139 and out == b""
       and text.count(b"\npanic: page fault") == 1 and b"nonsense" in text,
       "%s: a panic is whole records" % arch, "status %d, %s" % (status, last))


def check_serial(arch):
    out, channel, status = boot(arch, "run=tests:libc_console", b"")
    ok(status == 0 and b"kgc: " in out and channel == b"exit 0\n",
       "%s: with log=serial the channel has the last record alone" % arch)


def main():
    if os.environ.get("T"):
        print("1..0 # SKIP only " + os.environ["T"])
        return
    megabyte = random.Random(1).randbytes(1 << 20)
    for arch in ARCHES:
        check_echo(arch, "every byte", bytes(range(256)) * 2 + b"\r\n\x1d\r")
        check_echo(arch, "no byte", b"")
        check_echo(arch, "a megabyte", megabyte)
        check_panic(arch)
        check_serial(arch)
    print("1..%d" % count)


main()
