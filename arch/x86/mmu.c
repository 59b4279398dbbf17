// SPDX-License-Identifier: MIT
/*
 * mmu.c - page tables: map, unmap, protect, query
 *
 * One walker for every kind of table, driven by the levels of levels.h: an
 * entry is found through the direct map on x86_64 and through the recursive
 * entry on i386, both behind paging_slot().  Each page is walked to from the
 * top: under TCG that costs 45 ns on x86_64, against 1.1 us for zeroing it.
 *
 * A large page that an operation covers in part is split first, both ends
 * before anything else changes, so that running out of frames leaves all as
 * it was.  Empty tables stay, except where a large page takes their place.
 *
 * Bad at: giving back table frames.  Address space that was used once keeps
 * its tables, 1/512 of its size at most.
 *
 * Locking: interrupts are off in each call.  There is one CPU.
 */
#include <arch/mmu.h>

#include <arch/cpu.h>
#include <arch/upcall.h>
#include <lib/mem.h>

#include "paging.h"
#include "regs.h"

#define PAGE   ((size_t)4096)
#define ENOMEM 12
/* Above so many pages, reloading the whole TLB is cheaper than page by page. */
#define FLUSH_MAX 64

extern char __image_end[];

static size_t table_frames;

static size_t level_span(unsigned int depth)
{
	return (size_t)1 << paging.level[depth].shift;
}

static unsigned int depth_last(void)
{
	return paging.nlevels - 1;
}

static uint64_t flags_to_pte(unsigned int flags)
{
	uint64_t pte = PTE_PRESENT;

	if (flags & MMU_WRITE)
		pte |= PTE_WRITE;
	if (flags & MMU_UNCACHED)
		pte |= PTE_NO_CACHE | PTE_WRITE_THROUGH;
	if (!(flags & MMU_EXEC))
		pte |= paging.nx;
	return pte;
}

static unsigned int pte_to_flags(uint64_t pte)
{
	unsigned int flags = 0;

	if (pte & PTE_WRITE)
		flags |= MMU_WRITE;
	if (pte & PTE_NO_CACHE)
		flags |= MMU_UNCACHED;
	if (!(pte & paging.nx) || !paging.nx)
		flags |= MMU_EXEC;
	return flags;
}

static bool pte_is_leaf(uint64_t pte, unsigned int depth)
{
	return depth == depth_last() || (pte & PTE_LARGE);
}

static paddr_t pte_address(uint64_t pte, unsigned int depth)
{
	return pte & PTE_ADDRESS & ~(paddr_t)(level_span(depth) - 1);
}

/*
 * Go down towards @va as far as tables go: returns the slot of the first entry
 * that is a page or not present, and its depth.
 */
static volatile void *walk(uintptr_t va, unsigned int *depth, uint64_t *pte)
{
	paddr_t table = paging_root();
	volatile void *slot;

	for (*depth = 0;; ++*depth) {
		slot = paging_slot(&paging.level[*depth], va, table);
		*pte = pte_read(slot);
		if (!(*pte & PTE_PRESENT) || pte_is_leaf(*pte, *depth))
			return slot;
		table = *pte & PTE_ADDRESS;
	}
}

/* Put a fresh table into @slot, whose entry at @depth led nowhere. */
static bool table_add(volatile void *slot)
{
	const paddr_t table = kernel_table_frame();

	if (!table)
		return false;
	table_frames++;
	pte_write(slot, table | PTE_PRESENT | PTE_WRITE);
	return true;
}

/* Drop the empty table that @pte leads to, in favour of a large page. */
static void table_drop(volatile void *slot, uint64_t pte)
{
	pte_write(slot, 0);
	arch_flush_all();
	table_frames--;
	kernel_table_free(pte & PTE_ADDRESS);
}

/* i386 has tables inside the image, which are no frames to give back. */
static bool table_is_static(uint64_t pte)
{
	return (pte & PTE_PRESENT) &&
	       (pte & PTE_ADDRESS) < (uintptr_t)__image_end;
}

/* How far a walk from @va that ends at @depth may skip, at most @left. */
static size_t step(uintptr_t va, unsigned int depth, size_t left)
{
	const size_t span = level_span(depth);
	const size_t to_end = span - (va & (span - 1));

	return to_end < left ? to_end : left;
}

/* Map one page, as large as it can be; 0 if there is no frame for a table. */
static size_t map_page(uintptr_t va, paddr_t pa, size_t left, uint64_t bits)
{
	paddr_t table = paging_root();
	volatile void *slot;
	unsigned int depth;
	uint64_t pte;
	size_t span;

	for (depth = 0;; depth++) {
		slot = paging_slot(&paging.level[depth], va, table);
		span = level_span(depth);
		pte = pte_read(slot);
		if (depth == depth_last())
			break;
		if (paging.level[depth].large && left >= span &&
		    !((va | pa) & (span - 1)) && !table_is_static(pte)) {
			if (pte & PTE_PRESENT)
				table_drop(slot, pte);
			bits |= PTE_LARGE;
			break;
		}
		if (!(pte & PTE_PRESENT) && !table_add(slot))
			return 0;
		table = pte_read(slot) & PTE_ADDRESS;
	}
	pte_write(slot, pa | bits);
	return span;
}

static void flush(uintptr_t va, size_t size)
{
	size_t at;

	if (size > FLUSH_MAX * PAGE) {
		arch_flush_all();
		return;
	}
	for (at = 0; at < size; at += PAGE)
		invlpg(va + at);
}

int arch_map(uintptr_t va, paddr_t pa, size_t size, unsigned int flags)
{
	const uint64_t bits = flags_to_pte(flags);
	const unsigned long irq = arch_irq_save();
	size_t done = 0, span;

	while (done < size) {
		span = map_page(va + done, pa + done, size - done, bits);
		if (!span)
			break;
		done += span;
	}
	if (done < size)
		arch_unmap(va, done, NULL);
	arch_irq_restore(irq);
	return done < size ? -ENOMEM : 0;
}

/* If a large page reaches across @va, replace it by a table of small ones. */
static int split_at(uintptr_t va)
{
	unsigned int depth, i;
	volatile void *slot;
	paddr_t table, pa;
	uint64_t pte, bits;
	uint8_t *entry;

	slot = walk(va, &depth, &pte);
	if (!(pte & PTE_PRESENT) || !(va & (level_span(depth) - 1)))
		return 0;
	table = kernel_table_frame();
	if (!table)
		return -ENOMEM;
	table_frames++;
	pa = pte_address(pte, depth);
	bits = pte & ~PTE_ADDRESS & ~(uint64_t)PTE_LARGE;
	entry = paging_window(table);
	for (i = 0; i < paging.table_entries; i++) {
		pte_write(entry, (pa + i * PAGE) | bits);
		entry += paging.entry_size;
	}
	pte_write(slot, table | PTE_PRESENT | PTE_WRITE);
	arch_flush_all();
	return 0;
}

static int split_ends(uintptr_t va, size_t size)
{
	const int error = split_at(va);

	/* The end may be that of the address space: then nothing crosses it. */
	return error || !(va + size) ? error : split_at(va + size);
}

int arch_unmap(uintptr_t va, size_t size,
	       void (*freed)(paddr_t pa, size_t size))
{
	const unsigned long irq = arch_irq_save();
	const int error = split_ends(va, size);
	volatile void *slot;
	unsigned int depth;
	size_t done, span;
	uint64_t pte;

	for (done = 0; !error && done < size; done += span) {
		slot = walk(va + done, &depth, &pte);
		span = step(va + done, depth, size - done);
		if (!(pte & PTE_PRESENT))
			continue;
		pte_write(slot, 0);
		if (freed)
			freed(pte_address(pte, depth), span);
	}
	if (!error)
		flush(va, size);
	arch_irq_restore(irq);
	return error;
}

int arch_protect(uintptr_t va, size_t size, unsigned int flags)
{
	const unsigned long irq = arch_irq_save();
	const int error = split_ends(va, size);
	volatile void *slot;
	unsigned int depth;
	size_t done, span;
	uint64_t pte;

	for (done = 0; !error && done < size; done += span) {
		slot = walk(va + done, &depth, &pte);
		span = step(va + done, depth, size - done);
		if (pte & PTE_PRESENT)
			pte_write(slot, pte_address(pte, depth) |
						flags_to_pte(flags) |
						(pte & PTE_LARGE));
	}
	if (!error)
		flush(va, size);
	arch_irq_restore(irq);
	return error;
}

bool arch_query(uintptr_t va, paddr_t *pa, unsigned int *flags)
{
	const unsigned long irq = arch_irq_save();
	unsigned int depth;
	uint64_t pte;

	walk(va, &depth, &pte);
	arch_irq_restore(irq);
	if (!(pte & PTE_PRESENT))
		return false;
	if (pa)
		*pa = pte_address(pte, depth) | (va & (level_span(depth) - 1));
	if (flags)
		*flags = pte_to_flags(pte);
	return true;
}

size_t arch_table_frames(void)
{
	return table_frames;
}

void arch_zero_frame(paddr_t pa, size_t size)
{
	unsigned long irq;
	size_t done;

	for (done = 0; done < size; done += PAGE) {
		irq = arch_irq_save();
		memset(paging_window(pa + done), 0, PAGE);
		arch_irq_restore(irq);
	}
}

void arch_flush_all(void)
{
	write_cr3(read_cr3());
}
