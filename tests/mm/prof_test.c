// SPDX-License-Identifier: MIT
/*
 * prof_test.c - which allocations are sampled, and for whom
 *
 * A heap under stress has windows of one object; the stress is so rare that
 * none collects.  A window is cut short where a sample is due, so without it
 * the same is sampled.
 */
#include "own.h"

static bool open_rate(size_t rate)
{
	return OWN_OPEN(.heap_reserve = 16 * MIB, .percent = -1,
			.stress = 1u << 30, .profile_rate = rate);
}

/* Sum of all buckets, and how many there are. */
static unsigned int sum(struct bucket *total)
{
	const struct bucket *b;
	unsigned int i, n = 0;

	memset(total, 0, sizeof(*total));
	for (i = 0; own.profile.table && i < PROF_BUCKETS; i++)
		for (b = own.profile.table[i]; b; b = b->next, n++) {
			total->nmalloc += b->nmalloc;
			total->nfree += b->nfree;
			total->alloc_bytes += b->alloc_bytes;
			total->free_bytes += b->free_bytes;
		}
	return n;
}

static struct bucket t;

KTEST(mm_prof, rate_one_samples_all)
{
	static void *p[100];
	int i;

	ASSERT(open_rate(1));
	for (i = 0; i < 100; i++)
		p[i] = heap_alloc(&own, 48, i % 2);
	heap_alloc(&own, 100000, 0);
	sum(&t);
	EXPECT_EQ(t.nmalloc, 101);
	EXPECT_EQ(t.alloc_bytes, 100 * 48 + round_up(100000, PAGE_SIZE));
	EXPECT_EQ(t.nfree, 0);
	EXPECT_EQ(own.specials.n, 101);
	EXPECT_SOUND();
	for (i = 0; i < 30; i++)
		heap_free(&own, p[i]);
	sum(&t);
	EXPECT_EQ(t.nfree, 30);
	EXPECT_EQ(t.free_bytes, 30 * 48);
	own_collect(p + 90, p + 100);
	sum(&t);
	EXPECT_EQ(t.nmalloc - t.nfree, 10);
	EXPECT_EQ(t.alloc_bytes - t.free_bytes, 480);
	EXPECT_EQ(own.specials.n, 10);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_prof, off_samples_none)
{
	int i;

	ASSERT(open_rate(KGC_PROFILE_OFF));
	for (i = 0; i < 100; i++)
		heap_alloc(&own, 5000 * i, 0);
	EXPECT_EQ(sum(&t), 0);
	EXPECT_EQ(own.specials.n, 0);
	EXPECT_EQ(own.profile.sys, 0);
	own_close();
}

KTEST(mm_prof, noprofile_and_nogc_are_not_sampled)
{
	int i;

	ASSERT(open_rate(1));
	for (i = 0; i < 20; i++) {
		heap_alloc(&own, 48, KGC_NOPROFILE);
		heap_alloc(&own, 48000, KGC_NOPROFILE);
		heap_alloc(&own, 48, KGC_NOGC);
	}
	EXPECT_EQ(sum(&t), 0);
	EXPECT_EQ(own.specials.n, 0);
	own_close();
}

KTEST(mm_prof, sites_have_buckets_of_their_own)
{
	unsigned int n, i;

	ASSERT(open_rate(1));
	for (i = 0; i < 10; i++)
		heap_alloc(&own, 48, 0);
	n = sum(&t);
	EXPECT(n >= 1 && n <= 2); /* a compiler may unroll */
	heap_alloc(&own, 48, 0);
	EXPECT(sum(&t) >= n);
	EXPECT_EQ(t.nmalloc, 11);
	EXPECT(own.profile.sys >= PROF_BUCKETS * sizeof(void *));
	own_close();
}

KTEST(mm_prof, rate_sets_how_many)
{
	enum { N = 10000, SIZE = 64, RATE = 1024 };
	int i;

	ASSERT(open_rate(RATE));
	for (i = 0; i < N; i++)
		ASSERT(heap_alloc(&own, SIZE, KGC_NOSCAN));
	sum(&t);
	/* 625 on average; the generator is seeded alike each time. */
	EXPECT(t.nmalloc > 400 && t.nmalloc < 900);
	EXPECT_EQ(own.specials.n, t.nmalloc);
	heap_alloc(&own, RATE, 0); /* that large: always */
	i = t.nmalloc;
	sum(&t);
	EXPECT_EQ(t.nmalloc, i + 1);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_prof, no_memory_means_no_sample)
{
	void *p;

	ASSERT(open_rate(1));
	heap_alloc(&own, 48, KGC_NOPROFILE);
	hostctl_fail_commit(1);
	p = heap_alloc(&own, 48, 0);
	hostctl_fail_commit(0);
	EXPECT(p);
	EXPECT_EQ(own.specials.n, 0);
	sum(&t);
	EXPECT_EQ(t.nmalloc, 0);
	heap_alloc(&own, 48, 0);
	sum(&t);
	EXPECT_EQ(t.nmalloc, 1);
	EXPECT_SOUND();
	own_close();
}

/* Two sites in turns, in windows of an even number of objects. */
static ALLOCATES __attribute__((noinline)) void *one_site(size_t size)
{
	return heap_alloc(&own, size, KGC_NOSCAN);
}

static __attribute__((noinline)) uint64_t site_a(size_t size)
{
	void *volatile p = one_site(size);

	return (uintptr_t)p;
}

static __attribute__((noinline)) uint64_t site_b(size_t size)
{
	void *volatile p = one_site(size);

	return (uintptr_t)p + 1;
}

static const struct bucket *bucket(unsigned int n)
{
	const struct bucket *b = NULL;
	size_t chain = 0;

	while ((b = prof_next(&own, &chain, b, NULL)) && n--)
		;
	return b;
}

KTEST(mm_prof, sites_in_turns_get_their_shares)
{
	enum { N = 20000, RATE = 4096 };
	int i;

	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .percent = -1,
			.profile_rate = RATE));
	for (i = 0; i < N; i++) {
		site_a(64);
		site_b(64);
	}
	/* Backtraces may be cut: one bucket then has both. */
	if (sum(&t) == 2) {
		EXPECT(bucket(0)->nmalloc > 220 && bucket(0)->nmalloc < 405);
		EXPECT(bucket(1)->nmalloc > 220 && bucket(1)->nmalloc < 405);
	}
	EXPECT(t.nmalloc > 540 && t.nmalloc < 710); /* 625 */
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_prof, no_stack_begins_in_mm)
{
	const struct bucket *b = NULL;
	size_t chain = 0;

	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .percent = -1,
			.profile_rate = 1));
	site_a(48);
	site_b(50000);
	while ((b = prof_next(&own, &chain, b, NULL)) && b->npc) {
		EXPECT(b->pc[0] - (uintptr_t)site_a < 256 ||
		       b->pc[0] - (uintptr_t)site_b < 256);
	}
	sum(&t);
	EXPECT_EQ(t.nmalloc, 2);
	own_close();
}

KTEST(mm_prof, large_objects_leave_the_draw_alone)
{
	enum { N = 4000, RATE = 2048 };
	int i;

	ASSERT(OWN_OPEN(.heap_reserve = 64 * MIB, .percent = -1,
			.profile_rate = RATE));
	for (i = 0; i < N; i++) {
		site_a(64);
		site_b(RATE);
	}
	sum(&t);
	EXPECT(t.nmalloc > N + 85 && t.nmalloc < N + 165); /* 125 */
	own_close();
}

static char text[4096];
static size_t length;

static void append(void *arg, const char *s, size_t n)
{
	if (length + n < sizeof(text))
		memcpy(text + length, s, n);
	length += n;
	text[MIN(length, sizeof(text) - 1)] = 0;
}

KTEST(mm_prof, text_is_scaled)
{
	struct out o = { .write = append };
	char *second;
	int i;

	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .percent = -1,
			.profile_rate = 1024));
	for (i = 0; i < 3; i++)
		site_a(100000);
	for (sum(&t); t.nmalloc < 4; sum(&t))
		site_b(64);
	length = 0;
	prof_write(&own, &o);
	ASSERT(length < sizeof(text));
	/* 3 large ones stand for themselves, 1 small one for 16. */
	EXPECT(!memcmp(text,
		       "heap profile: 19: 308224 [19: 308224] @ heapprofile\n",
		       52));
	second = strstr(text, "\n\nMAPPED_LIBRARIES:\n");
	EXPECT(second && !second[21]);
	own_close();
}
