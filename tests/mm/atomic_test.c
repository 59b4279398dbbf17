// SPDX-License-Identifier: MIT
/* atomic_test.c - blocks for interrupt handlers, of the public heap */
#include <string.h>

#include <tests/hostctl.h>
#include <tests/ktest.h>

#include "internal.h"

enum { SIZE = 48, N = 8 };

struct taken {
	unsigned int n;
	uintptr_t inverse[KGC_ATOMIC_MAX + 1];
	bool zero;
};

/* What a handler does: take all there are. */
static void take_all(void *arg)
{
	static const char zero[SIZE];
	struct taken *t = arg;
	void *p;

	t->zero = true;
	while (t->n <= KGC_ATOMIC_MAX && (p = kgc_alloc_atomic(SIZE))) {
		t->zero &= !memcmp(p, zero, SIZE);
		memset(p, 0x5a, SIZE);
		t->inverse[t->n++] = ~(uintptr_t)p;
	}
}

static __attribute__((noinline)) void adopt(const struct taken *t)
{
	unsigned int i;

	for (i = 0; i < t->n; i++)
		kgc_free(kgc_adopt((void *)~t->inverse[i]));
}

static void clear_stack(void)
{
	volatile char room[4096];
	size_t i;

	for (i = 0; i < sizeof room; i++)
		room[i] = 0;
}

KTEST(mm_atomic, a_handler_takes_what_is_kept_and_then_null)
{
	struct taken t = { 0 };

	ASSERT_EQ(kgc_set_atomic(SIZE, N), 0);
	hostctl_interrupt(take_all, &t);
	EXPECT_EQ(t.n, N);
	EXPECT(t.zero);
	EXPECT(!kgc_alloc_atomic(1));
	adopt(&t);
	EXPECT_EQ(kgc_set_atomic(0, 0), 0);
}

/* Nobody but the reserve knows of the block: it lives, and what it holds. */
KTEST(mm_atomic, a_block_is_a_root_until_it_is_adopted)
{
	struct taken t = { 0 };
	unsigned int i;
	uint32_t live = 0;

	ASSERT_EQ(kgc_set_atomic(SIZE, N), 0);
	hostctl_interrupt(take_all, &t);
	ASSERT_EQ(t.n, N);
	clear_stack();
	kgc_collect();
	for (i = 0; i < t.n; i++)
		live += kgc_lookup((void *)~t.inverse[i], NULL) ==
				(void *)~t.inverse[i] &&
			*(char *)~t.inverse[i] == 0x5a;
	EXPECT_EQ(live, N);
	adopt(&t);
	EXPECT_EQ(kgc_set_atomic(0, 0), 0);
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_atomic, adopting_keeps_another_in_its_stead)
{
	struct taken t = { 0 };
	int i;

	ASSERT_EQ(kgc_set_atomic(SIZE, N), 0);
	for (i = 0; i < 5; i++) {
		t.n = 0;
		hostctl_interrupt(take_all, &t);
		EXPECT_EQ(t.n, N);
		EXPECT(t.zero);
		adopt(&t);
	}
	EXPECT_EQ(kgc_set_atomic(0, 0), 0);
}

/* What is taken is still adopted when another size is kept by then. */
KTEST(mm_atomic, another_size_leaves_what_is_taken)
{
	struct taken t = { 0 };

	ASSERT_EQ(kgc_set_atomic(SIZE, N), 0);
	hostctl_interrupt(take_all, &t);
	ASSERT_EQ(kgc_set_atomic(2 * SIZE, N / 2), 0);
	EXPECT(!kgc_alloc_atomic(SIZE));
	adopt(&t);
	EXPECT_EQ(kgc_set_atomic(2 * SIZE, N / 2), 0);
	t.n = 0;
	hostctl_interrupt(take_all, &t);
	EXPECT_EQ(t.n, N / 2);
	adopt(&t);
	EXPECT_EQ(kgc_set_atomic(0, 0), 0);
}

KTEST(mm_atomic, too_large_and_too_many)
{
	EXPECT_EQ(kgc_set_atomic(SIZE, KGC_ATOMIC_MAX + 1), -KGC_EINVAL);
	EXPECT_EQ(kgc_set_atomic(SMALL_MAX + 1, 1), -KGC_EINVAL);
	ASSERT_EQ(kgc_set_atomic(SIZE, 1), 0);
	EXPECT(!kgc_alloc_atomic(SIZE + 1));
	EXPECT_EQ(kgc_set_atomic(0, 0), 0);
	EXPECT(!kgc_alloc_atomic(1));
}

static void adopt_wrong(void *arg)
{
	kgc_adopt(arg);
}

KTEST(mm_atomic, adopting_something_else_is_a_panic)
{
	char text[120] = "";
	void *p = kgc_alloc(SIZE, 0);

	EXPECT(hostctl_catch_panic(adopt_wrong, p, text, sizeof text));
	EXPECT(strstr(text, "not from kgc_alloc_atomic"));
	kgc_free(p);
}
