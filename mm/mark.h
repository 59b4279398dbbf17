/* SPDX-License-Identifier: MIT */
/*
 * mark.h - what mark.c and marklist.c know of each other
 *
 * List, queue and batches hold offsets: how far below the last address of the
 * arena a word or an object lies.  What stays behind on a stack so looks like
 * no address; and since the bitmap grows downward, counted from the arena's
 * end its words come in ascending order, which saves a third of the
 * instructions that find a bit.  The offset of a word has its low bits set.
 */
#ifndef KGC_MARK_H
#define KGC_MARK_H

#include "internal.h"

#define BATCH	    64	/* objects; 32 costs a tenth, 128 gains nothing */
#define BATCH_WORDS 552 /* kept of them; 512 would be a page */
#define CHUNK	    128 /* words of a long object scanned at a time */
#define FEW	    4	/* objects that are no batch */

/* Of so small a heap the bitmap stays in the cache: it is half a MiB. */
#define NEAR (8 * MIB)

#pragma GCC visibility push(hidden)

/* marklist.c */
void mark_pending(struct heap *h, uintptr_t off);

/* mark.c */
uintptr_t mark_interior(struct heap *h, uintptr_t p);
void mark_batch(struct heap *h, struct marker *m, uintptr_t *off, size_t n);
void mark_typed(struct heap *h, const struct span *s, uintptr_t base);

#pragma GCC visibility pop

/* An object was marked, at @off: it is to be scanned. */
static inline void mark_push(struct heap *h, struct marker *m, uintptr_t off)
{
	if (likely(m->n < m->max))
		m->list[m->n++] = off;
	else
		mark_pending(h, off);
}

/*
 * @p is any word's value: if it points into an object, mark that.  Says
 * whether it was not marked before.
 */
static __attribute__((always_inline)) inline bool mark_word(struct heap *h,
							    struct marker *m,
							    uintptr_t p)
{
	struct bitpos b;
	uintptr_t bits;

	if (p - m->start >= m->used)
		return false;
	b = bitmap_at(m->start, p);
	bits = atomic_load_explicit(b.word, memory_order_relaxed) >> b.shift;
	if (unlikely(!(bits & BIT_ALLOC))) {
		p = mark_interior(h, p);
		if (!p)
			return false;
		b = bitmap_at(m->start, p);
		bits = atomic_load_explicit(b.word, memory_order_relaxed) >>
		       b.shift;
	}
	if (bits & BIT_MARK)
		return false;
	atomic_store_explicit(
		b.word,
		atomic_load_explicit(b.word, memory_order_relaxed) |
			BIT_MARK << b.shift,
		memory_order_relaxed);
	if (!(bits & BIT_NOSCAN))
		mark_push(h, m, m->top - p);
	return true;
}

/* One step of filter(): store, and count if that was to be stored. */
static inline size_t keep(uintptr_t *to, size_t k, uintptr_t off, size_t used)
{
	to[k] = off;
	return k + (off < used);
}

/*
 * Of the @n words at @at, those that are addresses in the arena go to @to, as
 * offsets; returns how many.  No branch depends on a value.  Sizes of objects
 * are even, but for the least.
 */
static inline NO_SANITIZE size_t filter(const struct marker *m,
					const uintptr_t *at, size_t n,
					uintptr_t *to)
{
	const uintptr_t top = m->top, *const end = at + n;
	const size_t used = m->used;
	size_t k = 0;

	if (n & 1)
		k = keep(to, k, top - *at++, used);
	if (n & 2) {
		k = keep(to, k, top - at[0], used);
		k = keep(to, k, top - at[1], used);
		at += 2;
	}
	for (; at != end; at += 4) {
		k = keep(to, k, top - at[0], used);
		k = keep(to, k, top - at[1], used);
		k = keep(to, k, top - at[2], used);
		k = keep(to, k, top - at[3], used);
	}
	return k;
}

/* The bitmap word of the word at @off; @bits is marker.bits. */
static inline bitword *mark_word_of(bitword *bits, uintptr_t off)
{
	return bits + off / BITS_BYTES;
}

/*
 * The @n offsets at @off are to be marked soon.  The fence, which is no
 * instruction, keeps gcc from dropping a function without effects.
 */
static inline void mark_prefetch(const struct marker *m, const uintptr_t *off,
				 size_t n)
{
	size_t i;

	if (m->used <= NEAR)
		return;
#pragma GCC unroll 4
	for (i = 0; i < n; i++)
		__builtin_prefetch(mark_word_of(m->bits, off[i]));
	atomic_signal_fence(memory_order_acquire);
}

#endif /* KGC_MARK_H */
