# SPDX-License-Identifier: MIT
"""guest.py - memory in big blocks, and structures as DWARF describes them

A gdb.Value costs some ten microseconds for each field, and a heap has a
hundred thousand records: so a structure's offsets are asked for once (Layout),
memory is read in blocks, and a Record takes integers out of the bytes.
Nothing is ever called in the guest, and nothing written to it.
"""
from array import array

import gdb

BLOCK = 1 << 16
PIECE = 1 << 20
# Macros leave no trace in DWARF; mm/internal.h, mm/bitmap.h.
PAGE_SHIFT = 12
PAGE = 1 << PAGE_SHIFT


class Failed(gdb.GdbError):
    """One line for whoever typed the command."""


class Memory:
    """What was read stays until the guest may have changed it."""

    def __init__(self):
        self.blocks = {}

    def bulk(self, addr, size):
        """@size bytes, not kept."""
        inferior, parts = gdb.selected_inferior(), []
        for at in range(addr, addr + size, PIECE):
            n = min(PIECE, addr + size - at)
            try:
                parts.append(bytes(inferior.read_memory(at, n)))
            except gdb.MemoryError:
                raise Failed("kgc: no memory at 0x%x, or not in this dump"
                             % at) from None
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def block(self, n):
        """Block number @n; None if some of it is not there."""
        if n not in self.blocks:
            try:
                self.blocks[n] = self.bulk(n * BLOCK, BLOCK)
            except Failed:
                self.blocks[n] = None
        return self.blocks[n]

    def read(self, addr, size):
        data, at = self.block(addr // BLOCK), addr % BLOCK
        if data is None or at + size > BLOCK:
            return self.bulk(addr, size)
        return data[at:at + size]

    def string(self, addr, most=80):
        try:
            return self.read(addr, most).split(b"\0")[0].decode("ascii",
                                                               "replace")
        except Failed:
            return "?"


class Layout:
    """Where the members of a structure are; those of members are a.b."""

    def __init__(self, type_):
        self.type = type_.strip_typedefs().unqualified()
        self.size, self.fields, self.types = self.type.sizeof, {}, {}
        self.add(self.type, 0, "")

    def add(self, type_, at, prefix):
        for f in type_.fields():
            t = f.type.strip_typedefs().unqualified()
            here = at + f.bitpos // 8
            inner = prefix + f.name + "." if f.name else prefix
            if f.name:
                self.fields[prefix + f.name] = (here, t.sizeof)
                self.types[prefix + f.name] = t
            if t.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
                self.add(t, here, inner)

    def target(self, name):
        """What the member @name points to, or is an array of."""
        return self.types[name].target().strip_typedefs().unqualified()


class Record:
    """Bytes that a Layout describes: members are integers, arrays bytes."""
    __slots__ = ("layout", "data", "at")

    def __init__(self, layout, data, at=0):
        self.layout, self.data, self.at = layout, data, at

    def __getitem__(self, name):
        off, size = self.layout.fields[name]
        off += self.at
        if size > 8:
            return self.data[off:off + size]
        return int.from_bytes(self.data[off:off + size], "little")

    def words(self, name, code):
        """The member @name, an array, however short."""
        off, size = self.layout.fields[name]
        return array(code, self.data[self.at + off:self.at + off + size])


class Guest:
    """The program that gdb has, and the memory of what runs it."""

    def __init__(self):
        self.memory = Memory()
        try:
            self.value = gdb.parse_and_eval("'mm/heap.c'::heap")
            symtab = gdb.decode_line("'mm/heap.c':1")[1][0].symtab
        except (gdb.error, TypeError):
            raise Failed(self.no_symbols()) from None
        if gdb.selected_thread() is None:
            raise Failed("kgc: nothing runs here, and no dump is loaded")
        self.block = symtab.static_block()
        self.heap_layout = Layout(self.value.type)
        self.word = self.heap_layout.fields["arena.start"][1]
        self.code = "Q" if self.word == 8 else "I"
        self.span = Layout(self.heap_layout.target("pages").target())

    @staticmethod
    def no_symbols():
        objfiles = gdb.objfiles()
        if not objfiles:
            return "kgc: no program: gdb build/x86_64/kgc.elf"
        return ("kgc: %s has no debug info of the collector: stripped, "
                "or another program" % objfiles[0].filename)

    def heap(self):
        """struct heap as it is now."""
        return Record(self.heap_layout, self.memory.bulk(
            int(self.value.address), self.heap_layout.size))

    def record(self, layout, addr):
        return Record(layout, self.memory.read(addr, layout.size))

    def words(self, addr, size):
        """Whole words in [addr, addr + size), addr being aligned."""
        return array(self.code, self.memory.bulk(addr, size // self.word *
                                                 self.word))

    def enum(self, name):
        """Constant -> value of an enum that mm/ has."""
        return {f.name: f.enumval for f in
                gdb.lookup_type("enum " + name, self.block).fields()}

    def names(self, name, prefix):
        """Value -> the constant's name, in lower case, without its prefix."""
        return {v: n[len(prefix):].lower().replace("_", " ")
                for n, v in self.enum(name).items() if n.startswith(prefix)}


def value_of(expression):
    """The value of a static variable or constant; None: there is none."""
    try:
        return gdb.parse_and_eval(expression)
    except gdb.error:
        return None


def address_of(symbol):
    v = value_of("(char *)&" + symbol)
    return None if v is None else int(v)


def symbol_at(addr):
    """symbol+0x10, or the address itself."""
    text = gdb.execute("info symbol 0x%x" % addr, to_string=True)
    if text.startswith("No symbol"):
        return "0x%x" % addr
    name, _, rest = text.partition(" in section ")
    name, _, off = name.partition(" + ")
    return "%s+0x%x" % (name, int(off or "0"))
