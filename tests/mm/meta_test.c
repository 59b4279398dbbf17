// SPDX-License-Identifier: MIT
/* meta_test.c - regions, chunks of metadata, tables */
#include "own.h"

static struct meta meta;

static void open(void)
{
	memset(&meta, 0, sizeof(meta));
	lock_init(&meta.lock, RANK_META);
	meta.step = 64 * KIB;
}

static bool is_zero(const char *p, size_t n)
{
	while (n--)
		if (*p++)
			return false;
	return true;
}

KTEST(mm_meta, region_grows_by_pages)
{
	struct region r;

	ASSERT(region_init(&r, 5 * PAGE_SIZE - 100));
	EXPECT_EQ(r.size, 5 * PAGE_SIZE);
	EXPECT_EQ(r.ready, 0);
	EXPECT(region_grow(&r, 1));
	EXPECT_EQ(r.ready, PAGE_SIZE);
	EXPECT(region_grow(&r, 0));
	EXPECT(region_grow(&r, PAGE_SIZE));
	EXPECT_EQ(r.ready, PAGE_SIZE);
	r.base[0] = 7;
	EXPECT(region_grow(&r, 5 * PAGE_SIZE));
	EXPECT_EQ(r.ready, 5 * PAGE_SIZE);
	EXPECT_EQ(r.base[0], 7);
	EXPECT(is_zero(r.base + 1, r.ready - 1));
	EXPECT(!region_grow(&r, 5 * PAGE_SIZE + 1));
	kgc_host_release(r.base, r.size);
}

KTEST(mm_meta, region_that_cannot_grow_is_as_before)
{
	struct region r;

	hostctl_fail_commit(1);
	EXPECT(!region_init(&r, PAGE_SIZE));
	hostctl_fail_commit(0);
	ASSERT(region_init(&r, 4 * PAGE_SIZE));
	ASSERT(region_grow(&r, PAGE_SIZE));
	hostctl_fail_commit(1);
	EXPECT(!region_grow(&r, 3 * PAGE_SIZE));
	hostctl_fail_commit(0);
	EXPECT_EQ(r.ready, PAGE_SIZE);
	EXPECT(region_grow(&r, 3 * PAGE_SIZE));
	kgc_host_release(r.base, r.size);
}

KTEST(mm_meta, chunks_come_from_further_regions)
{
	static char *p[64];
	size_t i, k;

	open();
	for (i = 0; i < 64; i++) {
		p[i] = meta_alloc(&meta, 5 * KIB);
		ASSERT(p[i]);
		EXPECT(is_zero(p[i], 5 * KIB));
		memset(p[i], i + 1, 5 * KIB);
	}
	for (i = 0; i < 64; i++)
		for (k = 0; k < 5 * KIB; k += 64)
			ASSERT_EQ(p[i][k], i + 1);
	EXPECT(meta.sys >= 64 * 5 * KIB);
	EXPECT(meta.sys <= 64 * 6 * KIB);
	EXPECT_EQ(meta.region.size, 64 * KIB);
	p[0] = meta_alloc(&meta, 200 * KIB); /* more than a step */
	ASSERT(p[0]);
	EXPECT(is_zero(p[0], 200 * KIB));
	meta_destroy(&meta);
}

KTEST(mm_meta, failure_is_null_or_made_up_for)
{
	unsigned long nth;
	size_t sys;
	char *p = NULL;

	for (nth = 1; nth < 8; nth++) {
		open();
		ASSERT(meta_alloc(&meta, 60 * KIB));
		sys = meta.sys;
		hostctl_fail_commit(nth);
		p = meta_alloc(&meta, 30 * KIB);
		if (hostctl_commits() < nth)
			break;
		EXPECT(p ? is_zero(p, 30 * KIB) : meta.sys <= sys + PAGE_SIZE);
		EXPECT(p || nth <= 3);
		EXPECT(meta_alloc(&meta, 30 * KIB));
		meta_destroy(&meta);
	}
	hostctl_fail_commit(0);
	EXPECT_EQ(nth, 4); /* reserve, commit the header, commit the rest */
	EXPECT(p && is_zero(p, 30 * KIB));
	meta_destroy(&meta);
}

KTEST(mm_meta, tables_are_zeroed_and_given_back)
{
	char *p = meta_table_alloc(3 * PAGE_SIZE);

	ASSERT(p);
	EXPECT(is_zero(p, 3 * PAGE_SIZE));
	meta_table_free(p, 3 * PAGE_SIZE);
	meta_table_free(NULL, PAGE_SIZE);
	hostctl_fail_commit(2);
	EXPECT(!meta_table_alloc(PAGE_SIZE));
	hostctl_fail_commit(0);
}
