// SPDX-License-Identifier: MIT
/*
 * final.c - objects with finalizers, all of which die
 *
 * A run makes them, collects, and calls the finalizers.  A conservative
 * collector may keep one in a hundred until the next run, so the sum is that
 * number of objects if no more were kept, else how many finalizers ran.
 */
#include <stdatomic.h>
#include "bench.h"
#include "heap.h"
#include "peer.h"

enum { SIZE = 48 };

static uint64_t count;
static _Atomic uint64_t ran;

static void finalize(void *p, void *arg)
{
	ran++;
}

static __attribute__((noinline)) void make(void)
{
	for (uint64_t i = 0; i < count; i++) {
		void *p = peer_alloc(SIZE);

		if (!p)
			die("final", "no memory");
		heap_finalizer(p, finalize, NULL);
	}
}

static void setup(char **args)
{
	count = number(args[0]);
	figures.ops = count;
}

static uint64_t run(void)
{
	const uint64_t before = ran;
	uint64_t n;

	make();
	heap_collect(&figures.times);
	heap_run_finalizers();
	n = ran - before;
	return n + count / 100 >= count ? count : n;
}

const struct workload final_workload = {
	.name = "final",
	.usage = "final COUNT",
	.nargs = 1,
	.setup = setup,
	.run = run,
};
