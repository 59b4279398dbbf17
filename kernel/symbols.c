// SPDX-License-Identifier: MIT
/*
 * symbols.c - addresses of the image and their names
 *
 * scripts/make-symbols writes the table from what nm says of the link before;
 * the image is linked three times.  Addresses are sorted, so a look-up is a
 * binary search, which takes the last of several names of an address.
 */
#include <kernel/symbols.h>

#include <lib/format.h>

/* The table; addresses fit in 32 bits on both arches. */
extern const uint32_t __symbols_count;
extern const uint32_t __symbols_address[];
extern const uint32_t __symbols_text[]; /* offsets into __symbols_names */
extern const char __symbols_names[];

extern char __image_start[], __image_end[];

const char *symbol_name(uintptr_t addr, size_t *offset)
{
	uint32_t lo = 0, hi = __symbols_count, middle;

	if (addr < (uintptr_t)__image_start || addr >= (uintptr_t)__image_end)
		return NULL;
	/* __symbols_address[lo - 1] <= addr < __symbols_address[hi] */
	while (lo < hi) {
		middle = lo + (hi - lo) / 2;
		if (__symbols_address[middle] <= addr)
			lo = middle + 1;
		else
			hi = middle;
	}
	if (!lo)
		return NULL;
	if (offset)
		*offset = addr - __symbols_address[lo - 1];
	return __symbols_names + __symbols_text[lo - 1];
}

int symbol_format(char *buf, size_t size, uintptr_t addr)
{
	size_t offset;
	const char *name = symbol_name(addr, &offset);

	if (!name)
		return format_buffer(buf, size, "0x%lx", (unsigned long)addr);
	return format_buffer(buf, size, "%s+0x%zx", name, offset);
}
