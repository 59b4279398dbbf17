# SPDX-License-Identifier: MIT
"""symbols.py - names of code addresses, from an ELF file, by nm"""
import bisect
import subprocess

from .dump import Bad


class Symbols:
    """Knows nothing, or the functions of an ELF file linked in place."""

    def __init__(self, elf=None):
        self.addr, self.name = [], []
        if elf:
            out = subprocess.run(["nm", "-n", "--defined-only", elf],
                                 capture_output=True, text=True)
            if out.returncode or not out.stdout:
                raise Bad("%s: no symbols" % elf)
            for line in out.stdout.splitlines():
                addr, kind, name = line.split(None, 2)
                if kind in "tTwW":
                    self.addr.append(int(addr, 16))
                    self.name.append(name)

    def of(self, pc):
        i = bisect.bisect_right(self.addr, pc) - 1
        if i < 0 or pc - self.addr[i] > 1 << 20:
            return "0x%x" % pc
        return "%s+0x%x" % (self.name[i], pc - self.addr[i])
