# SPDX-License-Identifier: MIT
"""heap.py - the heap of a stopped or dead guest, read from outside

What it finds has the form of a heap dump (kgclib/dump.py), so that what the
scripts compute of dumps is computed of a guest, too: objects by number, edges,
roots.  An object is allocated if its bit is set and no window holds it, or if
a window handed it out and has not set it yet; where the sweep has not come
yet, if it is marked as well.

A guest stops anywhere.  In the middle of a change of the page heap some pages
have no record that begins there; they are passed over, and counted in `odd`.
"""
import bisect
from array import array

from kgclib import dump

from .guest import PAGE, PAGE_SHIFT, Failed, Layout, Record

SPECIALS = (("FINALIZER", dump.HAS_FINALIZER), ("DYING", dump.HAS_FINALIZER),
            ("QUEUED", dump.HAS_QUEUED), ("WEAK", dump.HAS_WEAK),
            ("EPHEMERON", dump.HAS_EPHEMERON))

RUN_MAX = 16 * PAGE     # SPAN_SMALL_MAX of mm/internal.h


class Span(dump.Span):
    def __init__(self, record, address, states):
        state = record["state"]
        kind = None if state == states["SPAN_FREE"] else -1
        inuse = state == states["SPAN_INUSE"]
        super().__init__(record["start"], record["npages"],
                         record["kind"] if inuse else kind,
                         record["sizeclass"], record["size"],
                         record["nelems"] if inuse else 0,
                         released=0 if inuse else record["nreleased"])
        self.record, self.address, self.inuse = record, address, inuse
        # Of the first object: struct span.cursor of a large one tells.
        self.base = self.start + (8 * record["cursor"] if inuse and
                                  not self.sizeclass else 0)


class Heap(dump.Dump):
    def __init__(self, guest):
        super().__init__()
        self.guest, self.head = guest, guest.heap()
        if not self.head["ready"]:
            raise Failed("kgc: no heap yet: kgc_init() has not been called")
        self.word_size, self.page_size = guest.word, PAGE
        self.start = self.head["arena.start"]
        self.end = self.start + self.head["arena.used"]
        self.npages = self.head["arena.used"] >> PAGE_SHIFT
        self.bits_k = 2 * guest.word    # words that a bitmap word describes
        self.marked = bytearray()
        self.special_bit = bytearray()
        self.read_spans()
        self.read_windows()
        self.read_objects()
        self.read_specials()
        self.linked = False

    # --- spans and windows ---

    def read_spans(self):
        guest = self.guest
        self.table = guest.words(self.head["pages"],
                                 self.npages * guest.word)
        states, page, self.odd = guest.enum("span_state"), 0, 0
        self.by_page = [None] * self.npages
        while page < self.npages:
            at = self.table[page]
            record = guest.record(guest.span, at) if at else None
            if not record or not record["npages"] or \
                    record["start"] != self.start + page * PAGE:
                page += 1
                self.odd += 1
                continue
            s = Span(record, at, states)
            self.spans.append(s)
            n = min(s.npages, self.npages - page)
            self.by_page[page:page + n] = [s] * n
            page += s.npages

    def caches(self):
        """Address and struct cache of each slot that has one."""
        guest = self.guest
        layout = Layout(guest.heap_layout.target("cache").target())
        return [(at, Record(layout, guest.memory.bulk(at, layout.size)))
                for at in self.head.words("cache", guest.code)
                if at]

    def windows(self, cache):
        """(class, struct source, struct window) of each."""
        layout = Layout(cache.layout.target("window").target())
        source = Layout(cache.layout.target("source").target())
        data, sources = cache["window"], cache["source"]
        nclasses = cache.layout.target("window").sizeof // layout.size
        for i in range(len(data) // layout.size):
            yield (i % nclasses, Record(source, sources, i * source.size),
                   Record(layout, data, i * layout.size))

    def runs(self, source, window):
        """(from, next, to) of each: [from, next) was handed out and is not
        set, [next, to) is left.  One that is just being changed may look
        longer than any is."""
        layout, data = Layout(window.layout.target("run")), window["run"]
        unset, ends = (source.words(n, self.guest.code)
                       for n in ("unset", "end"))
        for i, (lo, hi) in enumerate(zip(unset, ends)):
            at = Record(layout, data, i * layout.size)["next"]
            if 0 <= hi - at <= RUN_MAX:
                yield lo if 0 <= at - lo <= RUN_MAX else at, at, hi

    def read_windows(self):
        """What windows have not handed out, and what they have but did not
        set allocated; and what is counted, as mm/stats.c does."""
        self.held, self.given, self.totals = {}, {}, {}
        t = dict.fromkeys(("nmalloc", "nfree", "bytes"), 0)
        sizes = self.class_sizes()
        for _, cache in self.caches():
            nmalloc, nfree = (list(array("Q", cache[n]))
                              for n in ("nmalloc", "nfree"))
            for c, source, w in self.windows(cache):
                reused = w["leased"] - w["lease"]
                nmalloc[c] += reused
                nfree[c] += reused + w["kept"] - w["kept_min"]
                span = source["span"]
                for lo, at, hi in self.runs(source, w) if span else ():
                    self.held.setdefault(span, []).append((at, hi))
                    self.given.setdefault(span, []).append((lo, at))
                    nmalloc[c] -= (hi - at) // sizes[c]
            t["nmalloc"] += sum(nmalloc)
            t["nfree"] += sum(nfree)
            t["bytes"] += cache["large_alloc"] - cache["large_free"] + sum(
                (n - m) * size for n, m, size in zip(nmalloc, nfree, sizes))
        self.totals = t

    def is_held(self, s, p):
        """Is the place @p of the span @s in a window?"""
        return any(lo <= p < hi for lo, hi in self.held.get(s.address, ()))

    def is_given(self, s, p):
        """Was it handed out by one that has not set it allocated yet?"""
        return any(lo <= p < hi for lo, hi in self.given.get(s.address, ()))

    def recycled(self):
        """By record: places freed of late, which windows keep."""
        kept = {}
        for at, cache in self.caches():
            first = at + cache.layout.fields["recycled"][0]
            for _, _, w in self.windows(cache):
                n = w["kept"] - w["kept_min"]
                data = n and self.guest.memory.bulk(
                    first + 4 * w["kept_min"], 4 * n)
                for n in array("I", data or b""):
                    p = self.start + n * self.word_size
                    s = self.span_of(p)
                    kept.setdefault(s and s.address, []).append(p)
        return kept

    def class_sizes(self):
        layout = Layout(self.guest.heap_layout.target("classes.of"))
        data = self.head["classes.of"]
        return [Record(layout, data, at)["size"]
                for at in range(0, len(data), layout.size)]

    # --- objects ---

    def read_objects(self):
        n = min(self.head["arena.bitmap_mapped"],
                self.npages * PAGE // self.bits_k)
        n -= n % self.guest.word
        self.bitmap = self.guest.words(self.start - n, n)
        self.numbers = {}
        for s in self.spans:
            s.first = len(self.addr)
            if s.inuse:
                self.read_span(s)
            s.count = len(self.addr) - s.first

    def bits(self, p):
        """The four bits of @p, lowest first: A, N, M, S."""
        n = (p - self.start) // self.word_size
        k = self.bits_k
        i = len(self.bitmap) - 1 - n // k
        w = (self.bitmap[i] if i >= 0 else 0) >> n % k
        return w & 1 | w >> k - 1 & 2 | w >> 2 * k - 2 & 4 | w >> 3 * k - 3 & 8

    def is_doubtful(self, s):
        """May the sweep of @s, which is to come, free some of it?"""
        return s.kind in dump.COLLECTABLE and \
            s.record["sweepgen"] != self.head["sweepgen"]

    def read_span(self, s):
        want = 3 if s.kind == 8 else 1
        value = 2 if s.kind == 8 else 1
        doubtful = self.is_doubtful(s)
        windowed = s.address in self.held
        bits, p = self.bits, s.base
        for _ in range(s.places):
            four = bits(p)
            if (four & want == value and
                    not (windowed and self.is_held(s, p)) or
                    windowed and self.is_given(s, p)) and \
                    not (doubtful and not four & 4 and self.unswept(s, p)):
                if s.kind != 8:
                    self.numbers[p] = len(self.addr)
                self.addr.append(p)
                self.size.append(s.size)
                self.kind.append(s.kind)
                self.flags.append(0)
                self.marked.append(four >> 2 & 1)
                self.special_bit.append(four >> 3 & 1)
            p += s.size

    def unswept(self, s, p):
        """Not yet swept; while it is being swept, word by word, if a mark is
        left in the bitmap word of @p."""
        if s.record["sweepgen"] == self.head["sweepgen"] - 2:
            return True
        n = (p - self.start) // self.word_size // self.bits_k
        w = self.bitmap[len(self.bitmap) - 1 - n]
        return bool(w >> 2 * self.bits_k & (1 << self.bits_k) - 1)

    def span_of(self, p):
        """The span in use that @p lies in, or None."""
        if not self.start <= p < self.end:
            return None
        s = self.by_page[(p - self.start) >> PAGE_SHIFT]
        return s if s and s.inuse else None

    def find(self, p):
        """The object that a word of value @p keeps, by the marker's rule; -1
        if none."""
        s = self.span_of(p)
        if not s or s.kind == 8:
            return -1
        index = (p - s.start) // s.size if s.sizeclass else 0
        if index >= s.places:
            return -1
        return self.numbers.get(s.base + index * s.size, -1)

    # --- what is recorded of objects ---

    def special_list(self, kind):
        layout = Layout(self.guest.heap_layout.target("specials.table")
                        .target())
        heads = self.head["specials.list"]
        k = self.guest.enum("special_kind")["SPECIAL_" + kind]
        at = int.from_bytes(heads[2 * k * self.word_size:
                                  (2 * k + 1) * self.word_size], "little")
        while at:
            r = self.guest.record(layout, at)
            yield at, r
            at = r["after"]

    def read_specials(self):
        for kind, flag in SPECIALS:
            for _, r in self.special_list(kind):
                i = self.numbers.get(r["object"])
                if i is None:
                    continue
                self.flags[i] |= flag
                if kind == "EPHEMERON":
                    to = self.numbers.get(r["to"])
                    if to is not None:
                        self.ephemerons.append((i, to))
        for _, r in self.special_list("PROFILE"):
            i = self.numbers.get(r["object"])
            if i is not None:
                self.site[i] = self.site_at(r["bucket"])

    def site_at(self, at):
        layout = Layout(self.guest.heap_layout.target("profile.table")
                        .target())
        b = self.guest.record(layout, at)
        if b["number"] not in self.sites:
            pcs = array(self.guest.code, b["pc"])[:b["npc"]]
            self.sites[b["number"]] = dump.Site(
                b["nmalloc"], b["nfree"], b["alloc_bytes"], b["free_bytes"],
                list(pcs))
        return b["number"]

    # --- edges ---

    def link(self):
        """Read every object that is scanned; from here on there are edges."""
        if self.linked:
            return
        self.to = array("I")
        for s in self.spans:
            if s.count and s.kind in dump.SCANNED:
                self.link_span(s)
            else:
                self.first.extend([len(self.to)] * s.count)
        self.linked = True

    def link_span(self, s):
        words = self.guest.words(s.base, s.places * s.size)
        step, lo, hi = s.size // self.word_size, self.start, self.end
        numbers, find, to = self.numbers, self.find, self.to
        for i in range(s.first, s.first + s.count):
            at = (self.addr[i] - s.base) // self.word_size
            part = words[at:at + step]
            if s.kind == 4:
                part = [part[j] for j in self.typed_words(part)]
            for w in part:
                if lo <= w < hi:
                    t = numbers.get(w)
                    if t is None:
                        t = find(w)
                    if t >= 0:
                        to.append(t)
            self.first.append(len(to))

    def typed_words(self, words):
        """Which of a typed object's words its last one says are pointers."""
        number, once = words[-1] >> 1, words[-1] & 1
        if not number or number > self.head["types.n"]:
            return []
        guest, w = self.guest, self.word_size
        at = int.from_bytes(guest.memory.read(
            self.head["types.of"] + (number - 1) * w, w), "little")
        layout = Layout(guest.heap_layout.target("types.of").target())
        size = guest.record(layout, at)["size"] // w
        bits = int.from_bytes(guest.memory.read(
            at + layout.size, (size + 8 * w - 1) // (8 * w) * w), "little")
        named = [j for j in range(size) if bits >> j & 1]
        if once:
            return named
        return [base + j for base in range(0, len(words) - size, size)
                for j in named]

    def words_to(self, i, target):
        """Offsets of the words of object @i that keep @target."""
        words = self.guest.words(self.addr[i], self.size[i])
        which = range(len(words))
        if self.kind[i] == 4:
            which = self.typed_words(words)
        return [j * self.word_size for j in which
                if self.find(words[j]) == target]

    def referrers(self, target):
        """Objects that lead to @target, in order."""
        self.link()
        holders, at = [], -1
        try:
            while True:
                at = self.to.index(target, at + 1)
                i = bisect.bisect_right(self.first, at) - 1
                if not holders or holders[-1] != i:
                    holders.append(i)
        except ValueError:
            return holders
