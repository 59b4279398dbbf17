// SPDX-License-Identifier: MIT
/* leak_test.c - what nobody refers to is shown, and stays */
#include <string.h>

#include <kgc/kgc.h>
#include <tests/ktest.h>

/* Of a class that nobody else uses here; a stale word may hold some. */
enum { N = 50, SIZE = 1300, STALE = 6 };

struct found {
	unsigned int n, other;
	size_t size;
};

static void **kept;

static void clear_stack(void)
{
	volatile char room[16384];

	memset((char *)room, 0, sizeof(room));
}

/* N that nothing holds, and a chain of N that a static variable does. */
static __attribute__((noinline)) void make(void)
{
	void **p;
	int i;

	for (i = 0; i < 2 * N; i++) {
		p = kgc_alloc(SIZE, 0);
		if (p && i % 2) {
			*p = kept;
			kept = p;
		}
	}
}

static void visit(void *p, size_t size, unsigned int flags, void *arg)
{
	struct found *found = arg;

	if (size == found->size)
		found->n++;
}

static struct found find(void)
{
	struct found found = { .size = kgc_usable_size(kept) };

	clear_stack();
	found.other = (unsigned int)kgc_find_leaks(visit, &found) - found.n;
	return found;
}

static unsigned int length(void **p)
{
	unsigned int n = 0;

	for (; p; p = *p)
		n++;
	return n;
}

KTEST(mm_leak, unreachable_objects_are_shown_and_stay)
{
	struct found found;

	kgc_collect();
	kept = NULL;
	make();
	ASSERT_EQ(length(kept), N);
	found = find();
	EXPECT(found.n <= N && found.n >= N - STALE);
	found = find();
	EXPECT(found.n <= N && found.n >= N - STALE);
	EXPECT_EQ(kgc_check(), 0);
	kgc_collect();
	EXPECT(find().n <= STALE);
	EXPECT_EQ(length(kept), N);
	kept = NULL;
}
