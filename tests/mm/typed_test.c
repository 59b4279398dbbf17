// SPDX-License-Identifier: MIT
/* typed_test.c - only the words that a layout names are scanned */
#include "own.h"

#include <tests/hostctl.h>

static void *roots[2];

static void cycle(void)
{
	own_collect(roots, roots + 2);
}

static void *make(void)
{
	return heap_alloc(&own, 48, 0);
}

static bool open_clean(void)
{
	memset(roots, 0, sizeof(roots));
	return own_open(NULL);
}

static const uintptr_t second_and_fourth[] = { 1 << 1 | 1 << 3 };

KTEST(mm_typed, one_layout_has_one_number)
{
	const uintptr_t more[] = { 1 << 1 | 1 << 3 | 1 << 4 };
	int type;

	ASSERT(open_clean());
	type = typed_number(&own, second_and_fourth, 4 * WORD_SIZE);
	EXPECT(type > 0);
	EXPECT_EQ(typed_number(&own, more, 4 * WORD_SIZE), type);
	EXPECT(typed_number(&own, more, 5 * WORD_SIZE) != type);
	EXPECT_EQ(typed_number(&own, more, 0), -KGC_EINVAL);
	EXPECT_EQ(typed_number(&own, more, WORD_SIZE + 1), -KGC_EINVAL);
	own_close();
}

KTEST(mm_typed, table_grows)
{
	uintptr_t bits[3] = { 0 };
	int type[1500], i;

	ASSERT(open_clean());
	for (i = 0; i < 1500; i++) {
		bits[2] = (uintptr_t)i;
		type[i] =
			typed_number(&own, bits, sizeof(bits) * 8 * WORD_SIZE);
		if (!EXPECT_EQ(type[i], i + 1))
			break;
	}
	bits[2] = 700;
	EXPECT_EQ(typed_number(&own, bits, sizeof(bits) * 8 * WORD_SIZE), 701);
	own_close();
}

KTEST(mm_typed, words_that_are_no_pointers_keep_nothing)
{
	void **p, *object[6];
	int type, i;

	ASSERT(open_clean());
	type = typed_number(&own, second_and_fourth, 4 * WORD_SIZE);
	roots[0] = p = typed_alloc(&own, 6 * WORD_SIZE, type, 0);
	for (i = 0; i < 6; i++)
		p[i] = object[i] = make();
	cycle();
	for (i = 0; i < 6; i++)
		EXPECT_EQ(own_has(object[i]), i == 1 || i == 3);
	EXPECT_EQ(own_objects(), 3);
	EXPECT_SOUND();
	roots[0] = NULL;
	cycle();
	EXPECT_EQ(own_objects(), 0);
	own_close();
}

/* @n elements of four words; the block may be a large one. */
static void array_of(size_t n)
{
	const size_t words = 4 * n;
	void **p;
	size_t i;
	int type;

	ASSERT(open_clean());
	type = typed_number(&own, second_and_fourth, 4 * WORD_SIZE);
	roots[0] = p = typed_alloc_array(&own, n, type, 0);
	ASSERT(p);
	for (i = 0; i < words; i++)
		ASSERT((p[i] = make()));
	cycle();
	EXPECT_EQ(own_objects(), 1 + words / 2);
	for (i = 0; i < words; i++)
		if (i % 2 && !own_has(p[i]))
			break;
	EXPECT_EQ(i, words);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_typed, array_repeats_its_layout)
{
	array_of(1);
	array_of(7);
	array_of(3000);
}

KTEST(mm_typed, short_mark_list_scans_by_type_too)
{
	void **p, **last;
	int type, i;

	ASSERT(OWN_OPEN(.mark_entries = 2));
	memset(roots, 0, sizeof(roots));
	type = typed_number(&own, second_and_fourth, 4 * WORD_SIZE);
	roots[0] = last = typed_alloc(&own, 4 * WORD_SIZE, type, 0);
	for (i = 0; i < 300; i++, last = p) {
		p = typed_alloc(&own, 4 * WORD_SIZE, type, 0);
		last[1] = p;
		last[0] = make();
		last[3] = typed_alloc(&own, 4 * WORD_SIZE, type, 0);
	}
	cycle();
	EXPECT_EQ(own_objects(), 601);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_typed, type_follows_a_resize)
{
	void **p, *kept;
	size_t usable;
	int type;

	type = kgc_type(second_and_fourth, 4 * WORD_SIZE);
	ASSERT(type > 0);
	p = kgc_alloc_typed(4 * WORD_SIZE, type, 0);
	ASSERT(p);
	usable = kgc_usable_size(p);
	EXPECT(usable >= 4 * WORD_SIZE);
	EXPECT(kgc_lookup((char *)p + 3, &usable) == p);
	EXPECT_EQ(usable, kgc_usable_size(p));
	p[1] = kept = kgc_alloc(16, KGC_NOSCAN);
	p = kgc_realloc(p, 500 * WORD_SIZE);
	ASSERT(p);
	EXPECT(p[1] == kept);
	EXPECT(kgc_usable_size(p) >= 500 * WORD_SIZE);
	memset(p + 4, 0x5a, kgc_usable_size(p) - 4 * WORD_SIZE);
	kgc_collect();
	EXPECT(kgc_lookup(kept, NULL) == kept);
	p = kgc_realloc(p, 4 * WORD_SIZE);
	EXPECT(p && p[1] == kept);
	kgc_collect();
	EXPECT_EQ(kgc_check(), 0);
	kgc_free(p);
}

static void read_type(void *p)
{
	bool once;

	typed_of(&own, span_of(&own, (uintptr_t)p), (uintptr_t)p, &once);
}

static bool complains(const char *text, void (*fn)(void *), void *arg)
{
	char is[200];

	return hostctl_catch_panic(fn, arg, is, sizeof(is)) &&
	       EXPECT(strstr(is, text));
}

static void alloc_of_no_type(void *type)
{
	typed_alloc(&own, 8, (int)(uintptr_t)type, 0);
}

KTEST(mm_typed, overwritten_type_is_named)
{
	uintptr_t *p, *word;
	int type;

	ASSERT(open_clean());
	type = typed_number(&own, second_and_fourth, 4 * WORD_SIZE);
	roots[0] = p = typed_alloc(&own, 4 * WORD_SIZE, type, 0);
	word = p + span_usable(span_of(&own, (uintptr_t)p)) / WORD_SIZE;
	*word = 0x1234567;
	EXPECT(complains("its type, the last word of", read_type, p));
	EXPECT(complains("alloc_typed 12: no such type", alloc_of_no_type,
			 (void *)12));
	*word = 0;
	own_close();
}
