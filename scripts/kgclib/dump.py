# SPDX-License-Identifier: MIT
"""dump.py - read a heap dump: Documentation/dump-format.md

A million objects are kept in arrays, not as Python objects: the object with
number i has the address addr[i], and its edges are to[first[i]:first[i + 1]].
"""
import base64
import binascii
import bisect
import zlib
from array import array

MAGIC = b"KGCDUMP\n"
SITE, SPAN, FREE, GAP, ROOT, EPHEMERON, STAT, PAUSES, END, \
    OFFSET = range(1, 11)

KINDS = {0: "scan", 1: "noscan", 2: "uncollectable",
         3: "uncollectable noscan", 4: "typed", 8: "nogc"}
SCANNED = (0, 2, 4)
COLLECTABLE = (0, 1, 4)
ROOT_KINDS = ("data", "stack", "registers", "tls", "heap")

MOST_SHIFT = 70         # of a number's last byte: no number is longer
HAS_SITE, HAS_FINALIZER, HAS_QUEUED, HAS_WEAK, HAS_EPHEMERON = 1, 2, 4, 8, 16


class Bad(Exception):
    """The file is not a whole dump; the text says why, in one line."""


class Span:
    """A run of pages; kind is None if it is free, -1 if it is no memory."""

    def __init__(self, start, npages, kind=None, sizeclass=0, size=0,
                 places=0, first=0, count=0, released=0):
        self.start, self.npages, self.kind = start, npages, kind
        self.sizeclass, self.size, self.places = sizeclass, size, places
        self.first, self.count, self.released = first, count, released


class Root:
    def __init__(self, kind, word, target, inside, name):
        self.kind, self.word, self.target = kind, word, target
        self.inside, self.name = inside, name


class Site:
    def __init__(self, nmalloc, nfree, alloc_bytes, free_bytes, pcs):
        self.nmalloc, self.nfree = nmalloc, nfree
        self.alloc_bytes, self.free_bytes = alloc_bytes, free_bytes
        self.pcs = pcs


class Dump:
    def __init__(self):
        self.spans, self.roots, self.sites, self.stats = [], [], {}, {}
        self.ephemerons, self.pauses = [], []
        self.addr, self.size = array("Q"), array("Q")
        self.kind, self.flags = bytearray(), bytearray()
        self.site = {}                  # number of object -> of site
        self.first = array("I", [0])    # of the object's edges
        self.to = array("Q")            # addresses, then numbers
        self.offset = 0                 # of the next span's object

    def __len__(self):
        return len(self.addr)

    def number(self, address):
        """The object that has this address, or -1."""
        i = bisect.bisect_right(self.addr, address) - 1
        if i < 0 or address - self.addr[i] >= self.size[i]:
            return -1
        return i

    def is_root(self, i):
        return self.kind[i] in (2, 3)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self):
        data, at = self.data, self.at
        v = data[at]
        at += 1
        if v >= 0x80:
            v &= 0x7f
            shift = 7
            while True:
                b = data[at]
                at += 1
                v |= (b & 0x7f) << shift
                if b < 0x80:
                    break
                shift += 7
                if shift > MOST_SHIFT:
                    raise IndexError
        self.at = at
        return v

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def text(self):
        n = self.number()
        if n > len(self.data) - self.at:
            raise IndexError
        self.at += n
        return self.data[self.at - n:self.at].decode("ascii", "replace")


def unzigzag(z):
    return z >> 1 ^ -(z & 1)


def read_edges(r, dump, base):
    """The hot loop: Reader.number() written out."""
    data, at, add = r.data, r.at, dump.to.append
    target = base
    while True:
        v = data[at]
        at += 1
        if v >= 0x80:
            v &= 0x7f
            shift = 7
            while True:
                b = data[at]
                at += 1
                v |= (b & 0x7f) << shift
                if b < 0x80:
                    break
                shift += 7
                if shift > MOST_SHIFT:
                    raise IndexError
        if not v:
            break
        v -= 1
        z = v >> 2
        target += (z >> 1 ^ -(z & 1)) << 3
        if v & 3:           # words left out; how far inside the target
            r.at = at
            if v & 1:
                r.number()
            if v & 2:
                r.number()
            at = r.at
        add(target)
    r.at = at


def read_span(r, dump, page):
    npages = r.number()
    kind, sizeclass = r.byte(), r.byte()
    size, places, count = r.number(), r.number(), r.number()
    if kind not in KINDS:
        raise Bad("byte %d: no such kind of span: %d" % (r.at, kind))
    start = dump.start + page * dump.page_size
    dump.spans.append(Span(start, npages, kind, sizeclass, size, places,
                           len(dump.addr), count))
    at, scanned = start + dump.offset, kind in SCANNED
    dump.offset = 0
    for _ in range(count):
        v = r.number()
        at += (v >> 1) * size
        flags = 0
        if v & 1:
            flags = r.byte()
            if flags & HAS_SITE:
                dump.site[len(dump.addr)] = r.number()
        dump.addr.append(at)
        dump.size.append(size)
        dump.kind.append(kind)
        dump.flags.append(flags)
        if scanned:
            read_edges(r, dump, at)
        dump.first.append(len(dump.to))
        at += size
    if at > start + npages * dump.page_size:
        raise Bad("byte %d: a span has more objects than places" % r.at)
    return npages


def read_record(r, dump, tag, page):
    """Returns how many pages it was."""
    if tag == SPAN:
        return read_span(r, dump, page)
    if tag in (FREE, GAP):
        n = r.number()
        dump.spans.append(Span(
            dump.start + page * dump.page_size, n,
            None if tag == FREE else -1,
            released=r.number() if tag == FREE else 0))
        return n
    if tag == SITE:
        number = r.number()
        counts = [r.number() for _ in range(4)]
        pcs, pc = [], 0
        for _ in range(r.number()):
            pc += unzigzag(r.number())
            pcs.append(pc)
        dump.sites[number] = Site(*counts, pcs)
    elif tag == ROOT:
        kind, word = r.byte(), r.number()
        target = dump.start + r.number() * 8
        dump.roots.append(Root(kind, word, target, r.number(), r.text()))
    elif tag == EPHEMERON:
        dump.ephemerons.append((dump.start + r.number() * 8,
                                dump.start + r.number() * 8))
    elif tag == STAT:
        name = r.text()
        dump.stats[name] = r.number()
    elif tag == OFFSET:
        dump.offset = r.number()
    elif tag == PAUSES:
        dump.pauses = [r.number() for _ in range(r.number())]
    else:
        raise Bad("byte %d: no such record: %d" % (r.at - 1, tag))
    return 0


def link(dump):
    """Addresses of targets become numbers of objects."""
    numbers = {a: i for i, a in enumerate(dump.addr)}
    try:
        dump.to = array("I", map(numbers.__getitem__, dump.to))
        for root in dump.roots:
            root.target = numbers[root.target]
        dump.ephemerons = [(numbers[k], numbers[v])
                           for k, v in dump.ephemerons
                           if k in numbers and v in numbers]
    except KeyError as e:
        raise Bad("0x%x is referred to, and is no object" % e.args) from None


def decode(data):
    """The last dump of those that stand in @data, one behind the other."""
    if not data.startswith(MAGIC):
        raise Bad("not a heap dump")
    dump, r = Dump(), Reader(data)
    r.at = len(MAGIC)
    try:
        version = r.number()
        if version != 1:
            raise Bad("of version %d, not 1" % version)
        dump.word_size, dump.page_size = r.number(), r.number()
        dump.start, dump.npages = r.number(), r.number()
        page, tag = 0, r.byte()
        while tag != END:
            page += read_record(r, dump, tag, page)
            tag = r.byte()
        counts = (r.number(), r.number(), r.number())
        end = r.at
        crc = int.from_bytes(data[end:end + 4], "little")
        data[end + 3]
    except (IndexError, OverflowError, MemoryError):
        raise Bad("truncated or damaged: %d bytes" % len(data)) from None
    if zlib.crc32(data[:end]) != crc:
        raise Bad("damaged: its checksum is wrong")
    if counts != (len(dump), len(dump.to), len(dump.roots)) or \
            page != dump.npages:
        raise Bad("damaged: its counts are wrong")
    if data.startswith(MAGIC, end + 4):
        return decode(data[end + 4:])
    link(dump)
    return dump


def from_log(data):
    """The last whole dump in the lines `dump: <base64>` of a log."""
    parts = []
    for line in data.splitlines():
        at = line.find(b"dump: ")
        if at >= 0:
            try:
                part = base64.b64decode(line[at + 6:], validate=True)
            except binascii.Error:
                continue
            if part.startswith(MAGIC):
                parts = []
            parts.append(part)
    return b"".join(parts)


def load(path):
    """Read a dump, or a log with one; raises Bad or OSError."""
    with open(path, "rb") as f:
        data = f.read()
    if not data.startswith(MAGIC) and b"dump: " in data:
        data = from_log(data)
    return decode(data)
