// SPDX-License-Identifier: MIT
/* audit_test.c - what ranges of roots are found to keep */
#include "own.h"

enum { N = 40, SIZE = 96 };

static void **first;
OWN_CLEARS(first)

static struct kgc_audit held, data, ambiguous;
static int nranges;

static void add(struct kgc_audit *to, const struct kgc_audit *r)
{
	to->words += r->words;
	to->addresses += r->addresses;
	to->hits += r->hits;
	to->inside += r->inside;
	to->free_objects += r->free_objects;
	to->free_pages += r->free_pages;
	to->objects += r->objects;
	to->bytes += r->bytes;
}

static void note(const struct kgc_audit *r, void *arg)
{
	EXPECT(r->name && r->name[0]);
	EXPECT_EQ(r->addresses, r->hits + r->free_objects + r->free_pages);
	EXPECT(r->inside <= r->hits && r->addresses <= r->words);
	if (!nranges++)
		add(&held, r);
	else
		add(r->ambiguous ? &ambiguous : &data, r);
}

static void measure(void)
{
	int n;

	memset(&held, 0, sizeof(held));
	memset(&data, 0, sizeof(data));
	memset(&ambiguous, 0, sizeof(ambiguous));
	nranges = 0;
	n = audit_roots(&own, note, NULL);
	EXPECT_EQ(n, nranges);
	EXPECT(nranges >= 3);
}

static __attribute__((noinline)) void **chain(int n)
{
	void **p = NULL, **next;

	for (; n; n--, p = next) {
		next = heap_alloc(&own, SIZE, 0);
		if (next)
			*next = p;
	}
	return p;
}

KTEST(mm_audit, data_keeps_its_chain)
{
	uint64_t before;

	ASSERT(own_open_far());
	measure();
	before = data.objects;
	first = chain(N);
	measure();
	EXPECT_EQ(data.objects, before + N);
	EXPECT(data.bytes >= N * SIZE);
	EXPECT(data.hits >= 1);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_audit, what_was_kept_before_counts_no_more)
{
	void **root;

	ASSERT(own_open_far());
	first = chain(N);
	root = heap_alloc(&own, SIZE, KGC_UNCOLLECTABLE);
	ASSERT(root);
	measure();
	EXPECT(data.objects >= N);
	root[1] = first;
	root[2] = (char *)first + 1;
	measure();
	EXPECT_EQ(held.objects, N);
	EXPECT_EQ(held.bytes, N * SIZE);
	EXPECT_EQ(held.hits, 2);
	EXPECT_EQ(held.inside, 1);
	EXPECT(data.objects < N);
	own_close();
}

KTEST(mm_audit, near_misses_are_told_apart)
{
	void **root, **large;

	ASSERT(own_open_far());
	first = chain(2);
	root = heap_alloc(&own, SIZE, KGC_UNCOLLECTABLE);
	large = heap_alloc(&own, 100000, 0);
	ASSERT(first && root && large);
	root[0] = first[0];
	root[1] = large;
	heap_free(&own, first[0]);
	heap_free(&own, large);
	measure();
	EXPECT_EQ(held.addresses, 2);
	EXPECT_EQ(held.hits, 0);
	EXPECT_EQ(held.free_objects, 1);
	EXPECT_EQ(held.free_pages, 1);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_audit, stack_is_ambiguous)
{
	void **volatile kept;

	ASSERT(own_open_far());
	first = NULL;
	kept = chain(N);
	measure();
	EXPECT_EQ(ambiguous.objects, N);
	EXPECT(kept);
	own_close();
}
