# SPDX-License-Identifier: MIT
"""colors.py - what colour a size class has, in every picture

Eight groups of classes, in colours that people with any kind of colour
blindness tell apart (the set of Okabe and Ito); blocks outside the collector
and large objects are shades of grey.  (What, largest size, colour.)
"""
from . import dump as d

GROUPS = (("up to 32 bytes", 32, "#0072b2"),
          ("up to 64", 64, "#56b4e9"),
          ("up to 128", 128, "#009e73"),
          ("up to 256", 256, "#f0e442"),
          ("up to 1 KiB", 1024, "#e69f00"),
          ("up to 4 KiB", 4096, "#d55e00"),
          ("up to 32 KiB", 32768, "#cc79a7"),
          ("large object", None, "#5b5f66"),
          ("nogc block", None, "#a3937a"))
LARGE, NOGC = len(GROUPS) - 2, len(GROUPS) - 1


def group(span):
    """The group's number, of a span in use."""
    if d.KINDS[span.kind] == "nogc":
        return NOGC
    if not span.sizeclass:
        return LARGE
    return next(i for i, g in enumerate(GROUPS) if span.size <= g[1])
