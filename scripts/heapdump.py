#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""heapdump.py - read what kgc_dump() wrote

    heapdump.py FILE [summary]         what is in the heap, by class
    heapdump.py FILE dominators [N]    the N (20) objects that keep the most
    heapdump.py FILE sites             who allocated what is there
    heapdump.py FILE object ADDRESS    an object, and what keeps it
    heapdump.py FILE diff FILE2        what is there more in the second
    heapdump.py FILE graph OUT.hg [ADDRESS]
                                       as a heap graph: all, or what one
                                       object leads to
    heapdump.py FILE html OUT.html     all of it as a page to click through;
                                       also --html OUT.html FILE
    --elf FILE                         name code addresses by its symbols
    --trace LOG                        for the page: a log with gctrace=1, if
                                       FILE has no such lines
    --edges N                          for the page: leave out references if
                                       there are more (20 million)

A FILE is a dump, or a log with the lines `dump: <base64>`.
"""
import os
import signal
import sys

sys.dont_write_bytecode = True
from kgclib import dump as dumps
from kgclib import export, graph, output, page, report
from kgclib.symbols import Symbols


def show(line):
    sys.stdout.write(line + "\n")


def whole_number(text, name=""):
    if not text.isdecimal():
        raise dumps.Bad("%s%s: not a number" % (name, text))
    return int(text)


def find(dump, text):
    try:
        i = dump.number(int(text, 0))
    except ValueError:
        raise dumps.Bad("%s: not an address" % text) from None
    if i < 0:
        raise dumps.Bad("%s: in no object" % text)
    return i


def show_object(dump, i):
    show(report.describe(dump, i))
    kept = graph.Retained(dump)
    if not kept.size[i]:
        show("not reached from any root")
        return
    show("keeps %d bytes" % kept.size[i])
    at = kept.dominator[i]
    while at != graph.NONE:
        show("kept by %s, with %d bytes" % (report.describe(dump, at),
                                            kept.size[at]))
        at = kept.dominator[at]
    for r in dump.roots:
        if r.target == i:
            show("root: %s" % r.name)
    first, to = dump.first, dump.to
    for j in range(len(dump)):
        if i in to[first[j]:first[j + 1]]:
            show("referred to by %s" % report.describe(dump, j))


def write_graph(dump, path, address):
    under = None if address is None else find(dump, address)
    g = export.Graph(dump, under)
    output.write(path, export.encode(g))
    show("%s: %d nodes, %d edges, %d roots" % (
        path, len(g.size), sum(map(len, g.edges)), len(g.roots)))


def write_page(dump, path, source, options):
    with open(options.get("--trace", source), "rb") as f:
        lines = [line.decode("ascii", "replace") for line in f
                 if b"dump: " not in line]
    most = whole_number(options.get("--edges", str(page.MOST_EDGES)),
                        "--edges ")
    text = page.build(dump, Symbols(options.get("--elf")),
                      os.path.basename(source), lines, most)
    output.write(path, text)
    show("%s: %d objects, %d of %d edges, %s" % (
        path, len(dump), len(dump.to) if len(dump.to) <= most else 0,
        len(dump.to), report.mib(len(text))))


def run(dump, verb, args, options):
    if verb == "summary" and not args:
        report.summary(dump, show)
    elif verb == "dominators" and len(args) <= 1:
        report.dominators(dump, whole_number(args[0]) if args else 20, show)
    elif verb == "sites" and not args:
        report.sites(dump, Symbols(options.get("--elf")), show)
    elif verb == "object" and len(args) == 1:
        show_object(dump, find(dump, args[0]))
    elif verb == "diff" and len(args) == 1:
        report.difference(dump, load(args[0]), Symbols(options.get("--elf")),
                          show)
    elif verb == "graph" and 1 <= len(args) <= 2:
        write_graph(dump, args[0], args[1] if len(args) > 1 else None)
    elif verb == "html" and len(args) == 1:
        write_page(dump, args[0], options["file"], options)
    else:
        sys.stderr.write(__doc__)
        return 2
    return 0


def load(path):
    try:
        return dumps.load(path)
    except dumps.Bad as e:
        raise dumps.Bad("%s: %s" % (path, e)) from None


def take_options(args):
    """Options with their values; those leave the arguments."""
    options = {}
    for name in ("--elf", "--trace", "--edges", "--html"):
        if name in args[:-1]:
            at = args.index(name)
            options[name] = args[at + 1]
            del args[at:at + 2]
    if "--html" in options:
        args[1:] = ["html", options["--html"]] + args[1:]
    return options


def main(argv):
    args = argv[1:]
    options = take_options(args)
    if not args or args[0].startswith("-"):
        sys.stderr.write(__doc__)
        return 2
    options["file"] = args[0]
    try:
        status = run(load(args[0]), args[1] if len(args) > 1 else "summary",
                     args[2:], options)
        sys.stdout.flush()
        return status
    except dumps.Bad as e:
        sys.stderr.write("heapdump: %s\n" % e)
    except OSError as e:
        sys.stderr.write("heapdump: %s: %s\n" % (e.filename or "output",
                                                 e.strerror))
    except ValueError as e:
        sys.stderr.write("heapdump: %s\n" % e)
    return 1


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main(sys.argv))
