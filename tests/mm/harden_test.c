// SPDX-License-Identifier: MIT
/*
 * harden_test.c - writes beyond a block, or into one that is free
 *
 * Whatever is written into blocks, the bitmap, the spans and the tables lie
 * elsewhere: at each level they are what they were.  At level 2 and above the
 * write is found, and its report names operation, block and size.
 */
#include <stdio.h>
#include <string.h>

#include <tests/hostctl.h>
#include <tests/ktest.h>

#include "internal.h"

enum { SIZE = 100, BLOCKS = 64 };

static char is[384];
static unsigned char *block[BLOCKS];

static bool hardened(void)
{
	if (KGC_CHECK >= 2)
		return true;
	ktest_skip("only at CHECK=2 and above");
	return false;
}

static void do_free(void *p)
{
	kgc_free(p);
}

static void do_realloc(void *p)
{
	block[0] = kgc_realloc(p, 2 * SIZE);
}

static void do_usable(void *p)
{
	kgc_usable_size(p);
}

static void do_collect(void *p)
{
	kgc_collect();
}

/* Allocate until a block that was freed is handed out again. */
static void do_reuse(void *p)
{
	int i;

	for (i = 0; i < 100000 && kgc_alloc(SIZE, 0) != p; i++)
		;
}

/* More than a quarantine holds, of another class. */
static void do_free_many(void *p)
{
	int i;

	for (i = 0; i < 2 * QUARANTINE; i++)
		kgc_free(kgc_alloc(4 * SIZE, 0));
}

/* @fn(@p) must panic with a text that begins and ends so. */
static bool reports(void (*fn)(void *p), void *p, const char *operation,
		    const char *why)
{
	char begins[128], block_is[64];

	strcpy(is, "nothing");
	hostctl_catch_panic(fn, p, is, sizeof(is));
	snprintf(begins, sizeof(begins), "gc: %s 0x%lx: %s", operation,
		 (unsigned long)p, why);
	snprintf(block_is, sizeof(block_is), "; block 0x%lx of ",
		 (unsigned long)p);
	if (!strncmp(is, begins, strlen(begins)) && strstr(is, block_is))
		return true;
	EXPECT_STR(is, begins);
	return false;
}

KTEST(mm_harden, usable_size_is_what_was_asked_for)
{
	size_t size;
	char *p;

	if (!hardened())
		return;
	for (size = 1; size < 80000; size += 1 + size / 7) {
		p = kgc_alloc(size, 0);
		ASSERT(p);
		EXPECT_EQ(kgc_usable_size(p), round_up(size, WORD_SIZE));
		memset(p, 0xff, kgc_usable_size(p));
		p = kgc_realloc(p, size + 5);
		ASSERT(p);
		EXPECT_EQ(kgc_usable_size(p), round_up(size + 5, WORD_SIZE));
		memset(p, 0xff, kgc_usable_size(p));
		kgc_free(p);
	}
	EXPECT_EQ(kgc_check(), 0);
}

/* A word behind, of any value; small, exactly fitting and large blocks. */
KTEST(mm_harden, write_past_the_end)
{
	static const size_t sizes[] = { 8, SIZE, 112 - WORD_SIZE, 5000, 50000 };
	static const uintptr_t values[] = { 0, 1, ~(uintptr_t)0, 0x41414141 };
	uintptr_t *end, was;
	size_t i, k;
	char *p;

	if (!hardened())
		return;
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (k = 0; k < 4; k++) {
			p = kgc_alloc(sizes[i], 0);
			ASSERT(p);
			end = (uintptr_t *)(p + kgc_usable_size(p));
			was = *end;
			*end = values[k];
			ASSERT(reports(do_free, p, "free",
				       "written past the end at byte "));
			ASSERT(reports(do_realloc, p, "realloc",
				       "written past the end at byte "));
			ASSERT(reports(do_usable, p, "usable_size",
				       "written past the end at byte "));
			EXPECT_EQ(kgc_check(), 1);
			*end = was;
			kgc_free(p);
		}
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_harden, canary_is_looked_at_in_each_cycle)
{
	static uintptr_t *p, was;

	if (!hardened())
		return;
	p = kgc_alloc(SIZE, KGC_UNCOLLECTABLE);
	ASSERT(p);
	was = p[kgc_usable_size(p) / WORD_SIZE];
	p[kgc_usable_size(p) / WORD_SIZE] = 5;
	/* A panic in a cycle leaves the world stopped: ask the checker. */
	EXPECT_EQ(kgc_check(), 1);
	hostctl_last_output(is, sizeof(is));
	EXPECT(strstr(is, "canary behind an object: written to; block 0x"));
	p[(SIZE + WORD_SIZE - 1) / WORD_SIZE] = was;
	do_collect(NULL);
	kgc_free(p);
}

KTEST(mm_harden, write_after_free)
{
	unsigned char *p;

	if (!hardened())
		return;
	p = kgc_alloc(SIZE, 0);
	ASSERT(p);
	kgc_free(p);
	EXPECT_EQ(p[50], 0xdb);
	p[50] = 1;
	EXPECT_EQ(kgc_check(), 1);
	hostctl_last_output(is, sizeof(is));
	EXPECT(strstr(is, "poison of a free block: written to; block 0x"));
	EXPECT(reports(do_free_many, p, "reuse",
		       "written to after it was freed at byte 48"));
	p[50] = 0xdb;
	do_free_many(NULL);
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_harden, write_to_a_block_that_left_the_quarantine)
{
	unsigned char *p;

	if (!hardened())
		return;
	kgc_disable();
	p = kgc_alloc(SIZE, 0);
	ASSERT(p);
	kgc_free(p);
	kgc_retire(0); /* a window would have to come to it first */
	do_free_many(NULL);
	p[8] = 1;
	EXPECT(reports(do_reuse, p, "alloc",
		       "free block was written to at byte 8"));
	kgc_enable();
	/* The panic left it allocated, without canaries. */
	harden_set_size(span_of(&heap, (uintptr_t)p), (uintptr_t)p, SIZE);
	kgc_free(p);
	kgc_collect();
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_harden, freed_block_waits)
{
	char *p;
	int i;

	if (!hardened())
		return;
	p = kgc_alloc(SIZE, 0);
	ASSERT(p);
	kgc_free(p);
	for (i = 0; i < QUARANTINE / 2; i++)
		EXPECT(kgc_alloc(SIZE, 0) != p);
	EXPECT(!kgc_lookup(p, NULL));
	EXPECT(reports(do_free, p, "free", "already free"));
	EXPECT_EQ(kgc_check(), 0);
}

/* --- at each level: metadata lies elsewhere ------------------------------ */

static void make_blocks(void)
{
	int i;

	for (i = 0; i < BLOCKS; i++)
		block[i] = kgc_alloc(i % 8 ? 1 + i * 37 : 40000,
				     KGC_NOSCAN | KGC_UNCOLLECTABLE);
}

/* Bytes of the block at @p, with what is not its owner's. */
static size_t whole(const void *p)
{
	return span_of(&heap, (uintptr_t)p)->size;
}

/* The faults found are all of kinds that level 2 has for contents. */
static bool only_contents(void)
{
	static struct faults f;
	int i;

	f = (struct faults){ 0 };
	heap_stop(&heap);
	check_heap(&heap, &f);
	heap_start(&heap);
	for (i = 0; i < MIN(f.n, FAULTS_MAX); i++)
		if (!f.fault[i].block)
			return false;
	return (f.n > 0) == (KGC_CHECK >= 2);
}

/* Each block is written over as a whole, and half of the next one as well. */
KTEST(mm_harden, no_block_leads_to_metadata)
{
	static const int with[] = { 0, 0xff, 0x41 };
	static unsigned char saved[3 * 40960];
	size_t n, k;
	int i;

	if (KGC_FENCES) {
		ktest_skip("a bad store is reported at once");
		return;
	}
	make_blocks();
	for (i = 0; i < BLOCKS; i++)
		for (k = 0; k < 3; k++) {
			ASSERT(block[i]);
			n = whole(block[i]);
			if ((uintptr_t)block[i] + n + n / 2 <=
			    span_end(span_of(&heap, (uintptr_t)block[i])))
				n += n / 2;
			memcpy(saved, block[i], n);
			memset(block[i], with[k], n);
			ASSERT(only_contents());
			memcpy(block[i], saved, n);
		}
	for (i = 0; i < BLOCKS; i++)
		kgc_free(block[i]);
	memset(block, 0, sizeof(block)); /* no roots for later cases */
	memset(saved, 0, sizeof(saved));
	EXPECT_EQ(kgc_check(), 0);
}
