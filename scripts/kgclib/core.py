# SPDX-License-Identifier: MIT
"""core.py - take a guest's memory from QEMU, and make it right for gdb

QEMU gives every address of an x86_64 guest the upper half's leading ones, so
the image and the heap seem to lie at 0xffff000000000000 and more.  No such
address exists; without the ones they are right.
"""
import json
import os
import socket
import struct

PT_LOAD, HEADER = 1, 64


class Bad(Exception):
    """The text says why, in one line."""


def lower_half(address):
    """@address, if it exists; else what it was meant to be."""
    return address & (1 << 48) - 1 if address >> 47 == 0x1fffe else address


def fix(path):
    """Correct the addresses of a dump in place; its owner may write it."""
    os.chmod(path, 0o600)
    with open(path, "r+b") as f:
        head = f.read(HEADER)
        if len(head) < HEADER or head[:4] != b"\x7fELF":
            raise Bad("%s: not a dump" % path)
        if head[4] != 2:
            return
        table, size, n = struct.unpack_from("<32xQ14xHH", head)
        for at in range(table, table + n * size, size):
            f.seek(at)
            kind, address = struct.unpack("<I12xQ", f.read(24))
            if kind == PT_LOAD:
                f.seek(at + 16)
                f.write(struct.pack("<Q", lower_half(address)))


def ask(line, command, **arguments):
    """One command of QEMU's machine protocol; @line is the connection."""
    line.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
    line.flush()
    for text in line:
        answer = json.loads(text)
        if "error" in answer:
            raise Bad(answer["error"]["desc"])
        if "return" in answer:
            return
    raise Bad("QEMU is gone")


def take(where, path):
    """Have the QEMU that listens at @where write its guest's memory."""
    path = os.path.abspath(path)
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(where)
        with s.makefile("rw", encoding="ascii") as line:
            line.readline()
            ask(line, "qmp_capabilities")
            ask(line, "stop")
            ask(line, "dump-guest-memory", paging=True,
                protocol="file:" + path)
    fix(path)
