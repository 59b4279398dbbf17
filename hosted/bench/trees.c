// SPDX-License-Identifier: MIT
/*
 * trees.c - short- and long-lived binary trees of two pointers a node
 *
 * As the workload of that name: one tree a level deeper than the rest, one that
 * lives to the end, and many of depths from LEAST up that come and go.  The sum
 * is that of the nodes counted.
 */
#include "bench.h"
#include "peer.h"

enum { LEAST = 4 };

struct node {
	struct node *left, *right;
};

static int depth;

static struct node *tree_make(int d)
{
	struct node *n = peer_alloc(sizeof(*n));

	if (!n)
		die("trees", "no memory");
	n->left = d ? tree_make(d - 1) : NULL;
	n->right = d ? tree_make(d - 1) : NULL;
	return n;
}

static uint64_t tree_count(const struct node *n)
{
	return n ? 1 + tree_count(n->left) + tree_count(n->right) : 0;
}

static void tree_free(struct node *n)
{
	if (!n)
		return;
	tree_free(n->left);
	tree_free(n->right);
	peer_free(n);
}

static uint64_t tree_done(struct node *n)
{
	uint64_t count = tree_count(n);

	if (PEER_MANUAL)
		tree_free(n);
	return count;
}

static void setup(char **args)
{
	depth = (int)number(args[0]);
	figures.bytes = ((uint64_t)4 << depth) * sizeof(struct node);
	peak_start();
}

static uint64_t run(void)
{
	uint64_t sum = tree_done(tree_make(depth + 1));
	struct node *lasting = tree_make(depth);

	for (int d = LEAST; d <= depth; d += 2) {
		for (int i = 0; i < 1 << (depth - d + LEAST); i++)
			sum += tree_done(tree_make(d));
	}
	sum += tree_done(lasting);
	figures.ops = sum;
	return sum;
}

const struct workload trees_workload = {
	.name = "trees",
	.usage = "trees DEPTH",
	.nargs = 1,
	.setup = setup,
	.run = run,
};
