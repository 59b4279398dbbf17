// SPDX-License-Identifier: MIT
/*
 * marklist_test.c - whatever the length of the mark list, all is scanned
 *
 * The graphs are compared with a walk of the test's own.
 */
#include "own.h"

static void *roots[8];
OWN_CLEARS(roots)

static void collect_roots(void)
{
	own_collect(roots, roots + 8);
	memset(roots, 0, sizeof(roots));
}

static bool open_list(size_t entries)
{
	memset(roots, 0, sizeof(roots));
	return OWN_OPEN(.heap_reserve = 16 * MIB, .percent = -1,
			.mark_entries = entries,
			.profile_rate = KGC_PROFILE_OFF);
}

/* Words all over a large object are followed, chunk by chunk. */
static void large_object(size_t entries)
{
	enum { SIZE = 1 << 20, STEP = 60000 };
	char *large;
	void **small;
	size_t at, n = 0;

	ASSERT(open_list(entries));
	large = heap_alloc(&own, SIZE, 0);
	ASSERT(large);
	for (at = 0; at < SIZE; at += STEP, n++) {
		small = heap_alloc(&own, 32, 0);
		*small = heap_alloc(&own, 32, 0);
		*(void **)(large + at) = small;
	}
	*(void **)(large + SIZE - WORD_SIZE) = heap_alloc(&own, 32, 0);
	roots[1] = large + SIZE / 2;
	collect_roots();
	EXPECT_EQ(own_objects(), 2 * n + 2);
	for (at = 0; at < SIZE; at += STEP)
		EXPECT(own_has(*(void **)(large + at)));
	EXPECT(own_has(*(void **)(large + SIZE - WORD_SIZE)));
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_marklist, large_object_is_scanned_whole)
{
	large_object(0);
}

KTEST(mm_marklist, large_object_is_scanned_whole_by_short_list)
{
	large_object(1);
}

KTEST(mm_marklist, long_list_needs_no_long_mark_list)
{
	enum { N = 20000 };
	void **p, *last = NULL;
	int i;

	ASSERT(open_list(64));
	for (i = 0; i < N; i++) {
		p = heap_alloc(&own, 16, 0);
		ASSERT(p);
		*p = last;
		last = p;
	}
	roots[0] = last;
	collect_roots();
	EXPECT_EQ(own_objects(), N);
	collect_roots();
	EXPECT_EQ(own_objects(), 0);
	EXPECT_EQ(own.pageheap.inuse, 0);
	EXPECT_SOUND();
	own_close();
}

/* --- random graphs ------------------------------------------------------- */

enum { NODES = 1500, EDGES = 6 };
static struct {
	void **p;
	uint16_t to[EDGES]; /* NODES: none */
	bool scan, reached;
} node[NODES];
OWN_CLEARS(node)
static uint16_t stack[NODES];

static bool make_graph(void)
{
	static const uint16_t sizes[] = { 64, 80, 200, 1000, 3000 };
	unsigned int i, k, size;

	for (i = 0; i < NODES; i++) {
		size = sizes[ktest_random() % 50 ? ktest_random() % 3
						 : 3 + ktest_random() % 2];
		if (i % 500 == 0)
			size = 50000;
		node[i].scan = ktest_random() % 8;
		node[i].reached = false;
		node[i].p =
			heap_alloc(&own, size, node[i].scan ? 0 : KGC_NOSCAN);
		if (!node[i].p)
			return false;
		for (k = 0; k < EDGES; k++)
			node[i].to[k] = NODES;
	}
	for (i = 0; i < NODES * 3 / 2; i++)
		node[ktest_random() % NODES].to[ktest_random() % EDGES] =
			ktest_random() % NODES;
	for (i = 0; i < NODES; i++)
		for (k = 0; k < EDGES; k++)
			if (node[i].to[k] < NODES)
				node[i].p[k] = (char *)node[node[i].to[k]].p +
					       ktest_random() % 64;
	return true;
}

/* Reach node @i and what it leads to; returns how many are new. */
static size_t reach(unsigned int i)
{
	unsigned int n = 0, k;
	size_t count = 0;

	if (!node[i].reached)
		stack[n++] = i;
	node[i].reached = true;
	while (n) {
		i = stack[--n];
		count++;
		for (k = 0; node[i].scan && k < EDGES; k++) {
			const unsigned int to = node[i].to[k];

			if (to < NODES && !node[to].reached) {
				node[to].reached = true;
				stack[n++] = to;
			}
		}
	}
	return count;
}

static void random_graph(size_t entries)
{
	size_t count = 0, wrong = 0;
	unsigned int i, k;

	ASSERT(open_list(entries));
	ASSERT(make_graph());
	for (k = 0; k < 5; k++) {
		i = ktest_random() % NODES;
		roots[k] = node[i].p;
		count += reach(i);
	}
	collect_roots();
	EXPECT_EQ(own_objects(), count);
	for (i = 0; i < NODES; i++)
		wrong += own_has(node[i].p) != node[i].reached;
	EXPECT_EQ(wrong, 0);
	EXPECT(!own.marker.pending);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_marklist, random_graph_by_full_list)
{
	random_graph(0);
}

/* About a batch: now there is room for what it found, now there is not. */
KTEST(mm_marklist, random_graph_by_300_entries)
{
	random_graph(300);
}

KTEST(mm_marklist, random_graph_by_64_entries)
{
	random_graph(64);
}

KTEST(mm_marklist, random_graph_by_one_entry)
{
	random_graph(1);
}
