// SPDX-License-Identifier: MIT
/*
 * big_test.c - shapes that make a marker recurse, or its list overflow
 *
 * A list as long as memory allows, a wide array, a deep tree; and all shapes
 * again with a mark list so short that it overflows all the time.
 */
#include <string.h>

#include "system.h"

struct node {
	struct node *next, *other;
	uintptr_t value, index;
};

static void *root[4]; /* in bss */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#else
#define SANITIZED false
#endif

static bool is_roomy(void)
{
	return !SANITIZED && sizeof(void *) == 8 &&
	       strcmp(hostctl_name(), "kernel");
}

static uintptr_t mixed(uintptr_t n)
{
	return n * 2654435761u + 12345;
}

/* --- alone --------------------------------------------------------------- */

/* Build a list from its end, so that its head alone is held. */
static size_t build_list(struct heap *h, size_t n, size_t size)
{
	struct node *node;
	size_t i;

	root[0] = NULL;
	for (i = 0; i < n; i++) {
		node = heap_alloc(h, size, 0);
		if (!node)
			break;
		node->next = root[0];
		node->value = mixed(i);
		root[0] = node;
	}
	return i;
}

static size_t check_list(size_t n)
{
	const struct node *node = root[0];

	for (; node && node->value == mixed(n - 1); node = node->next)
		n--;
	return node ? (size_t)-1 : n;
}

KTEST(system_big, list_of_all_memory)
{
	const size_t bytes = (is_roomy() ? 300 : 64) * MIB;
	const struct kgc_config config = {
		.heap_reserve = bytes + bytes / 4,
	};
	struct heap *h = sys_heap_new(&config);
	uint64_t objects, live;
	struct totals t;
	size_t n;

	if (!h) {
		ktest_skip("no address space");
		return;
	}
	n = build_list(h, bytes / 64, 64);
	if (n < bytes / 64) {
		root[0] = NULL;
		sys_heap_drop(h);
		ktest_skip("not enough memory");
		return;
	}
	sys_collect(h);
	EXPECT_EQ(check_list(n), 0);
	stats_totals(h, &t);
	objects = t.nmalloc - t.nfree;
	EXPECT(objects >= n && objects < n + 100);
	root[0] = NULL;
	sys_collect(h);
	stats_totals(h, &t);
	live = t.nmalloc - t.nfree;
	/* One stale address in the middle keeps all behind it. */
	EXPECT(live < n);
	sys_heap_drop(h);
}

KTEST(system_big, array_of_a_million_pointers)
{
	const size_t n = 1000000;
	const struct kgc_config config = { .heap_reserve = 64 * MIB };
	struct heap *h = sys_heap_new(&config);
	uintptr_t **a;
	size_t i, bad = 0;

	ASSERT(h);
	root[0] = a = heap_alloc(h, n * sizeof *a, 0);
	ASSERT(a);
	for (i = 0; i < n; i++) {
		a[i] = heap_alloc(h, 16, 0);
		if (!a[i])
			break;
		*a[i] = mixed(i);
	}
	EXPECT_EQ(i, n);
	sys_collect(h);
	while (i-- > 0)
		bad += *a[i] != mixed(i);
	EXPECT_EQ(bad, 0);
	root[0] = NULL;
	sys_heap_drop(h);
}

/* Node i of a heap-ordered tree of @n nodes; the stack is the depth. */
static struct node *build_tree(struct heap *h, size_t i, size_t n)
{
	struct node *node;

	if (i >= n)
		return NULL;
	node = heap_alloc(h, sizeof *node, 0);
	if (!node)
		return NULL;
	node->value = mixed(i);
	node->next = build_tree(h, 2 * i + 1, n);
	node->other = build_tree(h, 2 * i + 2, n);
	return node;
}

static size_t check_tree(const struct node *node, size_t i, size_t n)
{
	if (i >= n)
		return node != NULL;
	if (!node || node->value != mixed(i))
		return 1;
	return check_tree(node->next, 2 * i + 1, n) +
	       check_tree(node->other, 2 * i + 2, n);
}

KTEST(system_big, deep_tree)
{
	const size_t n = (1 << 17) - 1;
	const struct kgc_config config = { .heap_reserve = 32 * MIB };
	struct heap *h = sys_heap_new(&config);

	ASSERT(h);
	root[0] = build_tree(h, 0, n);
	sys_collect(h);
	EXPECT_EQ(check_tree(root[0], 0, n), 0);
	root[0] = NULL;
	sys_heap_drop(h);
}

/* --- with a short mark list ---------------------------------------------- */

enum { NGRAPH = 8000, NGARBAGE = 8000, NLIST = 20000, NWIDE = 20000 };

/* Garbage between what lives, each object alone: n of them. */
static __attribute__((noinline)) void make_garbage(struct heap *h, int n)
{
	struct node *node;

	for (; n > 0; n--) {
		node = heap_alloc(h, sizeof *node, 0);
		if (node)
			node->value = ~mixed(n);
	}
}

/* A list, each node of which also points to any other. */
static __attribute__((noinline)) void build_graph(struct heap *h)
{
	struct node **all = heap_alloc(h, NGRAPH * sizeof *all, 0);
	int i, k;

	root[0] = all;
	for (i = 0; i < NGRAPH; i++) {
		all[i] = heap_alloc(h, sizeof(struct node) + i % 100, 0);
		all[i]->value = mixed(i);
		make_garbage(h, NGARBAGE / NGRAPH);
	}
	for (i = 0; i < NGRAPH; i++) {
		k = ktest_random() % NGRAPH;
		/* Not always to the first byte. */
		all[i]->other = (void *)((char *)all[k] + k % 16);
		all[i]->index = k;
		/* All are reachable from the last. */
		all[i]->next = i ? all[i - 1] : NULL;
	}
	root[0] = all[NGRAPH - 1];
	memset(all, 0, NGRAPH * sizeof *all);
}

static size_t check_graph(void)
{
	const struct node *n = root[0], *other;
	size_t bad = 0;
	int i;

	for (i = NGRAPH - 1; i >= 0; i--) {
		other = (void *)((uintptr_t)n->other & ~(uintptr_t)15);
		bad += n->value != mixed(i);
		bad += other->value != mixed(n->index);
		n = n->next;
	}
	return bad;
}

static __attribute__((noinline)) void build_wide(struct heap *h)
{
	uintptr_t **a = heap_alloc(h, NWIDE * sizeof *a, 0);
	int i;

	root[1] = a;
	for (i = 0; i < NWIDE; i++) {
		a[i] = heap_alloc(h, 32, i % 2 ? KGC_NOSCAN : 0);
		*a[i] = i;
		make_garbage(h, i % 2);
	}
}

static size_t check_wide(void)
{
	uintptr_t **a = root[1];
	size_t bad = 0;
	int i;

	for (i = 0; i < NWIDE; i++)
		bad += *a[i] != (uintptr_t)i;
	return bad;
}

/* Objects that live, of which but a few are garbage; 0 if it went wrong. */
static uint64_t live_with(size_t mark_entries)
{
	const struct kgc_config config = { .mark_entries = mark_entries };
	struct heap *h = sys_heap_new(&config);
	struct totals t;

	if (!EXPECT(h))
		return 0;
	build_graph(h);
	build_wide(h);
	sys_collect(h);
	sys_collect(h);
	EXPECT_EQ(check_graph(), 0);
	EXPECT_EQ(check_wide(), 0);
	stats_totals(h, &t);
	root[1] = NULL;
	build_list(h, NLIST, 64);
	sys_collect(h);
	EXPECT_EQ(check_list(NLIST), 0);
	EXPECT_EQ(sys_faults(h), 0);
	memset(root, 0, sizeof root);
	sys_heap_drop(h);
	return t.nmalloc - t.nfree;
}

KTEST(system_big, a_short_mark_list_marks_the_same)
{
	static const size_t entries[] = { 0, 64, 1, 16 };
	const uint64_t exact = NGRAPH + NWIDE + 1;
	size_t i;

	for (i = 0; i < sizeof entries / sizeof *entries; i++) {
		const uint64_t n = live_with(entries[i]);

		EXPECT(n >= exact);
		EXPECT(n <= exact + 40);
	}
}

KTEST(system_big, a_short_mark_list_and_a_deep_tree)
{
	const size_t n = (1 << 14) - 1;
	const struct kgc_config config = { .mark_entries = 64 };
	struct heap *h = sys_heap_new(&config);

	ASSERT(h);
	root[0] = build_tree(h, 0, n);
	sys_collect(h);
	EXPECT_EQ(check_tree(root[0], 0, n), 0);
	EXPECT_EQ(sys_faults(h), 0);
	root[0] = NULL;
	sys_heap_drop(h);
}

/* Large objects go on the list in pieces, if there is room for the rest. */
KTEST(system_big, a_short_mark_list_and_large_objects)
{
	const struct kgc_config config = { .mark_entries = 2 };
	struct heap *h = sys_heap_new(&config);
	const size_t words = MIB / sizeof(void *);
	uintptr_t **a[3];
	size_t i, k;

	ASSERT(h);
	for (k = 0; k < 3; k++) {
		root[k] = a[k] = heap_alloc(h, MIB, 0);
		ASSERT(a[k]);
		for (i = 0; i < words; i += 1000) {
			a[k][i] = heap_alloc(h, 64, 0);
			*a[k][i] = i;
		}
	}
	sys_collect(h);
	for (k = 0; k < 3; k++)
		for (i = 0; i < words; i += 1000)
			EXPECT_EQ(*a[k][i], i);
	EXPECT_EQ(sys_faults(h), 0);
	memset(root, 0, sizeof root);
	sys_heap_drop(h);
}
