// SPDX-License-Identifier: MIT
/*
 * bitmap_proof.c - where the bits of an address are, and what changes them
 *
 * Operations on a bitmap word are bitwise but for the count and the search, so
 * it is enough to try a bit's own group of four in each place against words
 * that are otherwise all zeros, all ones, and one bit of either.
 */
#include <tests/take.h>

#include "prove.h"

/* What every arena's page table can describe at most: 16 GiB, or 2 GiB. */
#define REACH ((uint64_t)(WORD_SIZE == 8 ? 16384 : 2048) * MIB)

static bitword words[4096];
#define START (&words[4096])

/*
 * For each word of the largest arena: bitmap_at() is the word and the shift
 * that the head of bitmap.h names; so no two addresses share four bits.
 */
CLAIM(bitmap_at_every_word)
{
	const uintptr_t start = WORD_SIZE == 8 ? (uintptr_t)1 << 40 : GIB;
	const uint64_t n = REACH / WORD_SIZE;
	uintptr_t word = start - WORD_SIZE;
	unsigned int shift = 0;
	struct bitpos b;
	uint64_t i;

	for (i = 0; i < n; i++) {
		b = bitmap_at(start, start + (uintptr_t)i * WORD_SIZE);
		HOLDS((uintptr_t)b.word == word && b.shift == shift, i, b.word,
		      b.shift);
		if (++shift == BITS_K) {
			shift = 0;
			word -= WORD_SIZE;
		}
	}
}

/*
 * For each byte of the first and the last pages of the largest arena: its bits
 * are those of the word that it lies in.
 */
CLAIM(bitmap_at_every_byte)
{
	const uintptr_t start = WORD_SIZE == 8 ? (uintptr_t)1 << 40 : GIB;
	const uintptr_t ends[] = { start, start + REACH - MIB };
	struct bitpos b, at;
	uintptr_t p;
	int i;

	for (i = 0; i < 2; i++)
		for (p = ends[i]; p < ends[i] + MIB; p++) {
			b = bitmap_at(start, p);
			at = bitmap_at(start, p & ~(WORD_SIZE - 1));
			HOLDS(b.word == at.word && b.shift == at.shift, p,
			      b.shift, at.shift);
		}
}

/* The background number @i of 2 + 2 * word bits, four bits at @shift apart. */
static uintptr_t background(unsigned int i, unsigned int shift)
{
	const unsigned int bits = WORD_SIZE * 8;
	const uintptr_t own = (BIT_ALLOC | BIT_NOSCAN | BIT_MARK | BIT_SPECIAL)
			      << shift;
	uintptr_t w = i & 1 ? ~(uintptr_t)0 : 0;

	if (i >= 2)
		w ^= (uintptr_t)1 << (i - 2) / 2 % bits;
	return w & ~own;
}
#define NBACKGROUNDS (2 + 2 * (unsigned int)WORD_SIZE * 8)

static uintptr_t spread(unsigned int four)
{
	return (four & 1 ? BIT_ALLOC : 0) | (four & 2 ? BIT_NOSCAN : 0) |
	       (four & 4 ? BIT_MARK : 0) | (four & 8 ? BIT_SPECIAL : 0);
}

/*
 * For each place in a word, each value of the four bits there, each background:
 * bitmap_get() reads those four.
 */
CLAIM(bitmap_get_every_shift)
{
	const uintptr_t four_bits = spread(15);
	struct heap *h = prove_bits(START);
	unsigned int at, four, i;
	struct bitpos b;
	uintptr_t p;

	for (at = 0; at < 3 * BITS_K; at++)
		for (four = 0; four < 16; four++)
			for (i = 0; i < NBACKGROUNDS; i++) {
				p = h->arena.start + at * WORD_SIZE;
				b = bitmap_at(h->arena.start, p);
				*b.word = background(i, b.shift) |
					  spread(four) << b.shift;
				HOLDS((bitmap_get(h, p) & four_bits) ==
					      spread(four),
				      at, four, i);
			}
}

/*
 * The same space, with one slot and with several: bitmap_free() leaves N, and M
 * as it was, and changes no other bit of this word or of its neighbours.
 */
CLAIM(bitmap_free_every_shift)
{
	struct heap *h = prove_bits(START);
	unsigned int at, four, i;
	uintptr_t p, back, want;
	struct bitpos b;

	for (i = 0; i < 2 * NBACKGROUNDS; i++)
		for (at = BITS_K; at < 2 * BITS_K; at++)
			for (four = 0; four < 16; four++) {
				h->shared = i & 1;
				p = h->arena.start + at * WORD_SIZE;
				b = bitmap_at(h->arena.start, p);
				back = background(i / 2, b.shift);
				*b.word = back | spread(four) << b.shift;
				b.word[-1] = b.word[1] = back;
				want = BIT_NOSCAN | (spread(four) & BIT_MARK);
				bitmap_free(h, p);
				HOLDS(*b.word == (back | want << b.shift), at,
				      four, i);
				HOLDS(b.word[-1] == back && b.word[1] == back,
				      at, four, i);
			}
}

static unsigned int count_slowly(uintptr_t v)
{
	unsigned int n = 0;

	for (; v; v &= v - 1)
		n++;
	return n;
}

/*
 * bits_count() for each word of 32 bits.  For 64 bits: each value of each 16
 * bits, the others all zeros, all ones, or the same; no step but the last adds
 * across 16 bits, and that one adds bytes of at most 8 each.
 */
CLAIM(bits_count_every_word)
{
	const uintptr_t ones = ~(uintptr_t)0;
	uintptr_t v, lane, at;
	uint32_t n = 0;

	if (WORD_SIZE == 4)
		do
			HOLDS(bits_count(n) == count_slowly(n), n, 0, 0);
		while (++n);
	for (at = 0; at < WORD_SIZE * 8; at += 16)
		for (v = 0; v <= 0xffff; v++) {
			lane = v << at;
			HOLDS(bits_count(lane) == count_slowly(v), v, at, 0);
			lane |= ~((uintptr_t)0xffff << at);
			HOLDS(bits_count(lane) ==
				      count_slowly(v) + WORD_SIZE * 8 - 16,
			      v, at, 1);
			HOLDS(bits_count(ones / 0xffff * v) ==
				      count_slowly(v) * WORD_SIZE / 2,
			      v, at, 2);
		}
}

/* A span of objects of class @c at the arena's start, with no pages behind it.
 */
static struct span span_like(struct heap *h, unsigned int kind, unsigned int c)
{
	const struct sizeclass *class = &h->classes.of[c];

	return (struct span){
		.start = h->arena.start,
		.size = class->size,
		.npages = class->npages,
		.nelems = class->nelems,
		.sizeclass = c,
		.kind = kind,
	};
}

static bool is_set(struct heap *h, const struct span *s, uint32_t i,
		   uintptr_t bit)
{
	return bitmap_get(h, s->start + i * s->size) & bit;
}

/*
 * For each class, on pages without bits: after bitmap_carve() each object has N
 * alone, the tail, if there is one, N at its start, and no other word of the
 * span any bit.
 */
CLAIM(bitmap_carve_every_class)
{
	struct heap *h = prove_bits(START);
	const uintptr_t four = spread(15);
	unsigned int c;
	uintptr_t off;
	struct span s;
	long n;

	for (c = 1; c < KGC_NCLASSES; c++) {
		s = span_like(h, KIND_SCAN, c);
		n = s.npages * PAGE_SIZE / BITS_BYTES;
		memset((void *)words, 0xff, sizeof(words));
		memset((void *)(START - n), 0, n * WORD_SIZE);
		bitmap_carve(h, &s);
		for (off = 0; off < s.npages * PAGE_SIZE; off += WORD_SIZE)
			HOLDS((bitmap_get(h, s.start + off) & four) ==
				      (off % s.size ? 0 : BIT_NOSCAN),
			      c, off, 0);
		HOLDS(START[-1 - n] == ~(uintptr_t)0, c, 0, 0);
	}
}

/* --- runs of free objects --- */

enum { PATTERN = 16 };

/* Objects @from to @from + 15 are used as @used says, the rest if @rest. */
static void set_pattern(struct heap *h, struct span *s, uint32_t from,
			uint32_t used, bool rest)
{
	uint32_t i;
	bool set;

	bitmap_carve(h, s);
	s->nused = 0;
	for (i = 0; i < s->nelems; i++) {
		set = i - from < PATTERN ? used >> (i - from) & 1 : rest;
		if (!set)
			continue;
		const struct bitpos b =
			bitmap_at(h->arena.start, s->start + i * s->size);
		*b.word |= BIT_ALLOC << b.shift;
		if (s->kind == KIND_SCAN)
			*b.word &= ~(BIT_NOSCAN << b.shift);
		s->nused++;
	}
}

/* The first run at or after @from, at most @max long, object by object. */
static uint32_t run_slowly(struct heap *h, const struct span *s, uint32_t from,
			   uint32_t max, uint32_t *first)
{
	uint32_t n = 0;

	while (from < s->nelems && is_set(h, s, from, BIT_ALLOC))
		from++;
	*first = from;
	while (from + n < s->nelems && n < max &&
	       !is_set(h, s, from + n, BIT_ALLOC))
		n++;
	return n;
}

static void try_take(struct heap *h, struct span *s, uint32_t from,
		     uint32_t max)
{
	static bitword before[4096];
	const uint32_t nused = s->nused;
	uint32_t first = 0, n, want, at;
	size_t i, nwords = bitmap_words(s);
	struct bitpos b;

	want = run_slowly(h, s, from, max, &at);
	for (i = 1; i <= nwords; i++)
		before[i] = START[-(long)i];
	n = bitmap_take(h, s, from, max, &first);
	HOLDS(n == want && (!n || first == at), s->size, from, max);
	HOLDS(s->nused == nused + n, s->size, from, max);
	for (i = at; i < at + n; i++) {
		b = bitmap_at(h->arena.start, s->start + i * s->size);
		HOLDS(is_set(h, s, i, BIT_ALLOC) &&
			      !is_set(h, s, i, BIT_NOSCAN) ==
				      (s->kind == KIND_SCAN),
		      s->size, i, n);
		*b.word = (*b.word & ~(BIT_ALLOC << b.shift)) |
			  BIT_NOSCAN << b.shift;
	}
	for (i = 1; i <= nwords; i++)
		HOLDS(before[i] == START[-(long)i], s->size, i, n);
	s->nused = nused;
}

typedef void try_fn(struct heap *h, struct span *s, uint32_t from,
		    uint32_t max);

/*
 * Classes of at most K words, and the first larger one; kinds with and without
 * pointers; all 2^16 patterns of used objects at the span's start, or at its
 * end, the rest free or used; from the start and from the middle of the
 * pattern; one object, a few, or all.  Spans here have at most 40 objects: five
 * words of the least.
 */
static void each_pattern(try_fn *try)
{
	struct heap *h = prove_bits(START);
	static const uint8_t most[] = { 1, 7, 60 };
	unsigned int c, way, max;
	uint32_t used, from;
	struct span s;

	for (c = 1; h->classes.of[c - 1].size <= BITS_BYTES; c++)
		for (way = 0; way < 8; way++) {
			s = span_like(h, way & 1 ? KIND_SCAN : KIND_NOSCAN, c);
			s.nelems = MIN(s.nelems, 40);
			from = way & 4 ? s.nelems - PATTERN : 0;
			for (used = 0; used < 1 << PATTERN; used++) {
				set_pattern(h, &s, from, used, way & 2);
				for (max = 0; max < 3; max++) {
					try(h, &s, from, most[max]);
					try(h, &s, from + 5, most[max]);
				}
			}
		}
}

/*
 * bitmap_find() finds the run that a search object by object finds, whatever
 * the longest run asked for; bitmap_set() sets just its bits, and counts it.
 */
CLAIM(bitmap_take_every_pattern)
{
	each_pattern(try_take);
}

/*
 * Each place to start from and each longest run, on patterns that lie across
 * the boundary of two words: what the words hold there is all 2^10 patterns.
 */
CLAIM(bitmap_take_every_start)
{
	struct heap *h = prove_bits(START);
	uint32_t used, from, max;
	struct span s = span_like(h, KIND_SCAN, 1);

	for (used = 0; used < 1 << 10; used++)
		for (from = 0; from < 2 * BITS_K; from++)
			for (max = 1; max < BITS_K; max++) {
				set_pattern(h, &s, BITS_K - 5, used | 0xfc00,
					    false);
				try_take(h, &s, from, max);
			}
}

/* bitmap_gather() against a search object by object. */
static void try_gather(struct heap *h, struct span *s, uint32_t from,
		       uint32_t max)
{
	uint32_t words[64], n, i, at = from, base;

	s->cursor = from;
	n = bitmap_gather(h, s, words, max);
	for (i = 0; i < max; i++, at++) {
		while (at < s->nelems && is_set(h, s, at, BIT_ALLOC))
			at++;
		if (at >= s->nelems)
			break;
		base = (s->start + at * s->size - h->arena.start) / WORD_SIZE;
		HOLDS(i < n && words[n - 1 - i] == base, s->size, from, max);
		HOLDS(i != n - 1 || s->cursor == at + 1, s->size, from, max);
	}
	HOLDS(n == i, s->size, from, max);
	HOLDS(n || s->cursor == from, s->size, from, max);
}

/*
 * bitmap_gather() finds the free objects that a search object by object finds,
 * as many as asked for, the last one first, and goes on behind them.
 */
CLAIM(bitmap_gather_every_pattern)
{
	each_pattern(try_gather);
}

/* --- as the fast paths see them --- */

/*
 * Every word of two bitmap words, every combination of its bits: bits_at() and
 * bits_get() are bitmap_at() and bitmap_get(), and bits_put() puts back what
 * bits_get() took.
 */
CLAIM(bits_get_every_word)
{
	struct heap *h = prove_bits(START);
	const uintptr_t other = (uintptr_t)0x5a3c96e17b842df0;
	uintptr_t at, four, bits;
	struct bitpos b;

	for (at = 0; at < 2 * BITS_K; at++)
		for (four = 0; four < 16; four++) {
			b = bitmap_at(h->arena.start,
				      h->arena.start + at * WORD_SIZE);
			bits = BIT_ALLOC * (four & 1) |
			       BIT_NOSCAN * (four >> 1 & 1) |
			       BIT_MARK * (four >> 2 & 1) |
			       BIT_SPECIAL * (four >> 3);
			*b.word = (other & ~((BIT_ALLOC | BIT_NOSCAN |
					      BIT_MARK | BIT_SPECIAL)
					     << b.shift)) |
				  bits << b.shift;
			HOLDS(bits_at(h, at) == b.word, at, four, 0);
			HOLDS((bits_get(b.word, at) &
			       (BIT_ALLOC | BIT_NOSCAN | BIT_MARK |
				BIT_SPECIAL)) == bits,
			      at, four, 0);
			bits = *b.word;
			bits_put(b.word, at, bits_get(b.word, at));
			HOLDS(*b.word == bits, at, four, 0);
		}
}

/* --- sweeping --- */

/*
 * For each A and each M of a whole word, and N and S all zeros or all ones, of
 * collectable and of uncollectable kinds: bitmap_sweep() leaves allocated what
 * was marked (or is uncollectable), makes the other ones free, N alone, clears
 * M, and keeps S of what stays.
 */
CLAIM(bitmap_sweep_every_word)
{
	struct heap *h = prove_bits(START);
	const uintptr_t n = BIT_GROUP, limit = BIT_GROUP + 1;
	struct span s = span_like(h, KIND_SCAN, 1);
	uintptr_t a, m, back, keep, want;
	unsigned int way;

	s.nelems = BITS_BYTES / s.size;
	for (way = 0; way < 3; way++)
		for (a = 0; a < limit; a++)
			for (m = a;; m = (m - 1) & a) { /* M within A */
				s.kind = way == 2 ? KIND_UNCOLLECTABLE
						  : KIND_SCAN;
				back = way & 1 ? n << BITS_K | a << 3 * BITS_K
					       : 0;
				START[-1] = a | m << 2 * BITS_K | back;
				bitmap_sweep(h, &s);
				keep = way == 2 ? a : m;
				want = keep | (a & ~keep) << BITS_K |
				       (back & n << BITS_K);
				if (way & 1)
					want |= keep << 3 * BITS_K;
				HOLDS(START[-1] == want, a, m, way);
				if (!m)
					break;
			}
}

/* The word number @i of a pattern: another one in each. */
static uintptr_t vary(uintptr_t v, size_t i)
{
	return (v ^ i * 0x9e37) & BIT_GROUP;
}

/*
 * bitmap_count() of a span of each number of words, and of M apart from A: all
 * 2^K patterns up to 8 words, every 251st of them beyond.
 */
CLAIM(bitmap_count_every_length)
{
	struct heap *h = prove_bits(START);
	struct span s = span_like(h, KIND_SCAN, 1);
	const size_t step = BITS_BYTES / s.size, most = s.nelems / step;
	uint32_t want;
	uintptr_t v;
	size_t n, i;

	for (n = 1; n <= most; n++)
		for (v = 0; v <= BIT_GROUP; v += n < 9 ? 1 : 251) {
			s.nelems = n * step;
			for (i = 1, want = 0; i <= n; i++) {
				START[-(long)i] = vary(v, i) << 2 * BITS_K |
						  (~vary(v, i) & BIT_GROUP);
				want += count_slowly(vary(v, i));
			}
			START[-(long)n - 1] = ~(uintptr_t)0;
			HOLDS(bitmap_count(h, &s, BIT_MARK) == want, n, v, 0);
			HOLDS(bitmap_count(h, &s, BIT_ALLOC) ==
				      n * BITS_K - want,
			      n, v, 1);
		}
}
