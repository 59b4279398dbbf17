// SPDX-License-Identifier: MIT
/*
 * free_test.c - what is freed, and comes back
 */
#include "own.h"

/* Of 128 bytes. */
#define CLASS 9

KTEST(mm_free, memory_comes_back_zeroed)
{
	void *p[64];
	int i, round;

	if (KGC_CHECK >= 2) {
		ktest_skip("blocks have canaries");
		return;
	}
	for (round = 0; round < 4; round++) {
		for (i = 0; i < 64; i++) {
			p[i] = kgc_alloc(200, round % 2);
			ASSERT(p[i] &&
			       own_is_all(p[i], 0, own_usable(200, 208)));
			memset(p[i], 0xff, own_usable(200, 208));
		}
		for (i = 0; i < 64; i++)
			kgc_free(p[i]);
	}
}

/* kgc_alloc() and kgc_free() act on the program's heap: its slot's cache. */
static struct window *public_window(void)
{
	const unsigned int slot = kgc_host_pin();
	struct cache *c = heap.cache[slot];

	kgc_host_unpin();
	return &c->window[KIND_NOSCAN][CLASS];
}

static bool keeps(void)
{
	if (kgc_alloc(128, KGC_NOSCAN) && !heap.shared &&
	    public_window()->kept_max > public_window()->kept_min)
		return true;
	ktest_skip("nothing is kept here");
	return false;
}

/* What a run handed out is set when it is freed, and all of it. */
KTEST(mm_free, freed_objects_come_before_the_run)
{
	enum { N = 8 };
	char *p[N], *q;
	struct object o;
	int i;

	if (!keeps())
		return;
	kgc_collect(); /* flushes */
	for (i = 0; i < N; i++)
		p[i] = kgc_alloc(128, KGC_NOSCAN);
	kgc_free(p[2]);
	EXPECT(!kgc_lookup(p[2], NULL));
	EXPECT(kgc_lookup(p[3], NULL) == p[3]);
	kgc_host_pin();
	EXPECT(object_find(&heap, (uintptr_t)p[N - 1] + 9, &o));
	kgc_host_unpin();
	kgc_free(p[5]);
	EXPECT(kgc_alloc(128, KGC_NOSCAN) == p[5]);
	EXPECT(kgc_alloc(128, KGC_NOSCAN) == p[2]);
	q = kgc_alloc(128, KGC_NOSCAN); /* the run goes on */
	for (i = 0; i < N; i++)
		EXPECT(q != p[i]);
	EXPECT_EQ(kgc_check(), 0);
}

/* Lone free objects are taken many at a time, lowest first, each once. */
KTEST(mm_free, lone_objects_are_gathered)
{
	enum { N = 512 };
	static char *p[N];
	char *q, *last = NULL;
	int i, n = 0;

	if (!keeps())
		return;
	for (i = 0; i < N; i++) {
		p[i] = kgc_alloc(128, KGC_NOSCAN);
		memset(p[i], 0x77, 128);
	}
	for (i = 1; i < N; i += 2)
		kgc_free(p[i]);
	kgc_collect(); /* nothing is kept any more */
	for (i = 0; i < 16; i++) {
		q = kgc_alloc(128, KGC_NOSCAN);
		ASSERT(q);
		EXPECT_EQ(q[0] | q[127], 0);
		n += q > last;
		last = q;
	}
	EXPECT(n > 8);
	for (i = 0; i < N; i += 2)
		EXPECT_EQ(p[i][127], 0x77);
	EXPECT_EQ(kgc_check(), 0);
	memset(p, 0, sizeof(p));
}

/* Freed and asked for again, each counts. */
KTEST(mm_free, reused_objects_are_counted)
{
	static struct kgc_memstats NOROOT before, after;
	char *p;
	int i;

	if (!keeps())
		return;
	kgc_read_memstats(&before);
	for (i = 0; i < 1000; i++) {
		p = kgc_alloc(128, KGC_NOSCAN);
		ASSERT(p);
		kgc_free(p);
	}
	kgc_read_memstats(&after);
	EXPECT_EQ(after.nmalloc - before.nmalloc, 1000);
	EXPECT_EQ(after.nfree - before.nfree, 1000);
}
