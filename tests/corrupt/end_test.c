// SPDX-License-Identifier: MIT
/*
 * end_test.c - programs that the heap's state is told of when they end
 *
 * Each case ends the program, so it runs only with cases=end:
 * tests/run/leave.t and guard.t start one run for each, and read what was left.
 */
#include <string.h>

#include <kgc/host.h>
#include <tests/ktest.h>
#include <workloads/workload.h>

#include "internal.h"

static void **kept[16];

static bool may_end(void)
{
	const char *cases = workload_option("cases");

	if (cases && !strcmp(cases, "end"))
		return true;
	ktest_skip("it ends the program");
	return false;
}

/* Chains of some objects of 48 bytes, and two cycles. */
static void use_heap(void)
{
	void **p;
	int i;

	for (i = 0; i < 1600; i++) {
		p = kgc_alloc(48, 0);
		if (!p)
			kgc_host_panic("test: no memory");
		p[0] = kept[i % 16];
		kept[i % 16] = p;
	}
	kgc_collect();
	kgc_collect();
}

KTEST(mm_corrupt_end, double_free)
{
	if (!may_end())
		return;
	use_heap();
	kgc_free(kept[3]);
	kgc_free(kept[3]);
}

KTEST(mm_corrupt_end, bitmap_word)
{
	struct bitpos b;

	if (!may_end())
		return;
	use_heap();
	b = bitmap_at(heap.arena.start, (uintptr_t)kept[5]);
	*b.word = 0;
	kgc_free(kept[5]);
}

KTEST(mm_corrupt_end, out_of_memory)
{
	static void **all;
	void **p;

	if (!may_end())
		return;
	use_heap();
	while ((p = kgc_alloc(100000, 0))) {
		p[0] = all;
		all = p;
	}
	kgc_host_panic("test: no memory for 100000 bytes");
}

/* Marking reads the record of each page that a pointer leads to. */
KTEST(mm_corrupt_end, inside_the_collector)
{
	size_t page;

	if (!may_end())
		return;
	use_heap();
	page = page_of(&heap, (uintptr_t)kept[1]);
	heap.pages[page] = (struct span *)(uintptr_t)64;
	kgc_collect();
}

/* A list without an end: only time ends the check. */
KTEST(mm_corrupt_end, endless_list)
{
	struct span *s;

	if (!may_end())
		return;
	use_heap();
	s = heap.pageheap.bin[0].first;
	if (!s)
		s = span_of(&heap, (uintptr_t)kept[1]);
	s->prev = NULL;
	s->next = s;
	heap.pageheap.bin[0].first = s;
	kgc_host_panic("test: a list has no end");
}

/* --- guard=1 -------------------------------------------------------------- */

/* A block of 48 bytes that lies at its page's start or at its end, or NULL. */
static __attribute__((noinline)) char *lone_block(bool at_start)
{
	struct span *s;
	char *p;
	int i;

	for (i = 0; i < 100; i++) {
		p = kgc_alloc(48, 0);
		s = span_of(&heap, (uintptr_t)p);
		if (span_is_lone(s) &&
		    at_start == ((uintptr_t)p == s->start + PAGE_SIZE))
			return p;
		kgc_free(p);
	}
	kgc_host_panic("test: no block between guard pages: guard=1?");
}

/* An access that the compiler knows nothing of. */
static __attribute__((noinline)) void poke(char *p)
{
	*(volatile char *)p = 1;
}

static __attribute__((noinline)) char peek(const char *p)
{
	return *(const volatile char *)p;
}

static __attribute__((noinline)) void release(char *p)
{
	kgc_free(p);
}

KTEST(mm_lone_end, overflow)
{
	if (may_end())
		poke(lone_block(false) + 48);
}

KTEST(mm_lone_end, underflow)
{
	if (may_end())
		ktest_skip(peek(lone_block(true) - 1) ? "a" : "b");
}

KTEST(mm_lone_end, write_after_free)
{
	char *p;

	if (!may_end())
		return;
	p = lone_block(false);
	release(p);
	poke(p + 5);
}

KTEST(mm_lone_end, read_after_free)
{
	char *p;

	if (!may_end())
		return;
	p = lone_block(true);
	release(p);
	ktest_skip(peek(p + 47) ? "a" : "b");
}

/* Its address is turned over, or a stack would hold it. */
static __attribute__((noinline)) uintptr_t lost_block(void)
{
	return ~(uintptr_t)lone_block(false);
}

static __attribute__((noinline)) void clear_stack(void)
{
	volatile char room[16384];

	memset((char *)room, 0, sizeof(room));
}

KTEST(mm_lone_end, read_after_collection)
{
	uintptr_t lost[8];
	int i;

	if (!may_end())
		return;
	for (i = 0; i < 8; i++)
		lost[i] = lost_block();
	clear_stack();
	kgc_collect();
	kgc_collect();
	for (i = 0; i < 8; i++)
		peek((char *)~lost[i] + 8);
}

KTEST(mm_lone_end, write_beside)
{
	char *p;

	if (!may_end())
		return;
	p = lone_block(true);
	poke(p + 50);
	release(p);
}
