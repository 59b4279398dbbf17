// SPDX-License-Identifier: MIT
/* roots_test.c - what keeps an object, and what does not */
#include <string.h>

#include "system.h"

enum { SIZE = 48 };

/* In bss, so a root. */
static void *kept[SYS_BATCH];

static void forget(void)
{
	memset(kept, 0, sizeof kept);
}

/* Keep every object of @b by a pointer @offset bytes into it. */
static __attribute__((noinline)) void keep(const struct sys_batch *b,
					   size_t offset)
{
	int i;

	for (i = 0; i < SYS_BATCH; i++)
		kept[i] = (char *)~b->inverse[i] + offset;
}

static __attribute__((noinline)) void **at(uintptr_t inverse)
{
	return (void **)~inverse;
}

KTEST(system_roots, data_keeps_and_lets_go)
{
	struct sys_batch b;

	sys_batch_make(&b, &heap, SIZE, 0);
	keep(&b, 0);
	sys_collect(&heap);
	EXPECT_EQ(sys_batch_live(&heap, &b), SYS_BATCH);
	forget();
	sys_collect(&heap);
	EXPECT(sys_batch_live(&heap, &b) <= SYS_BATCH - SYS_MOST);
}

static void check_interior(size_t offset)
{
	struct sys_batch b;

	sys_batch_make(&b, &heap, SIZE, 0);
	keep(&b, offset);
	sys_collect(&heap);
	EXPECT_EQ(sys_batch_live(&heap, &b), SYS_BATCH);
	forget();
}

KTEST(system_roots, each_byte_of_the_first_word_keeps)
{
	size_t i;

	for (i = 0; i < WORD_SIZE; i++)
		check_interior(i);
}

KTEST(system_roots, each_byte_of_the_last_word_keeps)
{
	size_t i;

	for (i = 1; i <= WORD_SIZE; i++)
		check_interior(SIZE - i);
}

KTEST(system_roots, interior_of_a_large_object_keeps)
{
	uintptr_t inverse[4];
	int i;

	for (i = 0; i < 4; i++) {
		struct sys_batch b;

		sys_batch_make(&b, &heap, 40 * KIB, 0);
		inverse[i] = b.inverse[0];
		kept[i] = (char *)~inverse[i] + i * 13 * KIB + 1;
		sys_collect(&heap);
		EXPECT(sys_batch_live(&heap, &b) <= 1 + SYS_BATCH - SYS_MOST);
	}
	for (i = 0; i < 4; i++)
		EXPECT(sys_is_live(&heap, inverse[i]));
	forget();
}

/* Of a run of objects each second one's end is the next one's start. */
KTEST(system_roots, one_past_the_end_does_not_keep)
{
	const struct kgc_config config = { 0 };
	struct heap *h = sys_heap_new(&config);
	unsigned int even = 0, odd = 0;
	struct sys_batch b;
	int i;

	ASSERT(h);
	sys_batch_make(&b, h, SIZE, 0);
	for (i = 0; i < SYS_BATCH; i += 2) {
		kept[i] = (char *)~b.inverse[i] + SIZE;
		ASSERT_EQ((uintptr_t)kept[i], ~b.inverse[i + 1]);
	}
	sys_collect(h);
	for (i = 0; i < SYS_BATCH; i += 2) {
		even += sys_is_live(h, b.inverse[i]);
		odd += sys_is_live(h, b.inverse[i + 1]);
	}
	EXPECT(even <= 2);
	EXPECT_EQ(odd, SYS_BATCH / 2);
	forget();
	sys_heap_drop(h);
}

KTEST(system_roots, pointers_keep_at_their_alignment_alone)
{
	static struct {
		char byte;
		char words[(SYS_BATCH + 1) * sizeof(void *)];
	} __attribute__((packed, aligned(16))) skewed;
	struct sys_batch b;
	uintptr_t p;
	int i;

	sys_batch_make(&b, &heap, SIZE, 0);
	for (i = 0; i < SYS_BATCH; i++) {
		p = ~b.inverse[i];
		memcpy(skewed.words + i * sizeof p, &p, sizeof p);
	}
	p = 0;
	sys_collect(&heap);
	EXPECT(sys_batch_live(&heap, &b) <= SYS_BATCH - SYS_MOST);
	memset(&skewed, 0, sizeof skewed);
}

/* --- what kgc_add_root() names ------------------------------------------- */

KTEST(system_roots, added_root_keeps_until_removed)
{
	void **room = kgc_host_reserve(PAGE_SIZE, NULL, NULL);
	struct sys_batch b;
	int i;

	ASSERT(room);
	ASSERT_EQ(kgc_host_commit(room, PAGE_SIZE), 0);
	sys_batch_make(&b, &heap, SIZE, 0);
	for (i = 0; i < SYS_BATCH; i++)
		room[i] = (void *)~b.inverse[i];
	ASSERT_EQ(kgc_add_root(room, room + SYS_BATCH), 0);
	sys_collect(&heap);
	EXPECT_EQ(sys_batch_live(&heap, &b), SYS_BATCH);
	kgc_remove_root(room, room + SYS_BATCH - 1); /* no such root */
	sys_collect(&heap);
	EXPECT_EQ(sys_batch_live(&heap, &b), SYS_BATCH);
	kgc_remove_root(room, room + SYS_BATCH);
	sys_collect(&heap);
	EXPECT(sys_batch_live(&heap, &b) <= SYS_BATCH - SYS_MOST);
	kgc_host_release(room, PAGE_SIZE);
}

KTEST(system_roots, part_of_a_range_is_a_root)
{
	void **room = kgc_host_reserve(PAGE_SIZE, NULL, NULL);
	const int half = SYS_BATCH / 2;
	unsigned int n = 0;
	struct sys_batch b;
	int i;

	ASSERT(room);
	ASSERT_EQ(kgc_host_commit(room, PAGE_SIZE), 0);
	sys_batch_make(&b, &heap, SIZE, 0);
	for (i = 0; i < SYS_BATCH; i++)
		room[i] = (void *)~b.inverse[i];
	/* Ends that are not aligned: whole words inside count. */
	ASSERT_EQ(kgc_add_root((char *)(room - 1) + WORD_SIZE,
			       (char *)(room + half) + WORD_SIZE - 1),
		  0);
	sys_collect(&heap);
	for (i = 0; i < SYS_BATCH; i++)
		if (i < half)
			EXPECT(sys_is_live(&heap, b.inverse[i]));
		else
			n += sys_is_live(&heap, b.inverse[i]);
	EXPECT(n <= 4);
	kgc_remove_root((char *)(room - 1) + WORD_SIZE,
			(char *)(room + half) + WORD_SIZE - 1);
	kgc_host_release(room, PAGE_SIZE);
}

/* --- kinds --------------------------------------------------------------- */

/* Have object i of @from point to object i of @to. */
static __attribute__((noinline)) void link(const struct sys_batch *from,
					   const struct sys_batch *to)
{
	int i;

	for (i = 0; i < SYS_BATCH; i++)
		at(from->inverse[i])[1] = (void *)~to->inverse[i];
	sys_clear_stack();
}

static __attribute__((noinline)) void free_all(const struct sys_batch *b)
{
	int i;

	for (i = 0; i < SYS_BATCH; i++)
		kgc_free((void *)~b->inverse[i]);
}

KTEST(system_roots, scanned_objects_keep_others)
{
	struct sys_batch a, b;

	sys_batch_make(&a, &heap, SIZE, 0);
	sys_batch_make(&b, &heap, SIZE, 0);
	link(&a, &b);
	keep(&a, 0);
	sys_collect(&heap);
	EXPECT_EQ(sys_batch_live(&heap, &b), SYS_BATCH);
	forget();
	sys_collect(&heap);
	EXPECT(sys_batch_live(&heap, &b) <= SYS_BATCH - SYS_MOST);
}

KTEST(system_roots, noscan_never_keeps)
{
	struct sys_batch a, b;

	sys_batch_make(&a, &heap, SIZE, KGC_NOSCAN);
	sys_batch_make(&b, &heap, SIZE, 0);
	link(&a, &b);
	keep(&a, 0);
	sys_collect(&heap);
	EXPECT_EQ(sys_batch_live(&heap, &a), SYS_BATCH);
	EXPECT(sys_batch_live(&heap, &b) <= SYS_BATCH - SYS_MOST);
	forget();
}

KTEST(system_roots, uncollectable_keeps_and_stays)
{
	struct sys_batch a, b;

	sys_batch_make(&a, &heap, SIZE, KGC_UNCOLLECTABLE);
	sys_batch_make(&b, &heap, SIZE, 0);
	link(&a, &b);
	sys_collect(&heap);
	sys_collect(&heap);
	EXPECT_EQ(sys_batch_live(&heap, &a), SYS_BATCH);
	EXPECT_EQ(sys_batch_live(&heap, &b), SYS_BATCH);
	free_all(&a);
	sys_collect(&heap);
	EXPECT(sys_batch_live(&heap, &b) <= SYS_BATCH - SYS_MOST);
}

KTEST(system_roots, uncollectable_noscan_stays_and_keeps_nothing)
{
	struct sys_batch a, b;

	sys_batch_make(&a, &heap, SIZE, KGC_UNCOLLECTABLE | KGC_NOSCAN);
	sys_batch_make(&b, &heap, SIZE, 0);
	link(&a, &b);
	sys_collect(&heap);
	EXPECT_EQ(sys_batch_live(&heap, &a), SYS_BATCH);
	EXPECT(sys_batch_live(&heap, &b) <= SYS_BATCH - SYS_MOST);
	free_all(&a);
}

KTEST(system_roots, nogc_stays_and_keeps_nothing)
{
	struct sys_batch a, b;
	int i;

	sys_batch_make(&a, &heap, SIZE, KGC_NOGC);
	sys_batch_make(&b, &heap, SIZE, 0);
	link(&a, &b);
	sys_collect(&heap);
	sys_collect(&heap);
	EXPECT(sys_batch_live(&heap, &b) <= SYS_BATCH - SYS_MOST);
	/* kgc_free() panics on what is not allocated. */
	for (i = 0; i < SYS_BATCH; i++)
		EXPECT_EQ((uintptr_t)at(a.inverse[i])[1], ~b.inverse[i]);
	free_all(&a);
	EXPECT_EQ(kgc_check(), 0);
}

/* --- the seed's mistake, number 1 ---------------------------------------- */

/* Bits of the two old blocks inside the new one would stop the search. */
KTEST(system_roots, interior_pointer_over_two_old_blocks)
{
	const struct kgc_config config = { 0 };
	struct heap *h = sys_heap_new(&config);
	char *a, *b, *c;

	ASSERT(h);
	a = heap_alloc(h, 40 * KIB, 0);
	b = heap_alloc(h, 40 * KIB, 0);
	ASSERT(a && b);
	EXPECT_EQ(a > b ? a - b : b - a, 40 * KIB);
	heap_free(h, a);
	heap_free(h, b);
	c = heap_alloc(h, 80 * KIB, 0);
	ASSERT(c == MIN(a, b));
	c[60 * KIB] = 7;
	kept[0] = c + 60 * KIB;
	c = a = b = NULL;
	sys_collect(h);
	a = kept[0];
	EXPECT(sys_is_live(h, ~(uintptr_t)(a - 60 * KIB)));
	EXPECT_EQ(*a, 7);
	EXPECT_EQ(sys_faults(h), 0);
	forget();
	sys_heap_drop(h);
}

/* The same with small objects that were in the pages before. */
KTEST(system_roots, interior_pointer_over_old_small_blocks)
{
	const struct kgc_config config = { 0 };
	struct heap *h = sys_heap_new(&config);
	static char *small[2048];
	char *large;
	int i;

	ASSERT(h);
	for (i = 0; i < 2048; i++)
		small[i] = heap_alloc(h, 64, 0);
	for (i = 0; i < 2048; i++)
		heap_free(h, small[i]);
	memset(small, 0, sizeof small);
	sys_collect(h);
	large = heap_alloc(h, 120 * KIB, 0);
	ASSERT(large);
	kept[0] = large + 64 * 1000;
	large = NULL;
	sys_collect(h);
	large = kept[0];
	EXPECT(sys_is_live(h, ~(uintptr_t)(large - 64 * 1000)));
	EXPECT_EQ(sys_faults(h), 0);
	forget();
	sys_heap_drop(h);
}
