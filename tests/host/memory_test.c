// SPDX-License-Identifier: MIT
/*
 * memory_test.c - does the host keep its promises about memory?
 *
 * Reserved and Ready, as kgc/host.h has them; failures by
 * hostctl_fail_commit().
 */
#include <kgc/host.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

#include "need.h"

#define SIZE ((size_t)64 * KGC_PAGE_SIZE)

static bool is_zero(const unsigned char *p, size_t n)
{
	while (n && !*p) {
		p++;
		n--;
	}
	return !n;
}

KTEST(host, reserve_is_page_aligned)
{
	void *p = kgc_host_reserve(SIZE, NULL, NULL);

	ASSERT(p);
	EXPECT_EQ((uintptr_t)p % KGC_PAGE_SIZE, 0);
	kgc_host_release(p, SIZE);
}

KTEST(host, reserve_keeps_to_its_bounds)
{
	char *p = kgc_host_reserve(2 * SIZE, NULL, NULL), *q;

	ASSERT(p);
	kgc_host_release(p, 2 * SIZE);
	q = kgc_host_reserve(SIZE, p, p + 2 * SIZE);
	if (q) {
		EXPECT(q >= p && q + SIZE <= p + 2 * SIZE);
		kgc_host_release(q, SIZE);
	}
	EXPECT(!kgc_host_reserve(2 * SIZE, p, p + SIZE));
}

KTEST(host, reserve_does_not_overlap)
{
	char *p[8];
	int i, j;

	for (i = 0; i < 8; i++) {
		p[i] = kgc_host_reserve(SIZE, NULL, NULL);
		EXPECT(p[i]);
		for (j = 0; j < i; j++)
			EXPECT(p[i] + SIZE <= p[j] || p[j] + SIZE <= p[i]);
	}
	for (i = 0; i < 8; i++)
		if (p[i])
			kgc_host_release(p[i], SIZE);
}

/* 4 GB of address space and 256 MB of memory, if they are not. */
KTEST(host, released_space_is_had_again)
{
	void *p;
	int i;

	for (i = 0; i < 1000; i++) {
		p = kgc_host_reserve(16 * SIZE, NULL, NULL);
		ASSERT(p);
		ASSERT_EQ(kgc_host_commit(p, SIZE), 0);
		kgc_host_release(p, 16 * SIZE);
	}
}

KTEST(host, commit_is_zero_and_writable)
{
	unsigned char *p = kgc_host_reserve(SIZE, NULL, NULL);

	ASSERT(p);
	ASSERT_EQ(kgc_host_commit(p, SIZE), 0);
	EXPECT(is_zero(p, SIZE));
	__builtin_memset(p, 0x5a, SIZE);
	EXPECT_EQ(p[SIZE - 1], 0x5a);
	kgc_host_release(p, SIZE);
}

KTEST(host, commit_after_decommit_is_zero)
{
	unsigned char *p = kgc_host_reserve(SIZE, NULL, NULL);
	unsigned char *middle = p + 2 * KGC_PAGE_SIZE;

	ASSERT(p);
	ASSERT_EQ(kgc_host_commit(p, SIZE), 0);
	__builtin_memset(p, 0x5a, SIZE);
	kgc_host_decommit(middle, 3 * KGC_PAGE_SIZE);
	ASSERT_EQ(kgc_host_commit(middle, 3 * KGC_PAGE_SIZE), 0);
	EXPECT(is_zero(middle, 3 * KGC_PAGE_SIZE));
	EXPECT_EQ(middle[-1], 0x5a);
	EXPECT_EQ(middle[3 * KGC_PAGE_SIZE], 0x5a);
	kgc_host_release(p, SIZE);
}

KTEST(host, commit_leaves_its_neighbours_alone)
{
	unsigned char *p = kgc_host_reserve(SIZE, NULL, NULL);
	unsigned char *q = p + KGC_PAGE_SIZE;

	ASSERT(p);
	ASSERT_EQ(kgc_host_commit(p, KGC_PAGE_SIZE), 0);
	__builtin_memset(p, 0x5a, KGC_PAGE_SIZE);
	ASSERT_EQ(kgc_host_commit(q, KGC_PAGE_SIZE), 0);
	EXPECT(is_zero(q, KGC_PAGE_SIZE));
	EXPECT_EQ(p[0], 0x5a);
	EXPECT_EQ(q[-1], 0x5a);
	kgc_host_release(p, SIZE);
}

/* 256 MB, if it is not. */
KTEST(host, decommitted_memory_is_had_again)
{
	unsigned char *p = kgc_host_reserve(SIZE, NULL, NULL);
	int i;

	ASSERT(p);
	for (i = 0; i < 1000; i++) {
		ASSERT_EQ(kgc_host_commit(p, SIZE), 0);
		p[0] = p[SIZE - 1] = 1;
		kgc_host_decommit(p, SIZE);
	}
	kgc_host_release(p, SIZE);
}

/* The page's memory goes to its neighbour, and it gets another. */
KTEST(host, a_page_forgets_where_it_was)
{
	unsigned char *p = kgc_host_reserve(SIZE, NULL, NULL);
	unsigned char *q = p + KGC_PAGE_SIZE;

	ASSERT(p);
	ASSERT_EQ(kgc_host_commit(p, KGC_PAGE_SIZE), 0);
	p[0] = 1;
	kgc_host_decommit(p, KGC_PAGE_SIZE);
	ASSERT_EQ(kgc_host_commit(q, KGC_PAGE_SIZE), 0);
	__builtin_memset(q, 0x5a, KGC_PAGE_SIZE);
	ASSERT_EQ(kgc_host_commit(p, KGC_PAGE_SIZE), 0);
	EXPECT(is_zero(p, KGC_PAGE_SIZE));
	__builtin_memset(p, 0, KGC_PAGE_SIZE);
	EXPECT_EQ(q[0], 0x5a);
	kgc_host_release(p, SIZE);
}

/* What was had before memory ran out is there for others. */
KTEST(host, a_commit_of_too_much_fails_whole)
{
	void *p, *q;
	size_t size;
	int i;

	NEED(hostctl_too_much);
	size = hostctl_too_much();
	p = kgc_host_reserve(size, NULL, NULL);
	q = kgc_host_reserve(SIZE, NULL, NULL);
	ASSERT(p && q);
	for (i = 0; i < 3; i++) {
		EXPECT(kgc_host_commit(p, size) < 0);
		if (EXPECT_EQ(kgc_host_commit(q, SIZE), 0))
			kgc_host_decommit(q, SIZE);
	}
	kgc_host_release(p, size);
	kgc_host_release(q, SIZE);
}

KTEST(host, failed_commit_leaves_it_reserved)
{
	unsigned char *p;

	NEED(hostctl_fail_commit);
	p = kgc_host_reserve(SIZE, NULL, NULL);
	ASSERT(p);
	hostctl_fail_commit(1);
	EXPECT(kgc_host_commit(p, SIZE) < 0);
	EXPECT_EQ(hostctl_commits(), 1);
	hostctl_fail_commit(0);
	ASSERT_EQ(kgc_host_commit(p, SIZE), 0);
	EXPECT(is_zero(p, SIZE));
	kgc_host_release(p, SIZE);
}

KTEST(host, the_nth_call_fails_once)
{
	void *p, *q;

	NEED(hostctl_fail_commit);
	hostctl_fail_commit(2);
	p = kgc_host_reserve(SIZE, NULL, NULL);
	EXPECT(p);
	EXPECT(!kgc_host_reserve(SIZE, NULL, NULL));
	q = kgc_host_reserve(SIZE, NULL, NULL);
	EXPECT(q);
	hostctl_fail_commit(0);
	if (p)
		kgc_host_release(p, SIZE);
	if (q)
		kgc_host_release(q, SIZE);
}
