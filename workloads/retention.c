// SPDX-License-Identifier: MIT
/*
 * retention.c - how much dead memory do numbers keep alive?
 *
 * Dead objects of 64 bytes fill a part of the heap, and one living object is
 * full of random 32-bit numbers, each in a word of its own: hashes, times,
 * text of four letters.  What a collection keeps of the dead ones is kept by
 * numbers that look like addresses.  Where the heap lies decides: run it with
 * heap_base= low and high.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <kgc/kgc.h>
#include "internal.h"

enum {
	DEFAULT_MIB = 64,
	MOST_MIB = 2048,
	DEAD_SIZE = 64,
	NUMBERS = 1 << 16,
};

static __attribute__((noinline)) uintptr_t *make_numbers(void)
{
	uintptr_t *numbers = kgc_alloc_array(NUMBERS, sizeof(*numbers), 0);
	uint32_t state = 2463534242u;

	for (size_t i = 0; numbers && i < NUMBERS; i++)
		numbers[i] = random_next(&state);
	return numbers;
}

/* Objects that nobody holds; an address among them, or 0 without memory. */
static __attribute__((noinline)) uintptr_t make_dead(size_t n)
{
	void *p = NULL;

	for (size_t i = 0; i < n; i++) {
		p = kgc_alloc(DEAD_SIZE, KGC_NOSCAN | KGC_NOPROFILE);
		if (!p)
			return 0;
	}
	return ~(uintptr_t)p;
}

static uint64_t live_objects(void)
{
	struct kgc_memstats *m = table_alloc(1, sizeof(*m));
	uint64_t n = 0;

	if (m) {
		kgc_read_memstats(m);
		n = m->heap_objects - 1; /* this table */
	}
	kgc_free(m);
	return n;
}

/* Returns the dead objects that are left, or UINT64_MAX without memory. */
static uint64_t measure(size_t n, uintptr_t *inverse)
{
	uintptr_t *volatile numbers;
	int percent;
	uint64_t before;

	kgc_collect();
	percent = kgc_set_percent(-1);
	numbers = make_numbers();
	before = live_objects();
	*inverse = make_dead(n);
	kgc_set_percent(percent);
	stack_clear();
	kgc_collect();
	if (!numbers || !*inverse)
		return UINT64_MAX;
	return live_objects() - before;
}

int retention_run(const char *argument)
{
	const long mib = argument ? strtol(argument, NULL, 10) : DEFAULT_MIB;
	uintptr_t inverse;
	uint64_t kept;
	size_t n;

	if (mib < 1 || mib > MOST_MIB) {
		printf("retention %s: bad: not between 1 and %d\n", argument,
		       MOST_MIB);
		return 1;
	}
	n = (size_t)mib * ((1 << 20) / DEAD_SIZE);
	kept = measure(n, &inverse);
	if (kept == UINT64_MAX)
		return workload_no_memory("retention", "heap", 0, "nodes");
	printf("retention %ld: %lu dead objects below %p, %d numbers: kept "
	       "%llu: ok\n",
	       mib, (unsigned long)n, (void *)~inverse, NUMBERS,
	       (unsigned long long)kept);
	return 0;
}
