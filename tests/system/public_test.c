// SPDX-License-Identifier: MIT
/*
 * public_test.c - public functions that act on the one heap
 *
 * What they do is tested on heaps of tests' own; here that the names lead
 * there.
 */
#include "system.h"

static size_t written;

static void count(void *arg, const char *s, size_t n)
{
	written += n;
}

static void count_link(const struct kgc_link *link, void *arg)
{
	++*(unsigned int *)arg;
}

static void count_range(const struct kgc_audit *range, void *arg)
{
	++*(unsigned int *)arg;
}

KTEST(public, someone_keeps_an_object)
{
	static void *kept;
	unsigned int n = 0;

	kept = kgc_alloc(64, 0);
	EXPECT(kgc_why(kept, count_link, &n) > 0);
	EXPECT(n > 0);
	n = 0;
	EXPECT(kgc_referrers(kept, count_link, &n) > 0);
	EXPECT(n > 0);
	EXPECT_EQ(kgc_why(&n, count_link, &n), -KGC_EINVAL);
	kgc_free(kept);
	kept = NULL;
}

KTEST(public, ranges_are_audited)
{
	unsigned int n = 0;
	const int ranges = kgc_audit(count_range, &n);

	EXPECT(ranges > 0);
	EXPECT_EQ(ranges, n);
}

KTEST(public, heap_is_written)
{
	written = 0;
	EXPECT_EQ(kgc_dump(count, NULL), 0);
	EXPECT(written > 64);
	written = 0;
	if (heap.profile.rate == KGC_PROFILE_OFF)
		EXPECT(kgc_profile(count, NULL) < 0);
	else
		EXPECT(kgc_profile(count, NULL) == 0 && written > 0);
}

KTEST(public, ephemeron_is_set_and_cleared)
{
	void *key = kgc_alloc(16, 0), *value = kgc_alloc(16, 0);

	ASSERT(key && value);
	EXPECT_EQ(kgc_set_ephemeron(key, value), 0);
	EXPECT(kgc_clear_ephemeron(key, value));
	EXPECT(!kgc_clear_ephemeron(key, value));
	kgc_free(value);
	kgc_free(key);
}

KTEST(public, typed_array_is_long_enough)
{
	static const uintptr_t pointers[] = { 2 };
	const int type = kgc_type(pointers, 3 * WORD_SIZE);
	void *p;

	ASSERT(type > 0);
	p = kgc_alloc_typed_array(10, type, 0);
	ASSERT(p);
	EXPECT(kgc_usable_size(p) >= 30 * WORD_SIZE);
	kgc_free(p);
	EXPECT(!kgc_alloc_typed_array(SIZE_MAX / 2, type, 0));
}

static void *context(void *arg)
{
	*(enum kgc_context *)arg = kgc_host_context();
	return arg;
}

KTEST(public, call_is_pinned)
{
	enum kgc_context is = KGC_TASK;

	EXPECT(kgc_call_pinned(context, &is) == &is);
	EXPECT_EQ(is, KGC_PINNED);
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
}

KTEST(public, heap_max_is_exchanged)
{
	const size_t next = heap.pacer.next_gc;
	const size_t old = kgc_set_heap_max(MIB);

	EXPECT(heap.pacer.next_gc < MIB);
	EXPECT_EQ(kgc_set_heap_max(old), MIB);
	heap.pacer.next_gc = next;
}

static void nothing(void *p, void *arg)
{
}

KTEST(public, finalizer_is_exchanged)
{
	struct kgc_finalizer f = { nothing, &written, KGC_NO_ORDER };
	void *p = kgc_alloc(32, 0);

	ASSERT(p);
	EXPECT_EQ(kgc_swap_finalizer(p, &f), 0);
	EXPECT(!f.fn);
	f = (struct kgc_finalizer){ nothing, p, KGC_ORDERED };
	EXPECT_EQ(kgc_swap_finalizer(p, &f), 0);
	EXPECT(f.fn == nothing && f.arg == &written);
	EXPECT_EQ(f.order, KGC_NO_ORDER);
	f.fn = NULL;
	EXPECT_EQ(kgc_swap_finalizer(p, &f), 0);
	EXPECT(f.fn == nothing && f.arg == p);
	kgc_free(p);
}

KTEST(public, settings_are_exchanged)
{
	const int trace = kgc_set_trace(0), debug = kgc_set_debug(0);
	const unsigned int share = kgc_set_share(50);

	EXPECT_EQ(kgc_set_share(1000), 50);
	EXPECT_EQ(kgc_set_share(share), 100);
	EXPECT_EQ(kgc_set_trace(trace), 0);
	EXPECT_EQ(kgc_set_debug(debug), 0);
}

KTEST(public, section_neither_fails_nor_collects)
{
	const uint32_t cycles = kgc_cycles();
	int i;

	ASSERT_EQ(kgc_reserve(64 << 10), 0);
	for (i = 0; i < 64; i++)
		EXPECT(kgc_alloc(1000, i % 2 ? KGC_NOSCAN : 0));
	EXPECT_EQ(kgc_cycles(), cycles);
	kgc_release();
	EXPECT_EQ(kgc_check(), 0);
}
