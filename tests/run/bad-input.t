#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bad-input.t - damaged files end with one line and a status, not a panic

    tests/run/bad-input.t [PROGRAM]     each case in a process of its own
    tests/run/bad-input.t -i COMMAND    all cases in one boot of an image

PROGRAM is build/hosted/kgc unless given.  COMMAND is run by the shell with
two variables set: INITRD, a cpio archive of the files, and APPEND, the
command line; its output is the console.

A graph of three nodes and a trace of six events are written here with every
byte at a known place; each case changes one thing in them.  The CRC is made
right again unless the case is about the CRC.
"""
import os
import re
import subprocess
import sys
import tempfile
import zlib
from struct import pack, pack_into, unpack_from

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def fmix32(h):
    h ^= h >> 16
    h = h * 0x85EBCA6B & 0xFFFFFFFF
    h ^= h >> 13
    h = h * 0xC2B2AE35 & 0xFFFFFFFF
    return h ^ h >> 16


def leb(v):
    out = bytearray()
    while v >= 0x80:
        out.append(v & 0x7F | 0x80)
        v >>= 7
    return bytes(out) + bytes([v])


def seal(data, header, at):
    """Make the CRC right."""
    pack_into("<I", data, at, zlib.crc32(data[header:]))
    return data


# --- the two good files ----------------------------------------------------

# 104: node 0, 24 bytes, edges to 1 and 2; 108: node 1, 16 bytes, no edges;
# 110: node 2, 5 bytes, noscan; 111: the root; 112: the case.
def graph():
    body = (leb(24 << 1) + leb(2) + leb(2) + leb(2) + leb(16 << 1) + leb(0)
            + leb(5 << 1 | 1) + leb(0))
    live = sum(fmix32(i) for i in range(3)) & 0xFFFFFFFF
    case = pack("<IIIIIIQQIIII", 0x9E3779B9, 0, 0, 0, 0,
                3, 45, 25, live, 1, 2, 0)
    head = pack("<8sIIIIIIQIIIIIIIIQI20x", b"HGRAPH1\n", 1, 0, 3, 2, 1, 2,
                45, 104, 7, 111, 1, 112, 1, 24, 1, 25, 0)
    return seal(bytearray(head + body + case), 104, 80)


# 128: malloc 10; 129: calloc 20; 131: free 0; 132: aligned 7 by 16;
# 134: realloc 1 to 40; 136: malloc 3; 144: the checkpoint.
def trace():
    events = (leb(10 << 3), leb(20 << 3 | 1), leb(0 << 3 | 2),
              leb(7 << 3 | 4) + leb(4), leb(1 << 3 | 3) + leb(40),
              leb(3 << 3))
    body = b"".join(events)
    pad = -len(body) % 8
    live = [(0, 7), (1, 40), (2, 3)]
    h = sum(fmix32((s * 0x9E3779B9 + n) & 0xFFFFFFFF) for s, n in live)
    point = pack("<IIQII", 6, 3, 50, h & 0xFFFFFFFF, 0)
    head = pack("<8sIIIIIIIIQQQIIIIIIIII28x", b"ATRACE1\n", 1, 0, 6, 3, 4, 1,
                1, 3, 50, 80, 50, 3, 40, 4, 6, 128, len(body),
                128 + len(body) + pad, 1, 0)
    return seal(bytearray(head + body + bytes(pad) + point), 128, 96)


# --- what is done to them ----------------------------------------------------

def u32(at, v):
    return lambda d: pack_into("<I", d, at, v)


def u64(at, v):
    return lambda d: pack_into("<Q", d, at, v)


def byte(at, v):
    return lambda d: d.__setitem__(at, v)


def add(at, n):
    return lambda d: pack_into("<I", d, at, unpack_from("<I", d, at)[0] + n)


def cut(n):
    return lambda d: d.__delitem__(slice(n, None))


BIG = 0xFFFFFFFF
# what is done, what is wrong, at which byte
GRAPH = [
    (cut(0), "truncated", 0),
    (cut(7), "truncated", 7),
    (cut(103), "truncated", 103),
    (cut(104), "truncated", 104),
    (cut(109), "truncated", 109),
    (cut(167), "truncated", 167),
    (byte(0, 0x68), "magic", 0),
    (u32(8, 2), "version", 8),
    (u32(12, 4), "flags", 12),
    (u32(16, BIG), "more nodes than bytes", 16),
    (u32(16, 4), "number past its section", 111),
    (u32(16, 2), "edge to no node", 107),
    (u32(20, 3), "nedges is not their number", 20),
    (u32(24, BIG), "more roots than bytes", 24),
    (u32(24, 0), "roots_len is not their length", 52),
    (u32(28, 3), "maxdeg is not the most", 28),
    (u64(32, (1 << 64) - 1), "total_bytes is not the sum", 32),
    (u32(40, 0), "nodes_off in the header", 40),
    (u32(40, BIG), "nodes_len past the roots", 44),
    (u32(44, BIG), "nodes_len past the roots", 44),
    (u32(44, 6), "number past its section", 110),
    (u32(48, 0), "nodes_len past the roots", 44),
    (u32(52, BIG), "roots_len past the cases", 52),
    (u32(56, 113), "cases_off not a multiple of 8", 56),
    (u32(56, 0xFFFFFFF8), "ncases past 4 GiB", 60),
    (u32(60, BIG), "ncases past 4 GiB", 60),
    (u32(60, 2), "truncated", 168),
    (u32(64, 25), "max_size is not the greatest", 64),
    (u32(68, 0), "nnoscan is not their number", 68),
    (u64(72, 26), "total_bytes32 is not the sum", 72),
    (byte(103, 1), "reserved byte not zero", 103),
    (byte(108, 0), "node of size 0", 108),
    (byte(105, 4), "more edges than the node has room for", 105),
    (byte(106, 1), "edge to no node", 106),
    (byte(107, 4), "edge to no node", 107),
    (byte(111, 3), "root is no node", 111),
    (byte(111, 0x80), "number past its section", 112),
    (u32(132, 4), "case of more nodes than there are", 132),
    (u32(164, 1), "reserved byte not zero", 164),
]
# The same, with the old CRC.
GRAPH_CRC = [
    (byte(80, 0), "crc", 80),
    (byte(136, 0), "crc", 80),
    (byte(166, 1), "reserved byte not zero", 166),
]
TRACE = [
    (cut(0), "truncated", 0),
    (cut(127), "truncated", 127),
    (cut(130), "truncated", 130),
    (byte(7, 0), "magic", 0),
    (u32(8, 0), "version", 8),
    (u32(12, 2), "flags", 12),
    (u32(16, BIG), "more events than bytes", 16),
    (u32(16, 7), "nevents is not their number", 16),
    (u32(20, BIG), "more slots than events", 20),
    (u32(20, 2), "more slots than nslots", 136),
    (u32(20, 4), "nslots is not their number", 20),
    (add(24, 1), "nallocs is not their number", 24),
    (add(28, 1), "nreallocs is not their number", 28),
    (add(32, 1), "nfrees is not their number", 32),
    (add(36, 1), "peak_objects is not the peak", 36),
    (u64(40, (1 << 64) - 1), "peak_bytes is not the peak", 40),
    (add(48, 1), "total_bytes is not the sum", 48),
    (add(56, 1), "final_bytes is not what is left", 56),
    (add(64, 1), "final_objects is not what is left", 64),
    (add(68, 1), "max_size is not the greatest", 68),
    (add(72, 1), "max_align is not the greatest", 72),
    (add(76, 1), "peak_event is not the first", 76),
    (u32(80, 0), "events_off in the header", 80),
    (u32(84, BIG), "events_len past the checkpoints", 84),
    (add(88, 4), "points_off not a multiple of 8", 88),
    (u32(92, BIG), "npoints past 4 GiB", 92),
    (byte(100, 1), "reserved byte not zero", 100),
    (byte(128, 7), "no such op", 128),
    (byte(131, 5 << 3 | 2), "slot that holds nothing", 131),
    (byte(133, 21), "alignment over 2^20", 133),
    (byte(134, 2 << 3 | 3), "slot that holds nothing", 134),
    (byte(136, 0x80), "number past its section", 137),
    (u32(144, 0), "checkpoint out of order", 144),
    (u32(144, 7), "checkpoint out of order", 144),
    (u32(164, 1), "reserved byte not zero", 164),
]
TRACE_CRC = [
    (byte(96, 1), "crc", 96),
]


def damage(make, change, fixed, header, at):
    data = make()
    change(data)
    if fixed and len(data) >= header:
        seal(data, header, at)
    return bytes(data)


def long_numbers():
    """Numbers of more than 32 bits, where the section has room for them."""
    g = graph()
    for tail, what, at in ((0x10, "number over 32 bits", 108),
                           (0x80, "number over 32 bits", 108)):
        d = bytearray(g)
        d[104:109] = bytes([0xFF] * 4 + [tail])
        yield "heapgraph", bytes(seal(d, 104, 80)), what, at


def huge_graph():
    """16 TiB in 40 KB: 8192 noscan nodes of 2^31 - 1 bytes."""
    n, size = 8192, (1 << 31) - 1
    nodes = leb(size << 1 | 1) * n
    off = 104 + len(nodes)
    body = nodes + leb(0) + bytes(-(off + 1) % 8)
    head = pack("<8sIIIIIIQIIIIIIIIQI20x", b"HGRAPH1\n", 1, 1, n, 0, 1, 0,
                n * size, 104, len(nodes), off, 1, 104 + len(body), 0, size,
                n, n * size, 0)
    return bytes(seal(bytearray(head + body), 104, 80))


def cases():
    """(workload, file name, its bytes or None, the line as a pattern)."""
    bad = []
    for table, fixed in ((GRAPH, True), (GRAPH_CRC, False)):
        bad += [("heapgraph", damage(graph, c, fixed, 104, 80), w, a)
                for c, w, a in table]
    for table, fixed in ((TRACE, True), (TRACE_CRC, False)):
        bad += [("alloctrace", damage(trace, c, fixed, 128, 96), w, a)
                for c, w, a in table]
    bad += long_numbers()
    for i, (workload, data, what, at) in enumerate(bad):
        name = "bad%02d" % i
        yield workload, name, data, re.escape(
            "%s %s: bad: %s at byte %d" % (workload, name, what, at))
    for workload in "heapgraph", "alloctrace":
        yield workload, "none", None, "%s none: missing" % workload
    yield ("heapgraph", "huge", huge_graph(),
           r"(gc: out of memory: .*\n)?heapgraph huge: no memory after \d+ nodes")


GOOD = (("heapgraph", "good.hg", graph, "heapgraph good.hg: ok"),
        ("alloctrace", "good.at", trace, "alloctrace good.at: ok"))


# --- running -----------------------------------------------------------------

count = failures = 0


def report(ok, name, detail=""):
    global count, failures
    count += 1
    failures += not ok
    print("%s %d - %s" % ("ok" if ok else "not ok", count, name))
    if not ok:
        print("".join("# %s\n" % line for line in detail.splitlines()),
              end="", flush=True)


def in_process(program, folder, every):
    for workload, name, data, line in every:
        path = os.path.join(folder, name)
        if data is not None:
            with open(path, "wb") as f:
                f.write(data)
        r = subprocess.run([program, "heap_max=256M",
                            "run=%s:%s" % (workload, path)],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           timeout=60)
        out = r.stdout.decode("ascii", "replace")
        report(re.fullmatch(line + "\n", out) and 0 < r.returncode < 128,
               line, "status %d\n%s" % (r.returncode, out))
    for workload, name, make, line in GOOD:
        path = os.path.join(folder, name)
        with open(path, "wb") as f:
            f.write(make())
        r = subprocess.run([program, "run=%s:%s" % (workload, path)],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           timeout=60)
        out = r.stdout.decode("ascii", "replace")
        report(r.returncode == 0 and out.endswith(line + "\n"), line,
               "status %d\n%s" % (r.returncode, out))


def cpio(files):
    """A newc archive."""
    out = bytearray()
    for i, (name, data) in enumerate(files + [("TRAILER!!!", b"")]):
        fields = (i + 1, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0,
                  len(name) + 1, 0)
        out += b"070701" + b"".join(b"%08X" % f for f in fields)
        out += name.encode() + b"\0"
        out += bytes(-len(out) % 4) + data
        out += bytes(-len(out) % 4)
    return bytes(out)


def boot(command, folder, files, runs):
    """Returns the exit status and the lines of the console."""
    initrd = os.path.join(folder, "initrd")
    with open(initrd, "wb") as f:
        f.write(cpio(files))
    append = " ".join("run=%s:%s" % r for r in runs)
    r = subprocess.run(command, shell=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       env=dict(os.environ, INITRD=initrd, APPEND=append),
                       timeout=300)
    return r.returncode, r.stdout.decode("ascii", "replace").splitlines()


def in_image(command, folder, every):
    """Boots of thirty cases each: a command line has 4,096 bytes at most."""
    every = list(every)
    for i in range(0, len(every), 30):
        part = every[i:i + 30]
        files = [(n, d) for _, n, d, _ in part if d is not None]
        status, lines = boot(command, folder, files,
                             [(w, n) for w, n, _, _ in part])
        for _, _, _, line in part:
            report(any(re.fullmatch(line, x) for x in lines), line,
                   "no such line")
        report(status != 0, "status is not 0",
               "status %d\n%s" % (status, "\n".join(lines)))
    status, lines = boot(command, folder, [(n, m()) for _, n, m, _ in GOOD],
                         [(w, n) for w, n, _, _ in GOOD])
    for _, _, _, line in GOOD:
        report(status == 0 and line in lines, line, "\n".join(lines))


def main(argv):
    with tempfile.TemporaryDirectory() as folder:
        if len(argv) == 3 and argv[1] == "-i":
            in_image(argv[2], folder, cases())
        else:
            program = argv[1] if len(argv) > 1 else os.path.join(
                TOP, "build", "hosted", "kgc")
            in_process(program, folder, cases())
    print("1..%d" % count)
    return failures != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
