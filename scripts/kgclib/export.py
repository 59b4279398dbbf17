# SPDX-License-Identifier: MIT
"""export.py - a heap dump as a heap graph (HGRAPH1), to load as a workload

Every object that the collector could see becomes a node, in order of address,
and what roots refer to, and uncollectable objects, become root nodes.  Sizes
are those of the size classes.  What a 32-bit machine dumped is written with
the sizes that it would have on a 64-bit one.  The oracle's cases are computed
here: nothing removed; a 64th of the edges; half of the roots.
"""
import struct
import zlib

from . import graph

CASES = ((0, 0, 0, 0, 0), (1, 0, 0, 1024, 16), (2, 16, 8, 0, 0))


def leb(v):
    out = bytearray()
    while v >= 0x80:
        out.append(v & 0x7f | 0x80)
        v >>= 7
    out.append(v)
    return out


def fmix32(h):
    h ^= h >> 16
    h = h * 0x85ebca6b & 0xffffffff
    h ^= h >> 13
    h = h * 0xc2b2ae35 & 0xffffffff
    return h ^ h >> 16


class Graph:
    """nodes: size, noscan; edges; roots"""

    def __init__(self, dump, under=None):
        """All of it, or what one object refers to, and leads to."""
        if under is None:
            keep = [k != 8 for k in dump.kind]
            roots = graph.roots_of(dump)
        else:
            roots = sorted(set(dump.to[dump.first[under]:
                                       dump.first[under + 1]]))
            keep = graph.reachable(dump, roots)
        number, n = {}, 0
        for i, k in enumerate(keep):
            if k:
                number[i] = n
                n += 1
        wide = 8 // dump.word_size
        self.roots = [number[r] for r in roots]
        self.size, self.noscan, self.edges = [], [], []
        for i in number:
            noscan = dump.kind[i] in (1, 3)
            self.size.append(dump.size[i] * (1 if noscan else wide))
            self.noscan.append(noscan)
            self.edges.append([number[t] for t in
                               dump.to[dump.first[i]:dump.first[i + 1]]])

    def size32(self, i):
        if self.noscan[i]:
            return self.size[i]
        return max(4 * len(self.edges[i]), (self.size[i] + 1) // 2 + 3 & ~3)

    def case(self, seed, root_k, root_t, edge_k, edge_t):
        """The oracle's: what is reached, with what the case removes gone."""
        start, n = [], 0
        for e in self.edges:
            start.append(n)
            n += len(e)
        level = [r for r in self.roots
                 if not root_k or fmix32(r ^ seed) % root_k >= root_t]
        seen = bytearray(len(self.size))
        for r in level:
            seen[r] = 1
        live, levels = [], 0
        while level:
            live += level
            levels += 1
            following = []
            for i in level:
                for e, t in enumerate(self.edges[i], start[i]):
                    if seen[t] or edge_k and \
                            fmix32(e ^ seed) % edge_k < edge_t:
                        continue
                    seen[t] = 1
                    following.append(t)
            level = following
        return struct.pack(
            "<5IIQQIIII", seed, root_k, root_t, edge_k, edge_t, len(live),
            sum(self.size[i] for i in live),
            sum(self.size32(i) for i in live),
            sum(map(fmix32, live)) & 0xffffffff,
            sum(self.noscan[i] for i in live), levels, 0)


def nodes_section(g):
    out = bytearray()
    for i, edges in enumerate(g.edges):
        out += leb(g.size[i] << 1 | g.noscan[i])
        if g.noscan[i]:
            continue
        out += leb(len(edges))
        at = i
        for t in edges:
            step = t - at
            out += leb(step << 1 if step >= 0 else -step * 2 - 1)
            at = t
    return out


def encode(g):
    nodes, roots = nodes_section(g), bytearray()
    at = 0
    for r in g.roots:
        roots += leb(r - at)
        at = r
    first = g.case(*CASES[0])
    cases = b"".join([first] + [g.case(*c) for c in CASES[1:]])
    all_live = struct.unpack_from("<I", first, 20)[0] == len(g.size)
    roots_off = 104 + len(nodes)
    pad = bytes(-(roots_off + len(roots)) % 8)
    body = bytes(nodes + roots + pad + cases)
    header = b"HGRAPH1\n" + struct.pack(
        "<6IQ8IQI", 1, 0 if all_live else 3, len(g.size),
        sum(map(len, g.edges)), len(g.roots),
        max(map(len, g.edges), default=0), sum(g.size), 104, len(nodes),
        roots_off, len(roots), roots_off + len(roots) + len(pad), len(CASES),
        max(g.size, default=0), sum(g.noscan),
        sum(map(g.size32, range(len(g.size)))), zlib.crc32(body))
    return header.ljust(104, b"\0") + body
