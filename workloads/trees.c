// SPDX-License-Identifier: MIT
/*
 * trees.c - short- and long-lived binary trees
 *
 * One tree a level deeper than the rest is made and let go; one of the full
 * depth lives to the end; meanwhile many trees of depths from LEAST up, each
 * step two deeper and a quarter as many, come and go.  Every tree is counted
 * when it is done with, so a node that was freed too early shows as a wrong
 * count or as a fault.  Nodes are two pointers and nothing else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <kgc/kgc.h>
#include "internal.h"

enum {
	LEAST = 4,
	DEFAULT_DEPTH = 14,
	MOST = 24, /* 2^25 nodes in the deepest: 512 MiB on 64 bits */
};

struct node {
	struct node *left, *right;
};

struct trees {
	uint32_t nodes; /* made so far */
	bool failed;	/* no memory */
	bool wrong;	/* a count that is not 2^(depth + 1) - 1 */
};

/* NULL and t->failed if there is no memory. */
static struct node *tree_make(struct trees *t, int depth)
{
	struct node *n = t->failed ? NULL : kgc_alloc(sizeof(*n), 0);

	if (!n) {
		t->failed = true;
		return NULL;
	}
	t->nodes++;
	if (depth) {
		n->left = tree_make(t, depth - 1);
		n->right = tree_make(t, depth - 1);
	}
	return n;
}

static uint32_t tree_count(const struct node *n)
{
	return n ? 1 + tree_count(n->left) + tree_count(n->right) : 0;
}

/* Count @n and say so when the count is wrong. */
static uint32_t tree_check(struct trees *t, const struct node *n, int depth)
{
	uint32_t count = tree_count(n);

	if (!t->failed && count != ((uint32_t)2 << depth) - 1)
		t->wrong = true;
	return count;
}

static void trees_short(struct trees *t, int depth, uint32_t rounds)
{
	unsigned long long sum = 0;

	for (uint32_t i = 0; i < rounds && !t->failed; i++)
		sum += tree_check(t, tree_make(t, depth), depth);
	if (!t->failed)
		printf("trees: %u of depth %d, %llu nodes\n", (unsigned)rounds,
		       depth, sum);
}

static void trees_all(struct trees *t, int depth)
{
	struct node *lasting;
	uint32_t count;

	count = tree_check(t, tree_make(t, depth + 1), depth + 1);
	if (t->failed)
		return;
	printf("trees: stretched to depth %d, %u nodes\n", depth + 1,
	       (unsigned)count);
	lasting = tree_make(t, depth);
	for (int d = LEAST; d <= depth && !t->failed; d += 2)
		trees_short(t, d, (uint32_t)1 << (depth - d + LEAST));
	count = tree_check(t, lasting, depth);
	if (!t->failed)
		printf("trees: lasting of depth %d, %u nodes\n", depth,
		       (unsigned)count);
}

int trees_run(const char *argument)
{
	struct trees t = { .nodes = 0 };
	char *end = NULL;
	long depth = argument ? strtol(argument, &end, 10) : DEFAULT_DEPTH;
	char name[16];

	if ((argument && *end) || depth < 1 || depth > MOST) {
		printf("trees %s: bad: depth is a number from 1 to %d\n",
		       argument, MOST);
		return 1;
	}
	trees_all(&t, (int)depth);
	snprintf(name, sizeof(name), "%ld", depth);
	if (t.failed)
		return workload_no_memory("trees", name, t.nodes, "nodes");
	printf("trees %s: %s\n", name, t.wrong ? "MISMATCH" : "ok");
	return t.wrong;
}
