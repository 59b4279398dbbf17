// SPDX-License-Identifier: MIT
/*
 * churn.c - blocks of sizes from LEAST to MOST, LIVE of them at a time
 *
 * Each operation lets one go that is chosen at random, and takes a new one.
 * LEAST equal to MOST is pairs of one size; large ones are arrays without
 * pointers.  Each block is touched once a page and holds a number that goes
 * into the sum.
 */
#include "bench.h"
#include "heap.h"
#include "peer.h"

enum { PAGE = 4096 };

static uint64_t least, most, live, count;
static uint64_t state;
static uint64_t **block; /* a root */

static uint64_t *block_make(void)
{
	uint64_t r = bench_random(&state);
	size_t size = least + r % (most - least + 1);
	uint64_t *p = peer_noscan(size);

	if (!p)
		die("churn", "no memory");
	for (size_t at = PAGE; at < size; at += PAGE)
		((unsigned char *)p)[at] = 1;
	*p = r;
	return p;
}

static void setup(char **args)
{
	least = number(args[0]);
	most = number(args[1]);
	live = number(args[2]);
	count = number(args[3]);
	if (least < sizeof(uint64_t) || most < least || !live)
		die("churn", "sizes from 8 on, and some of them");
	peak_start();
	block = (uint64_t **)heap_roots(live);
	for (uint64_t i = 0; i < live; i++)
		block[i] = block_make();
	figures.ops = count;
	figures.bytes = live * ((least + most) / 2 + sizeof(*block));
}

static uint64_t run(void)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t **p = &block[bench_random(&state) % live];

		sum += **p;
		if (PEER_MANUAL)
			peer_free(*p);
		*p = block_make();
	}
	return sum;
}

const struct workload churn_workload = {
	.name = "churn",
	.usage = "churn LEAST MOST LIVE COUNT",
	.nargs = 4,
	.setup = setup,
	.run = run,
};
