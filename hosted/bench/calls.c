// SPDX-License-Identifier: MIT
/*
 * calls.c - allocations and frees alone, to count their instructions
 *
 *	calls none|alloc|free|pair SIZE COUNT
 *
 * alloc fills a table; free does that, and empties it; pair frees each block
 * before the next is asked for; none is what the loop takes.  A figure is the
 * difference of two counts: of what it takes in all, and of what a loop takes.
 */
#include <string.h>
#include "bench.h"
#include "heap.h"
#include "peer.h"

enum what { NOTHING, ALLOC, FREE, PAIR, NWHATS };
static const char *const names[] = { "none", "alloc", "free", "pair" };

static unsigned int what;
static uint64_t count;
static size_t size;
static void **table;

static void setup(char **args)
{
	while (what < NWHATS && strcmp(names[what], args[0]))
		what++;
	if (what == NWHATS)
		die(args[0], "none, alloc, free or pair");
	size = number(args[1]);
	count = number(args[2]);
	figures.ops = count;
	table = table_alloc(count, sizeof(void *));
	heap_collector(false);
}

static void run_loops(void **t, uint64_t n)
{
	const size_t bytes = size;

	for (uint64_t i = 0; i < n; i++)
		t[i] = peer_alloc(bytes);
	for (uint64_t i = 0; what == FREE && i < n; i++)
		peer_free(t[i]);
}

static void run_pairs(void **t, uint64_t n)
{
	const size_t bytes = size;

	for (uint64_t i = 0; i < n; i++) {
		t[i] = peer_alloc(bytes);
		peer_free(t[i]);
	}
}

static void run_nothing(void **t, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		t[i] = t;
		/* Or it would be made a call of something faster. */
		__asm__ volatile("" ::: "memory");
	}
}

static uint64_t run(void)
{
	if (what == NOTHING)
		run_nothing(table, count);
	else if (what == PAIR)
		run_pairs(table, count);
	else
		run_loops(table, count);
	return count;
}

const struct workload calls_workload = {
	.name = "calls",
	.usage = "calls none|alloc|free|pair SIZE COUNT",
	.nargs = 3,
	.setup = setup,
	.run = run,
};
