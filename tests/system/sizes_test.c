// SPDX-License-Identifier: MIT
/* sizes_test.c - sizes at the ends, alignment, and what memory holds at first
 */
#include <stdint.h>
#include <string.h>

#include "system.h"

static bool is_zero(const char *p, size_t n)
{
	while (n && !*p) {
		p++;
		n--;
	}
	return !n;
}

KTEST(system_sizes, zero_is_one_byte)
{
	char *p = kgc_alloc(0, 0), *q = kgc_alloc(0, 0);
	size_t size = 0;

	ASSERT(p && q);
	EXPECT(p != q);
	EXPECT(kgc_usable_size(p) >= 1);
	EXPECT_EQ((uintptr_t)kgc_lookup(p, &size), (uintptr_t)p);
	EXPECT_EQ(size, kgc_usable_size(p));
	kgc_free(p);
	kgc_free(q);
}

/* Whole pages and no class: still one byte, and so one page. */
KTEST(system_sizes, zero_is_one_page_of_nogc)
{
	const struct kgc_config config = { 0 };
	struct heap *h = sys_heap_new(&config);
	const struct span *s;
	char *p;

	if (KGC_CHECK >= 2) {
		ktest_skip("blocks have canaries");
		return;
	}
	ASSERT(h);
	p = heap_alloc(h, 0, KGC_NOGC);
	ASSERT(p);
	s = span_of(h, (uintptr_t)p);
	if (EXPECT(s)) {
		EXPECT_EQ(s->npages, 1);
		heap_free(h, p);
		/* Then this is safe as well. */
		p = kgc_alloc_aligned(0, 4 * PAGE_SIZE, 0);
		ASSERT(p);
		EXPECT_EQ(kgc_usable_size(p),
			  KGC_FENCES ? WORD_SIZE : PAGE_SIZE);
		kgc_free(p);
	}
	EXPECT_EQ(sys_faults(h), 0);
	sys_heap_drop(h);
}

static void check_refused(size_t size)
{
	static const unsigned int flags[] = {
		0,	  KGC_NOSCAN, KGC_UNCOLLECTABLE,
		KGC_NOGC, KGC_NOZERO, KGC_NOCOLLECT,
	};
	size_t i;

	for (i = 0; i < sizeof flags / sizeof *flags; i++)
		EXPECT(!kgc_alloc(size, flags[i]));
	EXPECT(!kgc_alloc_aligned(size, 4096, 0));
	EXPECT(!kgc_alloc_aligned(size, MIB, 0));
	EXPECT(!kgc_realloc(NULL, size));
}

KTEST(system_sizes, too_large_is_refused)
{
	check_refused(SIZE_MAX);
	check_refused(SIZE_MAX - 1);
	check_refused(SIZE_MAX - PAGE_SIZE);
	check_refused(SIZE_MAX / 2 + 1);
	check_refused(SIZE_MAX / 2);
	EXPECT(kgc_alloc(1, 0));
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(system_sizes, products_that_overflow_are_refused)
{
	EXPECT(!kgc_alloc_array(SIZE_MAX / 2 + 1, 2, 0));
	EXPECT(!kgc_alloc_array(SIZE_MAX, SIZE_MAX, 0));
	EXPECT(!kgc_alloc_array(SIZE_MAX / 16 + 2, 16, KGC_NOGC));
	EXPECT(kgc_alloc_array(0, SIZE_MAX, 0));
	EXPECT(kgc_alloc_array(16, 16, 0));
}

KTEST(system_sizes, refused_realloc_leaves_the_object)
{
	char *p = kgc_alloc(100, 0);

	ASSERT(p);
	memset(p, 'x', 100);
	EXPECT(!kgc_realloc(p, SIZE_MAX));
	EXPECT(!kgc_realloc(p, SIZE_MAX / 2 + 1));
	EXPECT(kgc_lookup(p, NULL) == p && p[0] == 'x' && p[99] == 'x');
	kgc_free(p);
}

/* Both sides of every class, and of the largest. */
KTEST(system_sizes, every_class_is_aligned)
{
	unsigned int class;
	size_t size, k;
	char *p;

	for (class = 1; class < KGC_NCLASSES; class ++)
		for (k = 0; k < 3; k++) {
			size = heap.classes.of[class].size - 1 + k;
			p = kgc_alloc(size, 0);
			ASSERT(p);
			EXPECT_EQ((uintptr_t)p % (size <= 8 ? 8 : 16), 0);
			EXPECT(kgc_usable_size(p) >= size);
			EXPECT(is_zero(p, kgc_usable_size(p)));
			kgc_free(p);
		}
}

KTEST(system_sizes, asked_alignment_is_kept)
{
	size_t align, size;
	char *p;

	for (align = 1; align <= MIB; align *= 2)
		for (size = 1; size < 100000; size = size * 5 + 1) {
			p = kgc_alloc_aligned(size, align, 0);
			ASSERT(p);
			EXPECT_EQ((uintptr_t)p % align, 0);
			EXPECT(kgc_usable_size(p) >= size);
			kgc_free(p);
		}
	EXPECT(!kgc_alloc_aligned(16, 0, 0));
	EXPECT(!kgc_alloc_aligned(16, 24, 0));
	EXPECT(!kgc_alloc_aligned(16, 2 * MIB, 0));
	EXPECT_EQ(kgc_check(), 0);
}

/* --- what memory holds at first ------------------------------------------ */

enum { NDIRTY = 64 };
static const unsigned int kinds[] = {
	0,	  KGC_NOSCAN, KGC_UNCOLLECTABLE, KGC_UNCOLLECTABLE | KGC_NOSCAN,
	KGC_NOGC,
};
static const size_t sizes[] = { 1,    8,    16,	  24,	 48,	112,
				1000, 2048, 3000, 32768, 32769, 100000 };
enum {
	NKINDS_HERE = sizeof kinds / sizeof *kinds,
	NSIZES = sizeof sizes / sizeof *sizes,
};

static __attribute__((noinline)) void dirty(struct heap *h, size_t size,
					    unsigned int flags, bool free_them)
{
	uintptr_t inverse[NDIRTY];
	int i, n = size > 4096 ? 4 : NDIRTY;
	char *p;

	for (i = 0; i < n; i++) {
		p = heap_alloc(h, size, flags);
		if (!EXPECT(p))
			return;
		if (!(flags & KGC_NOZERO))
			EXPECT(is_zero(p, size));
		memset(p, 0xa5, size);
		inverse[i] = ~(uintptr_t)p;
	}
	for (i = 0; i < n && free_them; i++)
		heap_free(h, (void *)~inverse[i]);
}

static bool is_freed_by_hand(unsigned int flags)
{
	return flags & (KGC_UNCOLLECTABLE | KGC_NOGC);
}

/* Each kind into pages that each other kind has left dirty. */
KTEST(system_sizes, reused_memory_is_zero)
{
	const struct kgc_config config = { 0 };
	struct heap *h = sys_heap_new(&config);
	int round, kind, size;

	ASSERT(h);
	for (round = 0; round < 3; round++)
		for (kind = 0; kind < NKINDS_HERE; kind++)
			for (size = 0; size < NSIZES; size++) {
				dirty(h, sizes[size], kinds[kind],
				      round != 1 ||
					      is_freed_by_hand(kinds[kind]));
				if (round == 1 && size % 4 == 3)
					sys_collect(h);
			}
	sys_collect(h);
	EXPECT_EQ(sys_faults(h), 0);
	sys_heap_drop(h);
}

/* A window that a nozero allocation took is cleared object by object. */
KTEST(system_sizes, nozero_does_not_spoil_the_next)
{
	const struct kgc_config config = { 0 };
	struct heap *h = sys_heap_new(&config);
	int size, i;
	char *p;

	ASSERT(h);
	for (size = 0; size < NSIZES; size++) {
		dirty(h, sizes[size], KGC_NOSCAN, true);
		for (i = 0; i < 6; i++) {
			p = heap_alloc(h, sizes[size],
				       KGC_NOSCAN | (i % 2 ? 0 : KGC_NOZERO));
			ASSERT(p);
			if (i % 2)
				EXPECT(is_zero(p, sizes[size]));
			memset(p, 0x5a, sizes[size]);
		}
	}
	EXPECT_EQ(sys_faults(h), 0);
	sys_heap_drop(h);
}

KTEST(system_sizes, grown_objects_are_zero_behind)
{
	size_t size, next;
	char *p = kgc_alloc(1, 0);

	for (size = 1; size < 200000; size = next) {
		next = size * 3 + 1;
		memset(p, 0x77, size);
		p = kgc_realloc(p, next);
		ASSERT(p);
		EXPECT(p[0] == 0x77 && p[size - 1] == 0x77);
		EXPECT(is_zero(p + size, kgc_usable_size(p) - size));
	}
	p = kgc_realloc(p, 10);
	ASSERT(p);
	EXPECT(p[9] == 0x77 && is_zero(p + 10, kgc_usable_size(p) - 10));
	kgc_free(p);
}

KTEST(system_sizes, pages_given_back_return_zero)
{
	int i;
	char *p;

	for (i = 0; i < 4; i++) {
		p = kgc_alloc(MIB, KGC_NOSCAN);
		ASSERT(p);
		EXPECT(is_zero(p, MIB));
		memset(p, 0x11, MIB);
		kgc_free(p);
		if (i % 2)
			kgc_trim(SIZE_MAX);
	}
	EXPECT_EQ(kgc_check(), 0);
}

/* --- what was freed of late --- */

enum { AGAIN = 40 };

/* Of a class that nobody else uses. */
static void *again_alloc(void)
{
	return kgc_alloc(9000, KGC_NOSCAN);
}

KTEST(system_sizes, freed_objects_come_back_once_each)
{
	char *p[AGAIN], *q[AGAIN];
	int i, k, twice = 0, dirty = 0;

	for (i = 0; i < AGAIN; i++) {
		p[i] = again_alloc();
		ASSERT(p[i]);
		memset(p[i], 0xa5, 9000);
	}
	for (i = 0; i < AGAIN; i++)
		kgc_free(p[i]);
	EXPECT_EQ(kgc_check(), 0);
	for (i = 0; i < AGAIN; i++)
		kgc_free(again_alloc());
	for (i = 0; i < AGAIN; i++) {
		q[i] = again_alloc();
		ASSERT(q[i]);
		for (k = 0; k < i; k++)
			twice += q[k] == q[i];
		for (k = 0; k < 9000; k++)
			dirty += q[i][k] != 0;
	}
	EXPECT_EQ(twice, 0);
	EXPECT_EQ(dirty, 0);
	for (i = 0; i < AGAIN; i++)
		kgc_free(q[i]);
	kgc_collect();
	EXPECT_EQ(kgc_check(), 0);
}
