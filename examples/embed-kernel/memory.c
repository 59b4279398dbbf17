// SPDX-License-Identifier: MIT
/*
 * memory.c - frames, page tables, and the four host functions made of them
 *
 * RAM is mapped at its own address, up to 1 GiB.  Above that is the heap's
 * space, in pieces of 2 MiB: each is an entry of pd[], and has a page table
 * from the first commit in it on.
 *
 * Bad at: giving back page tables.
 */
#include <kgc/host.h>
#include <kgc/kgc.h>

#include "kernel.h"

#define PIECE ((size_t)2 << 20)
enum { HEAP_LO = 512, HEAP_HI = 2047, WRITABLE = 3 };

volatile uint64_t pd[2048] NOROOT;
static bool taken[HEAP_HI];
static struct frame {
	struct frame *next;
} * frames; /* free ones, linked through themselves */

static void frame_free(uint64_t entry)
{
	struct frame *f = (void *)(uintptr_t)(entry & ~4095ull);

	f->next = frames;
	frames = f;
}

/* RAM: what is mapped of it and lies above this image. */
void frames_add(uint64_t lo, uint64_t hi)
{
	extern char end[];

	for (; lo < hi; lo += KGC_PAGE_SIZE)
		if (lo >= (uintptr_t)end && lo < HEAP_LO * PIECE)
			frame_free(lo);
}

/* Give @entry, if it is empty, a zeroed frame. */
static bool entry_fill(volatile uint64_t *entry)
{
	struct frame *f = frames;

	if (*entry || !f)
		return *entry;
	frames = f->next;
	*entry = (uintptr_t)__builtin_memset(f, 0, KGC_PAGE_SIZE) | WRITABLE;
	return true;
}

/* The entry of a page whose table is there. */
static volatile uint64_t *entry_of(uintptr_t p)
{
	const uintptr_t table = pd[p / PIECE] & ~4095ull;

	return (volatile uint64_t *)table + p / KGC_PAGE_SIZE % 512;
}

void kgc_host_decommit(void *addr, size_t size)
{
	uintptr_t p = (uintptr_t)addr, hi = p + size;

	for (; p < hi; p += KGC_PAGE_SIZE) {
		if (!pd[p / PIECE] || !*entry_of(p))
			continue;
		frame_free(*entry_of(p));
		*entry_of(p) = 0;
		__asm__ volatile("invlpg (%0)" : : "r"(p) : "memory");
	}
}

int kgc_host_commit(void *addr, size_t size)
{
	uintptr_t p = (uintptr_t)addr, hi = p + size;

	for (; p < hi; p += KGC_PAGE_SIZE)
		if (!entry_fill(&pd[p / PIECE]) || !entry_fill(entry_of(p))) {
			kgc_host_decommit(addr, p - (uintptr_t)addr);
			return -KGC_ENOMEM;
		}
	return 0;
}

void *kgc_host_reserve(size_t size, void *lo, void *hi)
{
	const size_t n = (size + PIECE - 1) / PIECE;
	const size_t limit = hi ? (uintptr_t)hi / PIECE : HEAP_HI;
	size_t i = ((uintptr_t)lo + PIECE - 1) / PIECE, run = 0;

	for (i = i < HEAP_LO ? HEAP_LO : i; i < limit && i < HEAP_HI; i++) {
		run = taken[i] ? 0 : run + 1;
		if (run == n) {
			i -= n - 1;
			__builtin_memset(&taken[i], true, n);
			return (void *)(i * PIECE);
		}
	}
	return NULL;
}

void kgc_host_release(void *addr, size_t size)
{
	const size_t n = (size + PIECE - 1) / PIECE;

	kgc_host_decommit(addr, size);
	__builtin_memset(&taken[(uintptr_t)addr / PIECE], false, n);
}
