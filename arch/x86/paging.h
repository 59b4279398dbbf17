/* SPDX-License-Identifier: MIT */
/*
 * paging.h - what mmu.c's walker asks of the word size
 *
 * A walk goes down a table of levels, top first.  Entries of 4 bytes (i386
 * without PAE) and of 8 are read and written through the same functions.
 */
#ifndef X86_PAGING_H
#define X86_PAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <arch/mmu.h>

enum {
	PTE_PRESENT = 1 << 0,
	PTE_WRITE = 1 << 1,
	PTE_WRITE_THROUGH = 1 << 3,
	PTE_NO_CACHE = 1 << 4,
	PTE_LARGE = 1 << 7,
};
#define PTE_NX	    ((uint64_t)1 << 63)
#define PTE_ADDRESS ((uint64_t)0x000ffffffffff000)

struct level {
	unsigned int shift; /* log2 of the bytes that an entry spans */
	bool large;	    /* an entry may be a page instead of a table */
	uintptr_t window;   /* entries as seen by the recursive one, or 0 */
};

struct paging {
	const struct level *level;
	unsigned int nlevels;
	unsigned int entry_size;
	unsigned int table_entries;
	uint64_t nx; /* PTE_NX, or 0 where the processor has none */
};
extern struct paging paging;

/* The top table; where level 0's walk begins. */
paddr_t paging_root(void);
/* The entry for @va in @table, which level @l uses. */
volatile void *paging_slot(const struct level *l, uintptr_t va, paddr_t table);
/*
 * A frame as memory, until the next call on this CPU; interrupts off.  On
 * i386 it is one of few windows, on x86_64 the direct map.
 */
void *paging_window(paddr_t pa);
/* A device's registers, uncached, for good. */
volatile void *paging_mmio(paddr_t pa, size_t size);

static inline uint64_t pte_read(const volatile void *slot)
{
	return paging.entry_size == 8 ? *(const volatile uint64_t *)slot
				      : *(const volatile uint32_t *)slot;
}

/*
 * On i386 with PAE the two halves are two stores: the one that holds the
 * present bit goes last when it is set and first when it is cleared.
 */
static inline void pte_write(volatile void *slot, uint64_t value)
{
	volatile uint32_t *half = slot;

	if (sizeof(long) == 8) {
		*(volatile uint64_t *)slot = value;
	} else if (paging.entry_size == 4) {
		half[0] = (uint32_t)value;
	} else {
		half[0] = 0;
		half[1] = (uint32_t)(value >> 32);
		half[0] = (uint32_t)value;
	}
}

#endif /* X86_PAGING_H */
