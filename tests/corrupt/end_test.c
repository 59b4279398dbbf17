// SPDX-License-Identifier: MIT
/*
 * end_test.c - programs that the heap's state is told of when they end
 *
 * Each case ends the program, so it runs only with cases=end:
 * tests/run/leave.t starts one run for each, and reads what was left.
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
