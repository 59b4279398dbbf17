// SPDX-License-Identifier: MIT
/*
 * bitmap_test.c - the bits of spans, against an array of bytes
 *
 * Grades: unit, and a model for each class and kind.
 */
#include <tests/take.h>

#include "own.h"

enum { FREE, USED, MARKED = 2, SPECIAL = 4 };

static uint8_t model[512];

/* The four bits that the table in bitmap.h has for a word of @s. */
static uintptr_t four(const struct span *s, uintptr_t off)
{
	const uint32_t i = off / s->size;
	uintptr_t bits = BIT_NOSCAN;

	if (off % s->size)
		return 0;
	if (i >= s->nelems || !(model[i] & USED))
		return bits;
	bits = BIT_ALLOC | (kind_is_scanned(s->kind) ? 0 : BIT_NOSCAN);
	if (model[i] & MARKED)
		bits |= BIT_MARK;
	return model[i] & SPECIAL ? bits | BIT_SPECIAL : bits;
}

/* Do the bits of @s say what the model says? */
static bool as_model(const struct span *s)
{
	const uintptr_t mask = BIT_ALLOC | BIT_NOSCAN | BIT_MARK | BIT_SPECIAL;
	const uintptr_t bytes = (uintptr_t)s->npages << PAGE_SHIFT;
	uintptr_t off;

	for (off = 0; off < bytes; off += WORD_SIZE)
		if ((bitmap_get(&own, s->start + off) & mask) != four(s, off))
			return false;
	return true;
}

static uint32_t model_count(const struct span *s, unsigned int flag)
{
	uint32_t i, n = 0;

	for (i = 0; i < s->nelems; i++)
		n += (model[i] & flag) != 0;
	return n;
}

/* What bitmap_take() should answer; the model follows. */
static uint32_t model_take(const struct span *s, uint32_t from, uint32_t max,
			   uint32_t *first)
{
	uint32_t n = 0;

	while (from < s->nelems && model[from])
		from++;
	for (*first = from; from < s->nelems && !model[from] && n < max; n++)
		model[from++] = USED;
	return n;
}

static void set_bits(struct span *s, uint32_t i, uintptr_t bits)
{
	const struct bitpos b =
		bitmap_at(own.arena.start, s->start + i * s->size);

	bitword_or(&own, b.word, bits << b.shift);
}

static bool take_step(struct span *s)
{
	const uint32_t from = ktest_random() % (s->nelems + 1);
	const uint32_t max =
		ktest_random() % 4 ? 1 + ktest_random() % 40 : UINT32_MAX;
	uint32_t want, first, is_first = 0;

	want = model_take(s, from, max, &first);
	if (!EXPECT_EQ(bitmap_take(&own, s, from, max, &is_first), want))
		return false;
	return EXPECT_EQ(s->nused, model_count(s, USED)) &&
	       (!want || EXPECT_EQ(is_first, first));
}

static void free_step(struct span *s)
{
	uint32_t i, n;

	for (n = 0; n < s->nelems / 2u + 1; n++) {
		i = ktest_random() % s->nelems;
		if (!(model[i] & USED))
			continue;
		bitmap_free(&own, s->start + i * s->size);
		s->nused--;
		model[i] = FREE;
	}
}

static bool sweep_step(struct span *s)
{
	const bool mortal = kind_is_collectable(s->kind);
	uint32_t i;

	for (i = 0; i < s->nelems; i++)
		if (model[i] & USED && ktest_random() % 2) {
			set_bits(s, i, BIT_MARK | BIT_SPECIAL);
			model[i] |= MARKED | SPECIAL;
		}
	if (!EXPECT_EQ(bitmap_count(&own, s, BIT_MARK),
		       model_count(s, MARKED)) ||
	    !EXPECT(as_model(s)))
		return false;
	for (i = 0; i < s->nelems; i++)
		model[i] = model[i] & MARKED || !mortal ? model[i] & ~MARKED
							: FREE;
	bitmap_sweep(&own, s);
	s->nused = bitmap_count(&own, s, BIT_ALLOC);
	return EXPECT_EQ(s->nused, model_count(s, USED));
}

static bool run_model(struct span *s)
{
	int i;

	memset(model, 0, sizeof(model));
	if (!EXPECT(as_model(s)))
		return false;
	for (i = 0; i < 6; i++)
		if (!take_step(s))
			return false;
	if (!EXPECT(as_model(s)))
		return false;
	free_step(s);
	for (i = 0; i < 4; i++)
		if (!take_step(s))
			return false;
	if (!sweep_step(s) || !take_step(s))
		return false;
	return EXPECT(as_model(s));
}

/* Every class; what lies beside the span stays as it is. */
static void every_class(unsigned int kind)
{
	struct span *before, *s, *after;
	unsigned int c;
	bool good = true;

	ASSERT(own_open(NULL));
	for (c = 1; c < KGC_NCLASSES && good; c++) {
		before = own_span(KIND_SCAN, 2);
		s = own_span(kind, c);
		after = own_span(KIND_NOSCAN, 2);
		ASSERT(before && s && after);
		good = run_model(s);
		memset(model, 0, sizeof(model));
		good &= EXPECT(as_model(before)) && EXPECT(as_model(after));
		own_span_free(before);
		own_span_free(s);
		own_span_free(after);
	}
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_bitmap, model_of_scanned_spans)
{
	every_class(KIND_SCAN);
}

KTEST(mm_bitmap, model_of_noscan_spans)
{
	every_class(KIND_NOSCAN);
}

KTEST(mm_bitmap, model_of_uncollectable_spans)
{
	every_class(KIND_UNCOLLECTABLE);
}

KTEST(mm_bitmap, model_of_uncollectable_noscan_spans)
{
	every_class(KIND_UNCOLLECTABLE_NOSCAN);
}

KTEST(mm_bitmap, take_stops_at_used_object)
{
	static const uint8_t class[] = { 1, 2, 3, 4, 9, 10, 29, 35 };
	uint32_t first, n;
	struct span *s;
	size_t i;

	ASSERT(own_open(NULL));
	for (i = 0; i < sizeof(class); i++) {
		s = own_span(KIND_SCAN, class[i]);
		ASSERT(s);
		n = s->nelems;
		EXPECT_EQ(bitmap_take(&own, s, n - 1, 1, &first), 1);
		EXPECT_EQ(first, n - 1);
		EXPECT_EQ(bitmap_take(&own, s, 0, UINT32_MAX, &first), n - 1);
		EXPECT_EQ(first, 0);
		EXPECT_EQ(bitmap_take(&own, s, 0, UINT32_MAX, &first), 0);
		bitmap_free(&own, s->start + (n / 2) * s->size);
		EXPECT_EQ(bitmap_take(&own, s, 0, UINT32_MAX, &first), 1);
		EXPECT_EQ(first, n / 2);
		own_span_free(s);
	}
	own_close();
}

KTEST(mm_bitmap, take_honours_limit_in_and_across_words)
{
	uint32_t first, max, at;
	struct span *s;

	ASSERT(own_open(NULL));
	for (max = 1; max < 70; max += 3) {
		s = own_span(KIND_NOSCAN, 1);
		ASSERT(s);
		for (at = 0; at + max <= s->nelems; at += max) {
			ASSERT_EQ(bitmap_take(&own, s, 0, max, &first), max);
			ASSERT_EQ(first, at);
		}
		EXPECT_EQ(bitmap_take(&own, s, 0, max, &first), s->nelems - at);
		own_span_free(s);
	}
	own_close();
}

KTEST(mm_bitmap, free_clears_special)
{
	uint32_t first;
	struct span *s;

	ASSERT(own_open(NULL));
	s = own_span(KIND_SCAN, 3);
	ASSERT(s);
	bitmap_take(&own, s, 0, 3, &first);
	special_flag(&own, s->start + s->size, true);
	EXPECT(bitmap_get(&own, s->start + s->size) & BIT_SPECIAL);
	bitmap_free(&own, s->start + s->size);
	memset(model, 0, sizeof(model));
	model[0] = model[2] = USED;
	EXPECT(as_model(s));
	own_span_free(s);
	own_close();
}

KTEST(mm_bitmap, large_spans_have_one_start)
{
	static const struct {
		unsigned int kind;
		uintptr_t bits;
	} is[] = {
		{ KIND_SCAN, BIT_ALLOC },
		{ KIND_NOSCAN, BIT_ALLOC | BIT_NOSCAN },
		{ KIND_UNCOLLECTABLE, BIT_ALLOC },
		{ KIND_UNCOLLECTABLE_NOSCAN, BIT_ALLOC | BIT_NOSCAN },
		{ KIND_NOGC, BIT_NOSCAN },
	};
	struct span *s;
	size_t i, k;

	ASSERT(own_open(NULL));
	for (i = 0; i < sizeof(is) / sizeof(*is); i++) {
		s = own_span(is[i].kind, 0);
		ASSERT(s);
		EXPECT_EQ(*bitmap_of_span(&own, s), is[i].bits);
		EXPECT_EQ(bitmap_words(s), 1);
		for (k = 1; k < 4 * PAGE_SIZE / BITS_BYTES; k++)
			ASSERT_EQ(bitmap_of_span(&own, s)[-(ptrdiff_t)k], 0);
		own_span_free(s);
	}
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_bitmap, shared_heap_changes_bits_alike)
{
	struct span *s;

	ASSERT(own_open(NULL));
	own.shared = true;
	s = own_span(KIND_SCAN, 4);
	ASSERT(s);
	run_model(s);
	own_span_free(s);
	own_close();
}

KTEST(mm_bitmap, ones_are_counted)
{
	uintptr_t v;
	unsigned int n, i, k;

	EXPECT_EQ(bits_count(0), 0);
	EXPECT_EQ(bits_count(~(uintptr_t)0), WORD_SIZE * 8);
	for (i = 0; i < 200; i++) {
		v = (uintptr_t)((uint64_t)ktest_random() << 32 |
				ktest_random());
		for (n = k = 0; k < WORD_SIZE * 8; k++)
			n += v >> k & 1;
		ASSERT_EQ(bits_count(v), n);
	}
}

/* Of a span that is not the arena's first, of small objects and larger ones. */
KTEST(mm_bitmap, gathered_words_are_the_arenas)
{
	static const unsigned int classes[] = { 3, 20 };
	uint32_t words[4], first, n, k, i;
	struct span *before, *s;

	ASSERT(own_open(NULL));
	before = own_span(KIND_SCAN, 3);
	ASSERT(before);
	for (k = 0; k < 2; k++) {
		s = own_span(KIND_SCAN, classes[k]);
		ASSERT(s && s->start > own.arena.start);
		bitmap_take(&own, s, 0, 3, &first);
		n = bitmap_gather(&own, s, words, 4);
		EXPECT_EQ(n, 4);
		for (i = 0; i < n; i++)
			EXPECT_EQ(own.arena.start +
					  words[n - 1 - i] * WORD_SIZE,
				  s->start + (3 + i) * s->size);
		EXPECT_EQ(s->cursor, 7);
		own_span_free(s);
	}
	own_span_free(before);
	own_close();
}
