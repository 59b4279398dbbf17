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

static void run_pairs(void)
{
	for (uint64_t i = 0; i < count; i++) {
		table[i] = peer_alloc(size);
		peer_free(table[i]);
	}
}

static void run_loops(void)
{
	for (uint64_t i = 0; what == NOTHING && i < count; i++)
		table[i] = table;
	for (uint64_t i = 0; what != NOTHING && i < count; i++)
		table[i] = peer_alloc(size);
	for (uint64_t i = 0; what == FREE && i < count; i++)
		peer_free(table[i]);
}

static uint64_t run(void)
{
	if (what == PAIR)
		run_pairs();
	else
		run_loops();
	return count;
}

const struct workload calls_workload = {
	.name = "calls",
	.usage = "calls none|alloc|free|pair SIZE COUNT",
	.nargs = 3,
	.setup = setup,
	.run = run,
};
