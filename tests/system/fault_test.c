// SPDX-License-Identifier: MIT
/*
 * fault_test.c - each thing that a heap asks its host for is refused once, and
 * for good
 *
 * Counted by what it was for, as a comment line; Documentation/limits.md has
 * the table.
 */
#include <stdio.h>
#include <string.h>

#include "fault.h"

enum { SETUP, SPACE, PAGES, BITMAP, TABLES, MARKS, METADATA, NKINDS_OF_FAULT };
static const char *const names[] = { "set-up",	       "address space",
				     "spans",	       "bitmap",
				     "page tables",    "mark list",
				     "metadata chunks" };
static unsigned int counts[NKINDS_OF_FAULT];

static bool is_in(const void *p, const void *lo, size_t size)
{
	return (uintptr_t)p - (uintptr_t)lo < size;
}

static int kind_of_fault(const struct heap *h, const void *at)
{
	if (!h)
		return SETUP;
	if (!at)
		return SPACE;
	if (is_in(at, (void *)h->arena.base, h->arena.start - h->arena.base))
		return BITMAP;
	if (is_in(at, (void *)h->arena.start, h->arena.reach))
		return PAGES;
	if (is_in(at, h->page_table.base, h->page_table.size) ||
	    is_in(at, h->layout_table.base, h->layout_table.size) ||
	    is_in(at, h->pageheap.released.base, h->pageheap.released.size))
		return TABLES;
	if (is_in(at, h->marker.region.base, h->marker.region.size))
		return MARKS;
	return METADATA;
}

static void count(const struct heap *h)
{
	counts[kind_of_fault(h, hostctl_failed_at())]++;
}

static void arm(unsigned long nth, bool all)
{
	if (all)
		hostctl_fail_commits_from(nth);
	else
		hostctl_fail_commit(nth);
}

static const struct fault_source host = { arm, hostctl_commits };

static void report(unsigned long n, bool all)
{
	int i;

	printf("# faults, %s: %lu, %lu times NULL:", all ? "for good" : "once",
	       n, fault_nulls);
	for (i = 0; i < NKINDS_OF_FAULT; i++)
		printf("%s %u %s", i ? "," : "", counts[i], names[i]);
	printf("\n");
}

static void fail_each(struct kgc_config config, bool all)
{
	unsigned long nth = 0;

	config.nslots = heap.nslots;
	fault_nulls = 0;
	memset(counts, 0, sizeof counts);
	do
		nth++;
	while (fault_run(&config, &host, nth, all, count) && nth < 2000);
	EXPECT(nth > 10);
	EXPECT(nth < 2000);
	if (all)
		EXPECT(fault_nulls > nth);
	report(nth - 1, all);
}

static const struct kgc_config plain = {
	.heap_reserve = 16 * MIB,
	.profile_rate = KGC_PROFILE_OFF,
};

KTEST(system_fault, each_once)
{
	fail_each(plain, false);
}

KTEST(system_fault, from_each_on)
{
	fail_each(plain, true);
}

KTEST(system_fault, each_once_while_profiling)
{
	const struct kgc_config config = {
		.heap_reserve = 16 * MIB,
		.heap_min = 64 * KIB,
		.profile_rate = 512,
	};

	fail_each(config, false);
}

KTEST(system_fault, each_once_under_stress)
{
	const struct kgc_config config = {
		.heap_reserve = 16 * MIB,
		.stress = 50,
		.profile_rate = KGC_PROFILE_OFF,
	};

	fail_each(config, false);
}
