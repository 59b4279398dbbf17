# SPDX-License-Identifier: MIT
"""graph.py - what keeps what: reachability, dominators, retained sizes

Dominators by semi-NCA (Georgiadis 2005): as Lengauer and Tarjan, but the
immediate dominator of a node is found by walking up from its parent as long
as that lies below its semidominator.
"""
from array import array

NONE = 0xffffffff


def roots_of(dump):
    """Numbers of the objects that are kept from outside, each once."""
    roots = {r.target for r in dump.roots}
    roots.update(i for i in range(len(dump)) if dump.is_root(i))
    return sorted(roots)


def edges_of(dump):
    """A function: the numbers that an object leads to."""
    first, to = dump.first, dump.to
    if not dump.ephemerons:
        return lambda i: to[first[i]:first[i + 1]]
    values = {}
    for key, value in dump.ephemerons:
        values.setdefault(key, []).append(value)
    return lambda i: list(to[first[i]:first[i + 1]]) + values.get(i, [])


def reachable(dump, roots):
    """A byte for each object: 1 if it is reached."""
    edges = edges_of(dump)
    seen = bytearray(len(dump))
    for r in roots:
        seen[r] = 1
    stack = list(roots)
    while stack:
        for t in edges(stack.pop()):
            if not seen[t]:
                seen[t] = 1
                stack.append(t)
    return seen


def path(dump, roots, target):
    """The objects of a shortest way from one of @roots to @target, both
    included; None if there is none."""
    edges = edges_of(dump)
    via = array("I", [NONE]) * len(dump)
    level = list(dict.fromkeys(roots))
    for r in level:
        via[r] = r
    while level and via[target] == NONE:
        following = []
        for i in level:
            for t in edges(i):
                if via[t] == NONE:
                    via[t] = i
                    following.append(t)
        level = following
    if via[target] == NONE:
        return None
    way = [target]
    while via[way[-1]] != way[-1]:
        way.append(via[way[-1]])
    return way[::-1]


def depth_first(dump, roots):
    """Objects in preorder, number 0 being the root of all; and parents."""
    edges = edges_of(dump)
    pre = array("I", [NONE]) * len(dump)    # by object
    order, parent = array("I", [NONE]), array("I", [0])     # by preorder
    for root in roots:
        if pre[root] != NONE:
            continue
        pre[root] = len(order)
        order.append(root)
        parent.append(0)
        stack = [(pre[root], iter(edges(root)))]
        while stack:
            at, targets = stack[-1]
            for t in targets:
                if pre[t] == NONE:
                    pre[t] = n = len(order)
                    order.append(t)
                    parent.append(at)
                    stack.append((n, iter(edges(t))))
                    break
            else:
                stack.pop()
    return pre, order, parent


def predecessors(dump, roots, pre, order):
    """For each preorder number those that lead to it: start, list."""
    edges = edges_of(dump)
    n = len(order)
    start = array("I", [0]) * (n + 1)
    for v in range(1, n):
        for t in edges(order[v]):
            start[pre[t] + 1] += 1
    for r in roots:
        start[pre[r] + 1] += 1
    for v in range(n):
        start[v + 1] += start[v]
    fill = array("I", start)
    preds = array("I", [0]) * start[n]
    for r in roots:     # from 0
        fill[pre[r]] += 1
    for v in range(1, n):
        for t in edges(order[v]):
            t = pre[t]
            preds[fill[t]] = v
            fill[t] += 1
    return start, preds


def semidominators(parent, start, preds):
    n = len(parent)
    semi, label = array("I", range(n)), array("I", range(n))
    above = array("I", parent)      # compressed as it is walked
    for w in range(n - 1, 0, -1):
        best = parent[w]
        for i in range(start[w], start[w + 1]):
            v = preds[i]
            if v > w:
                path = []
                u = v
                while above[u] > w:
                    path.append(u)
                    u = above[u]
                least = label[u]
                for x in reversed(path):
                    if semi[least] < semi[label[x]]:
                        label[x] = least
                    else:
                        least = label[x]
                    above[x] = above[u]
                v = semi[label[v]]
            if v < best:
                best = v
        semi[w] = best
    return semi


def dominators(dump, roots=None):
    """The immediate dominator of each object: NONE if it is not reached,
    len(dump) if only the roots together keep it; and the preorder."""
    roots = roots_of(dump) if roots is None else roots
    pre, order, parent = depth_first(dump, roots)
    start, preds = predecessors(dump, roots, pre, order)
    semi = semidominators(parent, start, preds)
    idom = array("I", parent)
    for w in range(1, len(order)):
        v, s = idom[w], semi[w]
        while v > s:
            v = idom[v]
        idom[w] = v
    return idom, order


class Retained:
    """by object: bytes that would go with it; its dominator (NONE: none)."""

    def __init__(self, dump):
        idom, order = dominators(dump)
        n = len(order)
        size = [0] * n
        for v in range(n - 1, 0, -1):
            size[v] += dump.size[order[v]]
            size[idom[v]] += size[v]
        self.order, self.total = order, size[0]
        self.size = array("Q", [0]) * len(dump)
        self.dominator = array("I", [NONE]) * len(dump)
        for v in range(1, n):
            self.size[order[v]] = size[v]
            self.dominator[order[v]] = order[idom[v]] if idom[v] else NONE

    def largest(self, n):
        return sorted(self.order[1:], key=self.size.__getitem__,
                      reverse=True)[:n]
