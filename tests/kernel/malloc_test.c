// SPDX-License-Identifier: MIT
/* malloc_test.c - the modes of malloc, and what is told of lost blocks */
#include <kgc_leak.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kgc/kgc.h>
#include <libc/malloc.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

struct node {
	struct node *next;
	char text[40];
};

static struct node *held;

/* Three chains: one held, one lost whole, one freed. */
static __attribute__((noinline)) void plant(void)
{
	struct node *lost = NULL, *gone, *p;
	int i;

	held = NULL;
	for (i = 0; i < 5; i++) {
		p = malloc(sizeof(*p) + 100 * i);
		p->next = held;
		held = p;
		p = malloc(sizeof(*p) + i);
		p->next = lost;
		lost = p;
		gone = malloc(77);
		gone = realloc(gone, 7000);
		free(gone);
	}
}

static void release(void)
{
	struct node *next;

	for (; held; held = next) {
		next = held->next;
		free(held);
	}
}

KTEST(libc_malloc, leak_mode_finds_what_was_lost_and_no_more)
{
	malloc_set_mode(MALLOC_LEAK);
	EXPECT_EQ(kgc_leak_report(), 0);
	plant();
	EXPECT_EQ(kgc_leak_report(), 5);
	EXPECT_EQ(kgc_leak_report(), 5);
	EXPECT_EQ(kgc_check(), 0);
	release();
	malloc_set_mode(MALLOC_GC);
	kgc_collect();
	EXPECT_EQ(kgc_leak_report(), 0);
}

static void fill(unsigned char *p, size_t n, unsigned int seed)
{
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = (unsigned char)(i * 7 + seed);
}

static bool is_filled(const unsigned char *p, size_t n, unsigned int seed)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] != (unsigned char)(i * 7 + seed))
			return false;
	return true;
}

static void resize_in(enum malloc_mode mode)
{
	size_t n, last = 1;
	unsigned char *p, *q;

	malloc_set_mode(mode);
	p = malloc(1);
	fill(p, 1, mode);
	for (n = 1; n < 100000; last = n, n = n * 5 / 3 + 1) {
		p = realloc(p, n);
		ASSERT(p);
		EXPECT(is_filled(p, last, mode));
		EXPECT_EQ((uintptr_t)p % 16, 0);
		EXPECT(malloc_usable_size(p) >= n);
		fill(p, n, mode);
	}
	for (n = last; n > 0; n /= 2) {
		p = realloc(p, n);
		ASSERT(p && is_filled(p, n, mode));
	}
	free(p);
	q = malloc(300);
	memset(q, 0xff, 300);
	free(q);
	q = calloc(3, 100);
	for (n = 0; n < 300; n++)
		EXPECT_EQ(q[n], 0);
	free(q);
	malloc_set_mode(MALLOC_GC);
}

KTEST(libc_malloc, blocks_keep_their_contents_in_every_mode)
{
	resize_in(MALLOC_GC);
	resize_in(MALLOC_MANUAL);
	resize_in(MALLOC_LEAK);
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(libc_malloc, manual_mode_never_collects)
{
	const uint32_t cycles = kgc_cycles();
	unsigned int i;
	void *p;

	malloc_set_mode(MALLOC_MANUAL);
	for (i = 0; i < 20000; i++) {
		p = malloc(1000);
		ASSERT(p);
		free(p);
	}
	kgc_collect();
	EXPECT_EQ(kgc_cycles(), cycles);
	malloc_set_mode(MALLOC_GC);
}

/* Blocks that one mode made are freed and resized in another. */
KTEST(libc_malloc, modes_may_mix)
{
	char *p[3], *q;
	int made, used;

	for (made = 0; made < 3; made++)
		for (used = 0; used < 3; used++) {
			malloc_set_mode(made);
			p[0] = malloc(100);
			p[1] = malloc(100);
			strcpy(p[1], "kept");
			malloc_set_mode(used);
			free(p[0]);
			q = realloc(p[1], 5000);
			EXPECT_STR(q, "kept");
			free(q);
		}
	malloc_set_mode(MALLOC_GC);
	EXPECT_EQ(kgc_check(), 0);
}
