// SPDX-License-Identifier: MIT
/*
 * bitmap.c - what happens to the bits of a whole span or a run of objects
 *
 * Objects of up to K words (128 bytes, or 32) have a block start in every
 * bitmap word of their span, so runs of them are found and set a bitmap word
 * at a time; larger ones object by object.
 */
#include "internal.h"

static uintptr_t load(bitword *w)
{
	return atomic_load_explicit(w, memory_order_relaxed);
}

static void store(bitword *w, uintptr_t bits)
{
	atomic_store_explicit(w, bits, memory_order_relaxed);
}

/* Every object of @s free, and the tail marked: N at each start. */
void bitmap_carve(struct heap *h, struct span *s)
{
	const size_t step = s->size / WORD_SIZE;
	const size_t words = ((size_t)s->npages << PAGE_SHIFT) / WORD_SIZE;
	bitword *w = bitmap_of_span(h, s);
	uintptr_t bits = 0;
	size_t at, i = 0;

	if (BITS_K % step ==
	    0) { /* all words are alike, and there is no tail */
		for (at = 0; at < BITS_K; at += step)
			bits |= BIT_NOSCAN << at;
		for (; i < words / BITS_K; i++)
			store(w - i, bits);
		return;
	}
	for (at = 0; at < words; at += step) {
		for (; i < at / BITS_K; i++, bits = 0)
			store(w - i, bits);
		bits |= BIT_NOSCAN << at % BITS_K;
	}
	store(w - i, bits);
}

/* No block starts in @s any more. */
void bitmap_clear_span(struct heap *h, struct span *s)
{
	const size_t n = ((size_t)s->npages << PAGE_SHIFT) / BITS_BYTES;
	bitword *w = bitmap_of_span(h, s);
	size_t i;

	if (!s->sizeclass) {
		if (KGC_FENCES)
			fence_clear_large(h, s);
		store(w, 0);
		return;
	}
	for (i = 0; i < n; i++)
		store(w - i, 0);
}

/* One block, at the base; nogc blocks never have A. */
void bitmap_set_large(struct heap *h, struct span *s)
{
	const struct bitpos b = bitmap_at(h->arena.start, span_base(s));
	uintptr_t bits = 0;

	if (s->kind == KIND_NOGC || !kind_is_scanned(s->kind))
		bits |= BIT_NOSCAN;
	if (s->kind != KIND_NOGC)
		bits |= BIT_ALLOC;
	store(b.word, bits << b.shift);
}

static inline void set_allocated(struct heap *h, bool noscan, bitword *w,
				 uintptr_t free)
{
	const uintptr_t scanned = noscan ? 0 : free << BITS_K;

	if (likely(!h->shared)) {
		store(w, (load(w) | free) & ~scanned);
		return;
	}
	bitword_or(h, w, free);
	if (scanned)
		bitword_and(h, w, ~scanned);
}

/* bitmap_find() for objects of at most K words. */
static uint32_t find_words(const struct heap *h, const struct span *s,
			   uint32_t from, uint32_t max, uint32_t *first)
{
	const size_t limit = s->nelems * s->size / WORD_SIZE;
	bitword *base = bitmap_of_span(h, s);
	size_t at = from * s->size / WORD_SIZE;
	uint32_t n, count = 0;
	uintptr_t w, mask, used, free;
	size_t i;

	for (i = at / BITS_K, mask = BIT_GROUP << at % BITS_K & BIT_GROUP;
	     i * BITS_K < limit; i++, mask = BIT_GROUP) {
		if (limit - i * BITS_K < BITS_K)
			mask &= (BIT_ALLOC << (limit - i * BITS_K)) - 1;
		w = load(base - i);
		if (KGC_CHECK >= 2) /* free, but in a quarantine */
			w |= w >> 3 * BITS_K;
		used = w & mask;
		free = w >> BITS_K & ~w & mask;
		if (!count) {
			if (!free)
				continue;
			at = i * BITS_K + __builtin_ctzl(free);
			*first = span_index(h, s, s->start + at * WORD_SIZE);
			used &= ~((free & -free) - 1);
		}
		if (used)
			free &= (used & -used) - 1;
		n = bits_count(free);
		count += MIN(n, max - count);
		if (used || count == max)
			break;
	}
	return count;
}

/* bitmap_find() for larger objects. */
static uint32_t find_objects(const struct heap *h, const struct span *s,
			     uint32_t from, uint32_t max, uint32_t *first)
{
	const uintptr_t taken =
		KGC_CHECK >= 2 ? BIT_ALLOC | BIT_SPECIAL : BIT_ALLOC;
	uint32_t i, count = 0;
	struct bitpos b;

	for (i = from; i < s->nelems && count < max; i++) {
		b = bitmap_at(h->arena.start, s->start + i * s->size);
		if (load(b.word) >> b.shift & taken) {
			if (count)
				break;
			continue;
		}
		if (!count)
			*first = i;
		count++;
	}
	return count;
}

/*
 * The first run of free objects of @s, at or after object @from and at most
 * @max long: its length, 0 if there is none, and its first object in *@first.
 */
uint32_t bitmap_find(const struct heap *h, const struct span *s, uint32_t from,
		     uint32_t max, uint32_t *first)
{
	return s->size <= BITS_BYTES ? find_words(h, s, from, max, first)
				     : find_objects(h, s, from, max, first);
}

/* Put the words of up to @max free objects of @s, from word @at of it on, into
 * @words; objects have at most K of them. */
static uint32_t gather_words(const struct span *s, bitword *base, size_t at,
			     uint32_t *words, uint32_t max)
{
	const size_t limit = s->nelems * s->size / WORD_SIZE;
	uintptr_t w, mask = BIT_GROUP << at % BITS_K & BIT_GROUP, free;
	uint32_t n = 0;
	size_t i;

	for (i = at / BITS_K; i * BITS_K < limit; i++, mask = BIT_GROUP) {
		w = load(base - i);
		free = w >> BITS_K & ~w & mask;
		for (; free; free &= free - 1) {
			at = i * BITS_K + __builtin_ctzl(free);
			if (n == max || at >= limit)
				return n;
			words[n++] = at;
		}
	}
	return n;
}

/* The same for larger objects. */
static uint32_t gather_objects(const struct heap *h, const struct span *s,
			       uint32_t from, uint32_t *words, uint32_t max)
{
	uint32_t n = 0, i;

	for (i = from; i < s->nelems && n < max; i++)
		if (!(bitmap_get(h, s->start + i * s->size) & BIT_ALLOC))
			words[n++] = i * s->size / WORD_SIZE;
	return n;
}

/*
 * Up to @max free objects of @s at or behind its cursor, which goes behind the
 * last of them: words from the arena's start, the first object last.
 */
uint32_t bitmap_gather(const struct heap *h, struct span *s, uint32_t *words,
		       uint32_t max)
{
	const size_t start = (s->start - h->arena.start) / WORD_SIZE;
	uint32_t n, i, last;

	n = s->size <= BITS_BYTES
		    ? gather_words(s, bitmap_of_span(h, s),
				   s->cursor * s->size / WORD_SIZE, words, max)
		    : gather_objects(h, s, s->cursor, words, max);
	if (n)
		s->cursor =
			span_index(h, s, s->start + words[n - 1] * WORD_SIZE) +
			1;
	for (i = 0; i < (n + 1) / 2; i++) {
		last = start + words[n - 1 - i];
		words[n - 1 - i] = start + words[i];
		words[i] = last;
	}
	return n;
}

/* bitmap_set() for objects of at most K words: N is where they start. */
static void set_words(struct heap *h, struct span *s, size_t at, size_t end)
{
	const bool noscan = !kind_is_scanned(s->kind);
	bitword *base = bitmap_of_span(h, s);
	uintptr_t mask = BIT_GROUP << at % BITS_K & BIT_GROUP;
	size_t i;

	for (i = at / BITS_K; i * BITS_K < end; i++, mask = BIT_GROUP) {
		if (end - i * BITS_K < BITS_K)
			mask &= (BIT_ALLOC << (end - i * BITS_K)) - 1;
		set_allocated(h, noscan, base - i,
			      load(base - i) >> BITS_K & mask);
	}
}

/* Set @n free objects of @s, from object @first on, allocated; count them. */
void bitmap_set(struct heap *h, struct span *s, uint32_t first, uint32_t n)
{
	const bool noscan = !kind_is_scanned(s->kind);
	struct bitpos b;
	uint32_t i;

	if (s->size <= BITS_BYTES)
		set_words(h, s, first * s->size / WORD_SIZE,
			  (first + n) * s->size / WORD_SIZE);
	for (i = first; s->size > BITS_BYTES && i < first + n; i++) {
		b = bitmap_at(h->arena.start, s->start + i * s->size);
		set_allocated(h, noscan, b.word, BIT_ALLOC << b.shift);
	}
	span_count(h, s, n);
}

static inline void sweep_word(bitword *w, uintptr_t mortal)
{
	uintptr_t bits = load(w);
	const uintptr_t dead = bits & ~(bits >> 2 * BITS_K) & mortal;

	bits &= ~(BIT_GROUP << 2 * BITS_K | dead | dead << 3 * BITS_K);
	store(w, bits | dead << BITS_K);
}

/*
 * Free what is allocated and not marked, unless the kind is uncollectable,
 * and clear the marks.  @s belongs to the caller.
 */
void bitmap_sweep(struct heap *h, struct span *s)
{
	const uintptr_t mortal = kind_is_collectable(s->kind) ? BIT_GROUP : 0;
	const size_t step = s->size / WORD_SIZE;
	bitword *const base = bitmap_of_span(h, s);
	size_t n = bitmap_words(s), at;
	bitword *w;

	if (step <= BITS_K)
		for (w = base; n; n--, w--)
			sweep_word(w, mortal);
	else /* objects of more than K words leave some words out */
		for (at = 0; at < n * BITS_K; at += step)
			sweep_word(base - at / BITS_K, mortal);
}

/* Where nothing dies: clear the marks.  @s belongs to the caller. */
void bitmap_unmark(struct heap *h, struct span *s)
{
	bitword *w = bitmap_of_span(h, s), *const end = w - bitmap_words(s);

	for (; w != end; w--)
		store(w, load(w) & ~(BIT_GROUP << 2 * BITS_K));
}

/* bitmap_count() for objects of more than K words. */
static uint32_t count_objects(struct heap *h, const struct span *s,
			      uintptr_t bit)
{
	const size_t step = s->size / WORD_SIZE, words = s->nelems * step;
	bitword *const base = bitmap_of_span(h, s);
	uint32_t count = 0;
	size_t at;

	for (at = 0; at < words; at += step)
		count += !!(load(base - at / BITS_K) & bit << at % BITS_K);
	return count;
}

/* Objects of @s that have @bit (BIT_ALLOC, BIT_MARK) set. */
uint32_t bitmap_count(struct heap *h, const struct span *s, uintptr_t bit)
{
	const unsigned int shift = __builtin_ctzl(bit);
	bitword *w = bitmap_of_span(h, s);
	size_t n = bitmap_words(s);
	uint32_t count = 0;

	if (s->sizeclass && s->size > BITS_BYTES)
		return count_objects(h, s, bit);
	for (; n >= 4; n -= 4, w -= 4)
		count += bits_count(
			(load(w) >> shift & BIT_GROUP) |
			(load(w - 1) >> shift & BIT_GROUP) << BITS_K |
			(load(w - 2) >> shift & BIT_GROUP) << 2 * BITS_K |
			(load(w - 3) >> shift & BIT_GROUP) << 3 * BITS_K);
	for (; n; n--, w--)
		count += bits_count(load(w) >> shift & BIT_GROUP);
	return count;
}
