/* SPDX-License-Identifier: MIT */
/*
 * bitmap.h - four bits for each word of the arena
 *
 * The bitmap lies below the arena and grows downward with it: word number n
 * of the arena is described by bitmap word -1 - n / K, counted from the
 * arena's start, where K is 16 on 64-bit machines and 8 on 32-bit ones.  In a
 * bitmap word the bits of one kind lie together, so that one operation works
 * on K words of the heap:
 *
 *	bits	group
 *	0..	A  allocated
 *	K..	N  noscan if A is set, else block boundary
 *	2K..	M  marked
 *	3K..	S  special: the object has a record (special.c)
 *
 *	A N M S	the word is				set by
 *	0 0 0 0	no block start				bitmap_clear_span
 *	0 1 0 0	free block, tail mark, or nogc block	bitmap_carve,
 *							bitmap_free, sweep
 *	0 1 0 1	in a quarantine (harden.c); or handed out and sampled, and
 *		not set yet (cache.c)
 *	1 0 0 s	allocated, scanned			bitmap_set
 *	1 1 0 s	allocated, noscan			bitmap_set
 *	1 x 1 s	marked, only while collecting		mark.c; cleared by sweep
 *	1 x x 1	special					special.c
 *	0 0 0 1	no block start, a block's end (fence.c)	fence_set, CHECK=asan
 *
 * Invariants: no bitmap word describes two spans (a page has 512 or 1024
 * words); inside a small span each object has A or N set as long as the span
 * lives, and the tail, if there is one, N at its start; a large span has one
 * block start, at its base, unless it is HELD; free pages have none.
 */
#ifndef KGC_BITMAP_H
#define KGC_BITMAP_H

/* Words of the arena that one bitmap word describes. */
#define BITS_K	   (WORD_SIZE * 8 / 4)
#define BITS_BYTES (BITS_K * WORD_SIZE) /* the same in bytes: 128 or 32 */

#define BIT_ALLOC   ((uintptr_t)1)
#define BIT_NOSCAN  ((uintptr_t)1 << BITS_K)
#define BIT_MARK    ((uintptr_t)1 << 2 * BITS_K)
#define BIT_SPECIAL ((uintptr_t)1 << 3 * BITS_K)
#define BIT_GROUP   (BIT_NOSCAN - 1) /* K ones: the lowest group */

/* Bytes of the arena that have bits: every span in use is below. */
static inline size_t arena_described(const struct arena *a)
{
	return a->bitmap_mapped / WORD_SIZE * BITS_BYTES;
}

typedef _Atomic uintptr_t bitword;

/* The bitmap word of an address, and how far its bits are shifted there. */
struct bitpos {
	bitword *word;
	unsigned int shift;
};

static inline struct bitpos bitmap_at(uintptr_t start, uintptr_t p)
{
	const size_t n = (p - start) / WORD_SIZE;

	return (struct bitpos){ (bitword *)start - 1 - n / BITS_K, n % BITS_K };
}

/* The four bits of @p, in the lowest bit of each group. */
static inline uintptr_t bitmap_get(const struct heap *h, uintptr_t p)
{
	const struct bitpos b = bitmap_at(h->arena.start, p);

	return atomic_load_explicit(b.word, memory_order_relaxed) >> b.shift;
}

/*
 * Change bits of a word that other slots may be changing too: a span that is
 * swept, the world running.  The acquire of who takes an object pairs with the
 * release of who freed it: whatever that one did with the object came before.
 */
static inline void bitword_or(const struct heap *h, bitword *w, uintptr_t bits)
{
	if (h->shared)
		atomic_fetch_or_explicit(w, bits, memory_order_acquire);
	else
		atomic_store_explicit(
			w, atomic_load_explicit(w, memory_order_relaxed) | bits,
			memory_order_relaxed);
}

static inline void bitword_and(const struct heap *h, bitword *w, uintptr_t bits)
{
	if (h->shared)
		atomic_fetch_and_explicit(w, bits, memory_order_release);
	else
		atomic_store_explicit(
			w, atomic_load_explicit(w, memory_order_relaxed) & bits,
			memory_order_relaxed);
}

/* The object at base @p is free: N alone.  nused is the caller's. */
static inline void bitmap_free(const struct heap *h, uintptr_t p)
{
	const struct bitpos b = bitmap_at(h->arena.start, p);
	const uintptr_t gone = (BIT_ALLOC | BIT_SPECIAL) << b.shift;
	const uintptr_t set = BIT_NOSCAN << b.shift;

	if (h->shared) {
		bitword_or(h, b.word, set);
		bitword_and(h, b.word, ~gone);
		return;
	}
	atomic_store_explicit(
		b.word,
		(atomic_load_explicit(b.word, memory_order_relaxed) & ~gone) |
			set,
		memory_order_relaxed);
}

/* For fast paths: the bitmap word of the word number @at of the arena. */
static inline bitword *bits_at(const struct heap *h, uintptr_t at)
{
	return (bitword *)h->arena.start + (intptr_t) ~(at / BITS_K);
}

static inline uintptr_t rotate_right(uintptr_t v, unsigned int n)
{
	return v >> n | v << (-n & (WORD_SIZE * 8 - 1));
}

static inline uintptr_t rotate_left(uintptr_t v, unsigned int n)
{
	return v << n | v >> (-n & (WORD_SIZE * 8 - 1));
}

/* Its bits, in the lowest of each group; the others' are above each. */
static inline uintptr_t bits_get(bitword *word, uintptr_t at)
{
	return rotate_right(atomic_load_explicit(word, memory_order_relaxed),
			    at % BITS_K);
}

static inline void bits_put(bitword *word, uintptr_t at, uintptr_t bits)
{
	atomic_store_explicit(word, rotate_left(bits, at % BITS_K),
			      memory_order_relaxed);
}

/* Number of ones.  Without popcnt: libgcc would be asked for it. */
static inline unsigned int bits_count(uintptr_t v)
{
	const uintptr_t ones = ~(uintptr_t)0;

	v -= v >> 1 & ones / 3;
	v = (v & ones / 5) + (v >> 2 & ones / 5);
	v = (v + (v >> 4)) & ones / 17;
	return v * (ones / 255) >> (WORD_SIZE - 1) * 8;
}

/* bitmap.c */
void bitmap_carve(struct heap *h, struct span *s);
void bitmap_clear_span(struct heap *h, struct span *s);
void bitmap_set_large(struct heap *h, struct span *s);
uint32_t bitmap_find(const struct heap *h, const struct span *s, uint32_t from,
		     uint32_t max, uint32_t *first);
void bitmap_set(struct heap *h, struct span *s, uint32_t first, uint32_t n);
uint32_t bitmap_gather(const struct heap *h, struct span *s, uint32_t *words,
		       uint32_t max);
void bitmap_sweep(struct heap *h, struct span *s);
void bitmap_unmark(struct heap *h, struct span *s);
uint32_t bitmap_count(struct heap *h, const struct span *s, uintptr_t bit);

/* The first bitmap word of @s in use; the next one is one lower. */
static inline bitword *bitmap_of_span(const struct heap *h,
				      const struct span *s)
{
	return bitmap_at(h->arena.start, span_base(s)).word;
}

/* How many bitmap words of @s can have block starts; a large one has one. */
static inline size_t bitmap_words(const struct span *s)
{
	if (!s->sizeclass)
		return 1;
	return (s->nelems * s->size + BITS_BYTES - 1) / BITS_BYTES;
}

#endif /* KGC_BITMAP_H */
