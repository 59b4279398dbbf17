// SPDX-License-Identifier: MIT
/* root_test.c - which ranges the collector is shown */
#include "own.h"

/* What the visitor looks for, and how often it was shown. */
static struct {
	const char *lo, *hi;
	const void *owner;
	enum kgc_root kind;
	unsigned int exact, touching, all;
} sought;

static void look(const void *lo, const void *hi, enum kgc_root kind,
		 const void *owner, void *arg)
{
	sought.all++;
	if ((const char *)lo < sought.hi && (const char *)hi > sought.lo)
		sought.touching++;
	if (lo != sought.lo || hi != sought.hi)
		return;
	sought.exact++;
	sought.kind = kind;
	sought.owner = owner;
}

static void visit(struct heap *h, const void *lo, const void *hi)
{
	memset(&sought, 0, sizeof(sought));
	sought.lo = lo;
	sought.hi = hi;
	heap_stop(h);
	cache_flush_all(h);
	root_visit(h, look, NULL);
	kgc_host_start_world();
}

KTEST(mm_root, heap_itself_is_left_out)
{
	visit(&heap, &heap, &heap + 1);
	EXPECT(sought.all > 0);
	EXPECT_EQ(sought.touching, 0);
}

KTEST(mm_root, data_and_stack_are_shown)
{
	static int datum = 1;
	int local = 1;

	visit(&heap, &datum, &datum + 1);
	EXPECT(sought.touching > 0);
	visit(&heap, &local, &local + 1);
	EXPECT(sought.touching > 0);
}

KTEST(mm_root, added_range_is_shown_until_removed)
{
	struct region r;
	char *p, *q;

	ASSERT(region_init(&r, PAGE_SIZE) && region_grow(&r, PAGE_SIZE));
	p = r.base + 3;
	q = r.base + 77;
	EXPECT_EQ(kgc_add_root(p, q), 0);
	visit(&heap, p, q);
	EXPECT_EQ(sought.exact, 1);
	EXPECT_EQ(sought.touching, 1);
	EXPECT_EQ(sought.kind, KGC_ROOT_DATA);
	EXPECT_EQ(kgc_add_root(p, q), 0);
	EXPECT_EQ(kgc_add_root(q, q + 8), 0);
	visit(&heap, p, q);
	EXPECT_EQ(sought.exact, 2);
	kgc_remove_root(p, q + 1); /* not these bounds */
	kgc_remove_root(p, q);
	visit(&heap, p, q);
	EXPECT_EQ(sought.exact, 1);
	kgc_remove_root(p, q);
	kgc_remove_root(p, q);
	visit(&heap, p, q);
	EXPECT_EQ(sought.touching, 0);
	kgc_remove_root(q, q + 8);
	kgc_host_release(r.base, r.size);
}

/* Of its own, so that no address stays in a register. */
static __attribute__((noinline)) void fill(uintptr_t *hidden, void **root)
{
	int i;

	for (i = 0; i < 8; i++) {
		root[i] = kgc_alloc(48, 0);
		hidden[i] = ~(uintptr_t)root[i];
	}
}

KTEST(mm_root, added_range_keeps_objects)
{
	static uintptr_t hidden[8];
	struct region r;
	void **root;
	int i;

	ASSERT(region_init(&r, PAGE_SIZE) && region_grow(&r, PAGE_SIZE));
	root = (void **)r.base;
	EXPECT_EQ(kgc_add_root(root, root + 8), 0);
	fill(hidden, root);
	kgc_collect();
	for (i = 0; i < 8; i++)
		EXPECT(kgc_lookup((void *)~hidden[i], NULL) == root[i]);
	kgc_remove_root(root, root + 8);
	EXPECT_EQ(kgc_check(), 0);
	kgc_host_release(r.base, r.size);
}

KTEST(mm_root, no_memory_for_a_record)
{
	struct fixalloc *records = &heap.roots.records;
	struct fixobj *const free = records->free;
	const size_t used = heap.meta.used;
	static int datum;
	int err;

	kgc_host_pin(); /* nobody else asks for metadata meanwhile */
	records->free = NULL;
	records->left = 0; /* what its chunk had left is lost */
	heap.meta.used = heap.meta.region.size;
	hostctl_fail_commit(1);
	err = kgc_add_root(&datum, &datum + 1);
	hostctl_fail_commit(0);
	heap.meta.used = used;
	EXPECT_EQ(records->left, 0);
	records->free = free;
	kgc_host_unpin();
	EXPECT_EQ(err, -KGC_ENOMEM);
	visit(&heap, &datum, &datum + 1);
	EXPECT_EQ(sought.exact, 0);
}

KTEST(mm_root, scanned_uncollectable_objects_are_shown)
{
	char *a, *b, *c;

	ASSERT(own_open(NULL));
	a = heap_alloc(&own, 200, KGC_UNCOLLECTABLE);
	b = heap_alloc(&own, 200, KGC_UNCOLLECTABLE | KGC_NOSCAN);
	c = heap_alloc(&own, 50000, KGC_UNCOLLECTABLE);
	visit(&own, a, a + 208);
	EXPECT_EQ(sought.exact, 1);
	EXPECT_EQ(sought.kind, KGC_ROOT_HEAP);
	EXPECT(sought.owner == a);
	visit(&own, b, b + 208);
	EXPECT_EQ(sought.touching, 0);
	visit(&own, c, c + round_up(50000, PAGE_SIZE));
	EXPECT_EQ(sought.exact, 1);
	heap_free(&own, a);
	visit(&own, a, a + 208);
	EXPECT_EQ(sought.touching, 0);
	own_close();
}

KTEST(mm_root, excluded_range_is_cut_out)
{
	static char data[4096] = { 1 }; /* for good: nobody else's */

	visit(&heap, data, data + sizeof(data));
	EXPECT(sought.touching > 0);
	EXPECT_EQ(kgc_exclude_root(data + 64, data + 128), 0);
	EXPECT_EQ(kgc_exclude_root(data + 100, data + 1000), 0);
	EXPECT_EQ(kgc_exclude_root(data + 2000, data + sizeof(data)), 0);
	visit(&heap, data + 64, data + 1000);
	EXPECT_EQ(sought.touching, 0);
	visit(&heap, data + 2000, data + sizeof(data));
	EXPECT_EQ(sought.touching, 0);
	visit(&heap, data + 1000, data + 2000);
	EXPECT_EQ(sought.touching, 1);
	visit(&heap, data, data + 64);
	EXPECT_EQ(sought.touching, 1);
}

/* The stack of a collection is bounded, and the number of ranges is not. */
KTEST(mm_root, many_excluded_ranges)
{
	enum { MANY = 1000, STEP = 32 };
	static char data[MANY * STEP] = { 1 };
	int i;

	for (i = 0; i < MANY; i++)
		ASSERT(!kgc_exclude_root(data + i * STEP, data + i * STEP + 8));
	kgc_collect();
	visit(&heap, data, data + sizeof(data));
	EXPECT(sought.touching >= MANY);
	for (i = 0; i < MANY; i += 99) {
		visit(&heap, data + i * STEP, data + i * STEP + 8);
		EXPECT_EQ(sought.touching, 0);
	}
	visit(&heap, data + 8, data + STEP);
	EXPECT_EQ(sought.exact, 1);
	for (i = 0; i < MANY; i++)
		kgc_include_root(data + i * STEP, data + i * STEP + 8);
}
