// SPDX-License-Identifier: MIT
/*
 * symbols.c - addresses of the image and their names
 *
 * scripts/make-symbols writes the table from what nm says of a first link; the
 * image is linked until the table tells the truth about itself.  Addresses
 * are sorted, so a look-up is a binary search.
 */
#include <kernel/symbols.h>

#include <lib/format.h>

/* The table; addresses fit in 32 bits on both arches. */
extern const uint32_t symbols_count;
extern const uint32_t symbols_address[];
extern const uint32_t symbols_text[]; /* offsets into symbols_names */
extern const char symbols_names[];

extern char image_start[], end[];

const char *symbol_name(uintptr_t addr, size_t *offset)
{
	uint32_t lo = 0, hi = symbols_count, middle;

	if (addr < (uintptr_t)image_start || addr >= (uintptr_t)end)
		return NULL;
	/* symbols_address[lo - 1] <= addr < symbols_address[hi] */
	while (lo < hi) {
		middle = lo + (hi - lo) / 2;
		if (symbols_address[middle] <= addr)
			lo = middle + 1;
		else
			hi = middle;
	}
	if (!lo)
		return NULL;
	if (offset)
		*offset = addr - symbols_address[lo - 1];
	return symbols_names + symbols_text[lo - 1];
}

int symbol_format(char *buf, size_t size, uintptr_t addr)
{
	size_t offset;
	const char *name = symbol_name(addr, &offset);

	if (!name)
		return format_buffer(buf, size, "0x%lx", (unsigned long)addr);
	return format_buffer(buf, size, "%s+0x%zx", name, offset);
}
