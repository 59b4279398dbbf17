#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""page.t - heapdump.py --html in a browser, clicked through

An image of each arch leaves a log with collections, samples and a dump; its
page is opened in headless Chromium, and what it shows is compared with what
heapdump.py says as text, and with the dump itself.
"""
import os
import re
import subprocess
import sys
import tempfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(TOP, "scripts")]
from browser import Browser, Failed, Timeout    # noqa: E402
from kgclib import dump as dumps, trace         # noqa: E402

count = failures = 0
ENTER = ("Enter", 13)


def report(good, name, why=""):
    global count, failures
    count += 1
    print("%sok %d - %s" % ("" if good else "not ", count, name))
    if not good:
        failures += 1
        print("\n".join("# " + x for x in str(why).splitlines()[:20]))
    sys.stdout.flush()


def equal(got, want, name):
    report(got == want, name, "got %r\nnot %r" % (got, want))


class Case:
    """A log, its page, and what the text says of it."""

    def __init__(self, arch, folder):
        self.arch = arch
        self.elf = os.path.join(TOP, "build", arch, "kgc.elf")
        self.log = os.path.join(folder, arch + ".log")
        self.page = os.path.join(folder, arch + ".html")
        with open(self.log, "wb") as f:
            subprocess.run(
                ["scripts/run-qemu", "--arch", arch, "--kernel", self.elf,
                 "--mem", "256M", "--timeout", "200", "--initrd",
                 "tests/data", "--append", "gctrace=1 debuggc=1 "
                 "memprofilerate=16K run=trees:12 "
                 "run=dump:cpython-startup.hg"],
                cwd=TOP, stdout=f, stderr=subprocess.STDOUT, timeout=300)
        self.dump = dumps.load(self.log)

    def tool(self, *args):
        return subprocess.run(
            [sys.executable, os.path.join(TOP, "scripts", "heapdump.py"),
             self.log, *args], capture_output=True, text=True, timeout=200)

    def lines(self, *args):
        return self.tool(*args).stdout.splitlines()


def texts(b, selector):
    return b.run("[...document.querySelectorAll('%s')].map(e => "
                 "e.textContent)" % selector)


def load(b, path):
    b.open("file://" + path)
    b.wait("document.body && document.body.dataset.ready === 'yes'")


def search(b, text):
    b.click_on("document.getElementById('query')")
    b.run("document.getElementById('query').select()")
    b.type(text)
    b.key(*ENTER)


def shows(b, address):
    return b.wait("document.getElementById('object-name')?.textContent"
                  ".startsWith('%s ')" % address)


def crumbs(b):
    """Addresses of what the treemap is inside of."""
    return re.findall("0x[0-9a-f]+", " ".join(texts(b, "#crumbs > *")))


def numbers(text):
    return [int(n) for n in re.findall(r"\d+", text.replace(",", ""))]


def facts(b, case):
    said = "\n".join(case.lines())
    objects, edges = (int(re.search(r"(\d+) " + what, said)[1])
                      for what in ("objects", "edges"))
    shown = numbers(texts(b, "#facts")[0])
    report(objects in shown and edges in shown, case.arch +
           ": objects and edges", shown)


def tree(b, case):
    """In by clicking on areas, out by the names above them."""
    named = re.compile(r" *(\d+) +\d+  (0x[0-9a-f]+)")
    first, second = (named.match(x)[2]
                     for x in case.lines("dominators", "2")[2:4])
    equal(crumbs(b), [], case.arch + ": at first all that is reached")
    cell = "[...document.querySelectorAll('.cell')].find(e => " \
        "e.tip.startsWith('%s '))"
    b.click_on(cell % first, 20, 8)
    equal(crumbs(b), [first], case.arch + ": a click goes in")
    b.click_on(cell % second, 20, 8)
    kept_by = [re.search("0x[0-9a-f]+", x)[0]
               for x in case.lines("object", second)
               if x.startswith("kept by")]
    inside = kept_by[::-1] + [second]
    went = crumbs(b)
    # A leaf is shown, and not entered.
    report(went in (inside, inside[:-1]), case.arch + ": and further in",
           went)
    report(texts(b, "#object-name")[0].startswith(second + " "),
           case.arch + ": which shows the object", texts(b, "#object"))
    b.click_on("document.querySelectorAll('#crumbs button')[1]")
    equal(crumbs(b), [first], case.arch + ": and out")
    b.click_on("document.querySelector('#treemap > .cell.plain')")
    report(texts(b, "#crumbs > *")[-1].startswith("after the first "),
           case.arch + ": what is small opens too", texts(b, "#crumbs > *"))
    b.click_on("document.querySelectorAll('#crumbs button')[0]")
    equal(crumbs(b), [], case.arch + ": all the way out")


def table(b, case):
    said = [x.split() for x in case.lines()]
    at = next(i for i, x in enumerate(said) if x[:1] == ["kind"])
    want = [[" ".join(x[:-5])] + x[-5:] for x in said[at + 1:]]

    def rows():
        return b.run("""[...document.querySelectorAll('#classes tbody tr')]
            .map(r => [...r.cells].slice(0, 6).map(c => c.textContent
                .replace(/,/g, '').replace(' %', '%')))""")

    got = rows()
    # The two languages round halves differently.
    near = all(abs(float(g[5][:-1]) - float(w[5][:-1])) < 0.11
               for g, w in zip(got, want))
    report([r[:5] for r in got] == [r[:5] for r in want] and near,
           case.arch + ": classes as the text has them", got)
    heading = "[...document.querySelectorAll('#classes button')]" \
        ".find(e => e.textContent === '%s')"
    key = {"objects": lambda r: int(r[3]), "filled": lambda r: float(
        r[5][:-1])}
    for name, k in key.items():
        b.click_on(heading % name)
        down = [k(r) for r in rows()]
        b.click_on(heading % name)
        up = [k(r) for r in rows()]
        report(down == sorted(down, reverse=True) and up == sorted(up) and
               len(up) == len(want), "%s: sorted by %s, both ways" % (
                   case.arch, name), (down, up))


def is_chain(dump, path):
    """Each refers to the next, and a root to the first."""
    numbers_ = [dump.number(int(a, 16)) for a in path]
    linked = all(b in dump.to[dump.first[a]:dump.first[a + 1]]
                 for a, b in zip(numbers_, numbers_[1:]))
    return bool(path) and linked and (
        dump.is_root(numbers_[0]) or
        numbers_[0] in {r.target for r in dump.roots})


def by_address(b, case):
    """An object with a long chain above it, by an address inside it."""
    dump = case.dump
    named = [x.split() for x in case.lines("dominators", "400")[2:]]
    address = named[-1][2]
    said = case.lines("object", address)
    search(b, "%#x" % (int(address, 16) + 3))
    shows(b, said[0].split()[0])
    shown = texts(b, "#object-name")[0]
    equal(shown, said[0].split(", site")[0], case.arch + ": an address inside")
    report("keeps %s bytes, " % named[-1][0] in
           texts(b, "#object-facts")[0], case.arch + ": what it keeps",
           texts(b, "#object-facts"))
    want = [re.search("0x[0-9a-f]+", x)[0] for x in said
            if x.startswith("kept by")][::-1] + [address]
    equal([t.split()[0] for t in texts(b, "#kept a")], want,
          case.arch + ": what keeps it")
    path = [t.split()[0] for t in texts(b, "#path a")]
    report(path[-1:] == [address] and is_chain(dump, path),
           case.arch + ": a path from a root, word by word", path)
    referrers = sum(x.startswith("referred to by") for x in said)
    report("Referred to by %d" % referrers in
           [x.replace(",", "") for x in texts(b, "#object h3")],
           case.arch + ": its referrers", texts(b, "#object h3"))
    b.click_on("document.querySelector('#path a')")
    report(shows(b, path[0]), case.arch + ": a link shows another object",
           path[0])
    b.run("history.back()")
    report(shows(b, address), case.arch + ": and back")


def by_site(b, case):
    said = next(x for x in case.lines("sites", "--elf", case.elf)
                if "graph_" in x).replace(": ", " ").split()
    name = re.match(r"\w+", said[5])[0]
    search(b, name.upper())
    heads = texts(b, ".site h3")
    report(heads and heads[0].startswith("site %s: %s" % (said[4], said[5])),
           case.arch + ": a site by its name", heads)
    live = numbers(texts(b, ".site p")[0])[0]
    listed = [t.split()[0] for t in texts(b, ".site:first-child a")]
    want = {"%#x" % case.dump.addr[i] for i, s in case.dump.site.items()
            if s == int(said[4])}
    report(live == int(said[0]) and set(listed) <= want and
           len(listed) == min(100, len(want)),
           case.arch + ": its live objects", (live, said, len(listed)))
    b.click_on("document.querySelector('.site a')")
    shows(b, listed[0])
    report("site %s: %s" % (said[4], said[5]) in
           texts(b, "#object-facts")[0], case.arch + ": and from there "
           "back to the site's name", texts(b, "#object-facts"))
    search(b, "no_such_function")
    report("no site that has" in texts(b, "#found")[0], case.arch +
           ": a name that there is not", texts(b, "#found"))
    search(b, "0x10")
    equal(texts(b, "#found"), ["0x10 is in no object."],
          case.arch + ": an address outside")


def heap_map(b, case):
    dump = case.dump
    i = next((i for i in range(len(dump) // 2, len(dump))
              if dump.kind[i] in (0, 1) and dump.size[i] < 200))
    page = (dump.addr[i] - dump.start) // dump.page_size
    cell, across = (int(x) for x in b.run(
        "[map.dataset.cell, map.dataset.across]"))
    b.click_on("document.getElementById('map')",
               page % across * cell + cell / 2,
               page // across * cell + cell / 2)
    here = ["%#x" % dump.addr[j] for j in range(len(dump))
            if dump.start + page * dump.page_size - dump.size[j] <
            dump.addr[j] < dump.start + (page + 1) * dump.page_size]
    listed = [t.split()[0] for t in texts(b, "#page-body a")]
    head = texts(b, "#page-body h3")[0]
    report(head.startswith("page %d at " % page) and
           "%s, objects of %d bytes, " % (dumps.KINDS[dump.kind[i]],
                                          dump.size[i]) in head,
           case.arch + ": a page of the map", head)
    equal(listed, here[:40], case.arch + ": its objects")
    shade = b.run("""(() => { const c = document.getElementById('map');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height);
        return new Set(new Uint32Array(d.data.buffer)).size; })()""")
    report(shade > 10, case.arch + ": the map is drawn", shade)


def pauses(b, case):
    with open(case.log, encoding="latin-1") as f:
        cycles = list(trace.cycles(f))
    equal(numbers(texts(b, "#trace-facts")[0])[0], len(cycles),
          case.arch + ": collections")
    c = cycles[len(cycles) // 2]
    x, y = b.place("document.querySelector('[data-cycle=\"%d\"]')" % c.number)
    b.move(x, y)
    shown = b.wait("(t => !t.hidden && t.textContent)"
                   "(document.getElementById('tip'))")
    report(shown.startswith("gc%d" % c.number) and
           "pause %.3f ms" % c.pause in shown and
           "%.1f -> %.1f MB" % (c.before, c.after) in shown,
           case.arch + ": one of them, by its pause", shown)


def looks(b, case):
    """On a telephone, by night, and with less room."""
    ground = "getComputedStyle(document.body).backgroundColor"
    day = b.run(ground)
    b.size(390, 800, dark=True)
    b.wait("innerWidth === 390")
    report(b.run(ground) != day, case.arch + ": by night it is dark", day)
    wide = b.run("document.documentElement.scrollWidth")
    report(wide <= 390, case.arch + ": no wider than a telephone", wide)
    b.size(1280, 900)


def click_through(case, folder):
    made = case.tool("--html", case.page, "--elf", case.elf)
    equal((made.returncode, made.stderr), (0, ""), case.arch + ": a page")
    with Browser() as b:
        b.size(1280, 900)
        load(b, case.page)
        for part in (facts, tree, table, by_address, by_site, heap_map,
                     pauses, looks):
            try:
                part(b, case)
            except (Failed, Timeout, LookupError, ValueError) as e:
                report(False, "%s: %s" % (case.arch, part.__name__), repr(e))
        equal(b.complaints(), [], case.arch + ": no error, nothing fetched")
        less = os.path.join(folder, "less.html")
        case.tool("html", less, "--edges", "10", "--trace", os.devnull)
        load(b, less)
        report("Edges were left out" in texts(b, "#facts")[0],
               case.arch + ": a page without edges says so")
        address = case.lines("dominators", "5")[-1].split()[2]
        search(b, address)
        b.wait("!!document.getElementById('object-name')")
        report("are not in this page" in texts(b, "#object")[0] and
               [t.split()[0] for t in texts(b, "#kept a")][-1] == address and
               texts(b, "#trace-facts")[0].startswith("No line of gctrace"),
               case.arch + ": but what keeps an object", texts(b, "#object"))


def leb(*numbers_):
    out = bytearray()
    for v in numbers_:
        while v >= 0x80:
            out.append(v & 0x7f | 0x80)
            v >>= 7
        out.append(v)
    return bytes(out)


def open_made(b, folder, npages, records, *counts):
    """The page of a dump that is made here, from 0x20000000 on."""
    dump, out = (os.path.join(folder, "made." + x) for x in ("dump", "html"))
    data = dumps.MAGIC + leb(1, 8, 4096, 0x20000000, npages) + records + \
        b"\x09" + leb(*counts)
    with open(dump, "wb") as f:
        f.write(data + zlib.crc32(data).to_bytes(4, "little"))
    subprocess.run(
        [sys.executable, os.path.join(TOP, "scripts", "heapdump.py"), dump,
         "--html", out], stdout=subprocess.DEVNULL, check=True, timeout=200)
    b.events.clear()
    load(b, out)


def odd_heaps(folder):
    with Browser() as b:
        b.size(1280, 900)
        for name, npages, records, n, want in (
                ("without pages", 0, b"", 0, "0 objects, 0"),
                ("without roots", 1, b"\2" + leb(1, 0, 1, 64, 64, 1, 0, 0),
                 1, "1 object, 64")):
            open_made(b, folder, npages, records, n, 0, 0)
            shown = texts(b, "#facts, #crumbs")
            report(shown[0].startswith(want) and not b.complaints() and
                   shown[1].startswith("Nothing is reached"),
                   "a heap " + name, (shown, b.complaints()))
        # Each refers to the next; an uncollectable page to the first.
        n, to_next = 1 << 18, leb(8 * 8 + 1, 0)
        pages = n * 64 // 4096
        records = b"\2" + leb(1, 2, 0, 4096, 1, 1, 0, 8 * 512 + 1, 0) + \
            b"\2" + leb(pages, 0, 7, 64, n, n) + \
            (b"\0" + to_next) * (n - 1) + b"\0\0"
        open_made(b, folder, pages + 1, records, n + 1, n, 0)
        last = "%#x" % (0x20001000 + 64 * (n - 1))
        search(b, last)
        report(shows(b, last) and
               texts(b, "#crumbs > *")[3] == "{:,} more".format(n - 7) and
               texts(b, "#path a")[-1].startswith(last + " ") and
               len(texts(b, "#path li")) == 26 and not b.complaints(),
               "the end of a long list",
               (texts(b, "#crumbs > *"), b.complaints()))


def main():
    if os.environ.get("T"):
        print("1..0 # SKIP only " + os.environ["T"])
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for arch in os.environ.get("ARCHES", "x86_64 i386").split():
            click_through(Case(arch, folder), folder)
        odd_heaps(folder)
    print("1..%d" % count)
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
