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

/* Keep the lowest @n ones of @bits. */
static uintptr_t lowest(uintptr_t bits, uint32_t n)
{
	uintptr_t kept = 0;

	while (n--) {
		kept |= bits & -bits;
		bits &= bits - 1;
	}
	return kept;
}

static void set_allocated(struct heap *h, bool noscan, bitword *w,
			  uintptr_t free)
{
	bitword_or(h, w, free);
	if (!noscan)
		bitword_and(h, w, ~(free << BITS_K));
}

/* bitmap_take() for objects of at most K words. */
static uint32_t take_words(struct heap *h, struct span *s, uint32_t from,
			   uint32_t max, uint32_t *first)
{
	const bool noscan = !kind_is_scanned(s->kind);
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
		if (n > max - count) {
			n = max - count;
			free = lowest(free, n);
		}
		set_allocated(h, noscan, base - i, free);
		count += n;
		if (used || count == max)
			break;
	}
	return count;
}

/* bitmap_take() for larger objects. */
static uint32_t take_objects(struct heap *h, struct span *s, uint32_t from,
			     uint32_t max, uint32_t *first)
{
	const bool noscan = !kind_is_scanned(s->kind);
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
		set_allocated(h, noscan, b.word, BIT_ALLOC << b.shift);
		count++;
	}
	return count;
}

/*
 * Set the first run of free objects of @s, at or after object @from and at
 * most @max long, allocated.  Returns its length, its first object in *@first.
 */
uint32_t bitmap_take(struct heap *h, struct span *s, uint32_t from,
		     uint32_t max, uint32_t *first)
{
	const uint32_t n = s->size <= BITS_BYTES
				   ? take_words(h, s, from, max, first)
				   : take_objects(h, s, from, max, first);

	if (n)
		span_count(h, s, n);
	return n;
}

/*
 * Free what is allocated and not marked, unless the kind is uncollectable,
 * and clear the marks.  @s belongs to the caller.
 */
void bitmap_sweep(struct heap *h, struct span *s)
{
	const uintptr_t mortal = kind_is_collectable(s->kind) ? BIT_GROUP : 0;
	bitword *w = bitmap_of_span(h, s), *const end = w - bitmap_words(s);
	uintptr_t bits, dead;

	for (; w != end; w--) {
		bits = load(w);
		dead = bits & ~(bits >> 2 * BITS_K) & mortal;
		bits &= ~(BIT_GROUP << 2 * BITS_K | dead | dead << 3 * BITS_K);
		store(w, bits | dead << BITS_K);
	}
}

/* Where nothing dies: clear the marks.  @s belongs to the caller. */
void bitmap_unmark(struct heap *h, struct span *s)
{
	bitword *w = bitmap_of_span(h, s), *const end = w - bitmap_words(s);

	for (; w != end; w--)
		store(w, load(w) & ~(BIT_GROUP << 2 * BITS_K));
}

/* Objects of @s that have @bit (BIT_ALLOC, BIT_MARK) set. */
uint32_t bitmap_count(struct heap *h, const struct span *s, uintptr_t bit)
{
	const unsigned int shift = __builtin_ctzl(bit);
	bitword *w = bitmap_of_span(h, s);
	size_t n = bitmap_words(s);
	uint32_t count = 0;

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
