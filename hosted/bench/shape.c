// SPDX-License-Identifier: MIT
/*
 * shape.c - a full collection of objects in one shape
 *
 *	random		32 bytes, four pointers anywhere; what the first object
 *			does not reach is dead
 *	list, tree	32 bytes, one or four pointers, in order of allocation
 *	list-shuffled, tree-shuffled	as above, in random order
 *	deep		a list with a leaf at each node, the list first
 *	mix		64 bytes in a binary tree, each with a pointer anywhere
 *			and with a leaf of 192 bytes without pointers
 *	arrays		the same, the leaf of 64 KiB
 *
 * An object's pointers are a function of its number, so the sum of the check
 * needs no second graph.  root[0] is the only root.
 */
#include <string.h>
#include "bench.h"
#include "heap.h"
#include "peer.h"

enum { SAMPLE = 64, DEGREE = 4 };
#define NONE UINT64_MAX

struct shape {
	const char *name;
	size_t size, leaf;
	bool shuffled;
	/* Number of what pointer @k of object @i refers to, or NONE. */
	uint64_t (*target)(uint64_t i, unsigned int k);
};

static const struct shape *shape;
static uint64_t count;
static void **addr, **root;
static uint32_t *place; /* by number in the shape: number in order of memory */
static unsigned char *dead;

static uint64_t anywhere(uint64_t i, unsigned int k)
{
	uint64_t state = i * DEGREE + k;

	return bench_random(&state) % count;
}

static uint64_t within(uint64_t i)
{
	return i < count ? i : NONE;
}

static uint64_t list_target(uint64_t i, unsigned int k)
{
	return k ? NONE : within(i + 1);
}

static uint64_t tree_target(uint64_t i, unsigned int k)
{
	return within(i * DEGREE + k + 1);
}

/* Even ones are the list. */
static uint64_t deep_target(uint64_t i, unsigned int k)
{
	return k > 1 || i % 2 ? NONE : within(i + 2 - k);
}

static uint64_t mix_target(uint64_t i, unsigned int k)
{
	return k == 2 ? anywhere(i, k) : k > 2 ? NONE : within(2 * i + k + 1);
}

static const struct shape shapes[] = {
	{ "random", 32, 0, false, anywhere },
	{ "list", 32, 0, false, list_target },
	{ "list-shuffled", 32, 0, true, list_target },
	{ "tree", 32, 0, false, tree_target },
	{ "tree-shuffled", 32, 0, true, tree_target },
	{ "deep", 32, 0, false, deep_target },
	{ "mix", 64, 192, false, mix_target },
	{ "arrays", 64, 65536, false, mix_target },
};

static void shuffle(void)
{
	uint64_t state = 1;

	for (uint64_t i = 0; i < count; i++)
		place[i] = (uint32_t)i;
	for (uint64_t i = count - 1; shape->shuffled && i > 0; i--) {
		uint64_t j = bench_random(&state) % (i + 1);
		uint32_t other = place[j];

		place[j] = place[i];
		place[i] = other;
	}
}

static __attribute__((noinline)) void shape_place(void)
{
	for (uint64_t i = 0; i < count; i++) {
		void **p = peer_alloc(shape->size);
		void *leaf = shape->leaf ? peer_noscan(shape->leaf) : NULL;

		if (!p || (shape->leaf && !leaf))
			die("shape", "no memory");
		addr[i] = p;
		p[DEGREE - 1] = leaf;
		if (leaf)
			memset(leaf, 1, shape->leaf);
	}
}

static __attribute__((noinline)) void shape_connect(void)
{
	for (uint64_t i = 0; i < count; i++) {
		void **p = addr[place[i]];

		for (unsigned int k = 0; k < DEGREE; k++) {
			uint64_t to = shape->target(i, k);

			if (to != NONE)
				p[k] = addr[place[to]];
		}
	}
	root[0] = addr[place[0]];
}

/* Of a random graph some objects are not reached. */
static uint64_t search(void)
{
	uint32_t *queue;
	uint64_t n = 0;

	if (shape->target != anywhere)
		return count;
	queue = table_alloc(count, 4);
	memset(dead, 1, count);
	dead[0] = 0;
	queue[n++] = 0;
	for (uint64_t done = 0; done < n; done++) {
		for (unsigned int k = 0; k < DEGREE; k++) {
			uint64_t to = shape->target(queue[done], k);

			if (dead[to])
				queue[n++] = (uint32_t)to;
			dead[to] = 0;
		}
	}
	return n;
}

static void setup(char **args)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		if (!strcmp(shapes[i].name, args[0]))
			shape = &shapes[i];
	}
	count = number(args[1]);
	if (!shape || !count || count > UINT32_MAX)
		die(args[0], "no such shape, or none of it");
	addr = table_alloc(count, sizeof(void *));
	place = table_alloc(count, 4);
	dead = table_alloc(count, 1);
	root = heap_roots(1);
	shuffle();
	heap_collector(false);
	shape_place();
	shape_connect();
	heap_collector(true);
	figures.ops = search() * (shape->leaf ? 2 : 1);
	figures.bytes = count * (shape->size + shape->leaf);
}

static uint64_t run(void)
{
	heap_collect(&figures.times);
	return 0;
}

static uint64_t check(void)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < count; i += SAMPLE) {
		void **p = addr[place[i]];

		for (unsigned int k = 0; !dead[i] && k < DEGREE; k++) {
			uint64_t to = shape->target(i, k);

			sum += to != NONE && p[k] == addr[place[to]] ? i + k
								     : 0;
		}
	}
	return sum;
}

const struct workload shape_workload = {
	.name = "shape",
	.usage = "shape NAME COUNT",
	.nargs = 2,
	.setup = setup,
	.run = run,
	.check = check,
};
