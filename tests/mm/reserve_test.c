// SPDX-License-Identifier: MIT
/* reserve_test.c - critical sections that neither fail nor collect */
#include "own.h"

/* A heap that has 8 MiB, collects by itself, and has little left. */
static bool open_full(size_t left)
{
	size_t n;

	if (!OWN_OPEN(.heap_reserve = 8 * MIB, .heap_max = 8 * MIB,
		      .profile_rate = KGC_PROFILE_OFF))
		return false;
	for (n = 8 * MIB - 64 * KIB; n > left; n -= 64 * KIB)
		if (!heap_alloc(&own, 64 * KIB, KGC_UNCOLLECTABLE))
			return false;
	return true;
}

/* Blocks of any size and both kinds until @bytes are used; all must come. */
static size_t use(size_t bytes, size_t most)
{
	size_t size, failed = 0;
	unsigned int flags;
	struct span *s;
	void *p;

	for (;;) {
		size = 1 + ktest_random() % (ktest_random() % most + 1);
		flags = ktest_random() % 2 ? KGC_NOSCAN : 0;
		size = size > SMALL_MAX
			       ? round_up(size, PAGE_SIZE)
			       : own.classes
					 .of[sizeclass_of(&own.classes, size)]
					 .size;
		if (size > bytes)
			return failed;
		p = heap_alloc(&own, size, flags);
		failed += !p;
		s = p ? span_of(&own, (uintptr_t)p) : NULL;
		bytes -= s ? span_usable(s) : size;
	}
}

/* What is left is taken by somebody else, whom no collection helps. */
static void exhaust(void)
{
	while (heap_alloc(&own, 64 * KIB, KGC_UNCOLLECTABLE | KGC_NOCOLLECT))
		;
	while (heap_alloc(&own, 4 * KIB, KGC_UNCOLLECTABLE | KGC_NOCOLLECT))
		;
}

static void check_section(size_t bytes, size_t most)
{
	uint32_t cycles;

	ASSERT_EQ(reserve_begin(&own, bytes), 0);
	cycles = own.numgc;
	EXPECT_EQ(kgc_host_context(), KGC_PINNED);
	EXPECT_EQ(use(bytes, most), 0);
	EXPECT_EQ(own.numgc, cycles);
	reserve_end(&own);
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
	EXPECT_SOUND();
}

KTEST(mm_reserve, any_mix_of_sizes_fits)
{
	static const size_t bytes[] = { 64,	   4 * KIB,   64 * KIB,
					256 * KIB, 512 * KIB, 1 * MIB };
	static const size_t most[] = { 64, 1024, 32 * KIB, 200 * KIB };
	unsigned int i, k;

	for (i = 0; i < sizeof(bytes) / sizeof(*bytes); i++)
		for (k = 0; k < sizeof(most) / sizeof(*most); k++) {
			ASSERT(open_full(5 * MIB));
			check_section(bytes[i], most[k]);
			own_close();
		}
}

/* The worst that pages_for() counts with: one object of each class and kind. */
KTEST(mm_reserve, one_of_each_class_fits)
{
	size_t bytes = 0, failed = 0;
	unsigned int class;

	ASSERT(open_full(5 * MIB));
	for (class = 1; class < KGC_NCLASSES; class ++)
		bytes += 2 * own.classes.of[class].size;
	ASSERT_EQ(reserve_begin(&own, bytes), 0);
	for (class = 1; class < KGC_NCLASSES; class ++) {
		failed += !heap_alloc(&own, own.classes.of[class].size, 0);
		failed += !heap_alloc(&own, own.classes.of[class].size,
				      KGC_NOSCAN);
	}
	EXPECT_EQ(failed, 0);
	reserve_end(&own);
	EXPECT_SOUND();
	own_close();
}

/* Of every class at least three quarters of a span are objects. */
KTEST(mm_reserve, spans_are_filled)
{
	unsigned int class;

	ASSERT(own_open(NULL));
	for (class = 1; class < KGC_NCLASSES; class ++) {
		const struct sizeclass *c = &own.classes.of[class];

		EXPECT(4 * c->nelems * c->size >= 3 * PAGES(c->npages));
	}
	own_close();
}

/* What Documentation/limits.md says of a small one. */
KTEST(mm_reserve, a_small_section_takes_some_pages)
{
	size_t before;

	ASSERT(own_open(NULL));
	before = own.pageheap.inuse;
	ASSERT_EQ(reserve_begin(&own, 4 * KIB), 0);
	EXPECT_EQ((own.pageheap.inuse - before) >> PAGE_SHIFT, 35);
	reserve_end(&own);
	EXPECT_EQ(own.pageheap.inuse, before);
	own_close();
}

/* The host is asked for nothing: every call of it would fail. */
KTEST(mm_reserve, the_host_is_not_asked)
{
	ASSERT(open_full(5 * MIB));
	ASSERT_EQ(reserve_begin(&own, 512 * KIB), 0);
	hostctl_fail_commit(0);
	EXPECT_EQ(use(512 * KIB, 4096), 0);
	EXPECT_EQ(hostctl_commits(), 0);
	reserve_end(&own);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_reserve, sections_nest)
{
	size_t inuse;

	ASSERT(open_full(5 * MIB));
	inuse = own.pageheap.inuse;
	ASSERT_EQ(reserve_begin(&own, 64 * KIB), 0);
	EXPECT_EQ(use(32 * KIB, 1024), 0);
	ASSERT_EQ(reserve_begin(&own, 64 * KIB), 0);
	EXPECT_EQ(use(64 * KIB, 16 * KIB), 0);
	reserve_end(&own);
	EXPECT_EQ(kgc_host_context(), KGC_PINNED);
	EXPECT_EQ(use(32 * KIB, 16 * KIB), 0);
	reserve_end(&own);
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
	own_collect(NULL, NULL);
	EXPECT_EQ(own.pageheap.inuse, inuse);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_reserve, too_much_is_refused_and_nothing_is_begun)
{
	ASSERT(open_full(2 * MIB));
	EXPECT_EQ(reserve_begin(&own, 7 * MIB), -KGC_ENOMEM);
	EXPECT_EQ(reserve_begin(&own, SIZE_MAX), -KGC_ENOMEM);
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
	exhaust();
	EXPECT_EQ(reserve_begin(&own, 64 * KIB), -KGC_ENOMEM);
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
	EXPECT_SOUND();
	own_close();
}

/* Garbage makes room, before the section and not in it. */
KTEST(mm_reserve, beginning_collects_if_it_must)
{
	uint32_t cycles;
	int i;

	ASSERT(open_full(5 * MIB));
	for (i = 0; i < 60; i++)
		heap_alloc(&own, 64 * KIB, KGC_NOSCAN | KGC_NOCOLLECT);
	exhaust();
	cycles = own.numgc;
	/* A stale word may keep a block: so little that a gap suffices. */
	check_section(4 * KIB, 1024);
	EXPECT_EQ(own.numgc, cycles + 1);
	own_close();
}

/* With each failure of the host before it, there is a section or none. */
KTEST(mm_reserve, each_failure_of_the_host)
{
	unsigned long nth, calls;
	bool failed = true;
	int err;

	for (nth = 1; failed && nth < 100; nth++) {
		ASSERT(OWN_OPEN(.heap_reserve = 8 * MIB, .percent = -1,
				.profile_rate = KGC_PROFILE_OFF));
		hostctl_fail_commit(nth);
		err = reserve_begin(&own, 2 * MIB);
		calls = hostctl_commits();
		hostctl_fail_commit(0);
		failed = calls >= nth;
		EXPECT(!err || (failed && err == -KGC_ENOMEM));
		if (!err)
			reserve_end(&own);
		EXPECT_EQ(kgc_host_context(), KGC_TASK);
		EXPECT_SOUND();
		own_close();
	}
	EXPECT(nth > 3);
	EXPECT(nth < 100);
}

static void end_wrongly(void *arg)
{
	reserve_end(arg);
}

KTEST(mm_reserve, to_end_what_was_not_begun_is_a_panic)
{
	char text[120] = "";

	ASSERT(own_open(NULL));
	EXPECT(hostctl_catch_panic(end_wrongly, &own, text, sizeof text));
	EXPECT(strstr(text, "nothing is reserved"));
	own_close();
}
