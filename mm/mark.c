// SPDX-License-Identifier: MIT
/*
 * mark.c - what a word marks
 *
 * Each word of a root, and of each object found, that has the value of an
 * address inside an allocated object marks that object.  An object that may
 * hold pointers goes on the mark list when it is marked, so at most once;
 * marklist.c works through that list.
 *
 * Time goes into instructions and into misses, so marking goes by batches, and
 * what it does to a word has no branch that depends on it:
 *
 *	filter	    keeps the words that are addresses in the arena: each is
 *		    stored behind those kept so far, and one comparison says
 *		    whether that counts (mark.h).
 *	drop_marked keeps of these what is not marked yet, a quarter of them in
 *		    real heaps, in the same way.
 *	mark_bases  sets the mark bit where an object begins, and lists what
 *		    is scanned.  Most pointers are bases.
 *	find_bases  finds the bases of the others by the layouts of their
 *		    pages; they are marked by a second pass.
 *
 * Figures and what else was tried: Documentation/design/marking.md.
 *
 * Bad at: typed objects, which are marked from word by word.
 *
 * Locking: the world is stopped.
 */
#include "mark.h"

void mark_start(struct heap *h)
{
	struct marker *m = &h->marker;
	unsigned int i;

	m->max = m->region.ready / sizeof(*m->list);
	if (m->limit)
		m->max = MIN(m->max, m->limit);
	m->n = 0;
	m->pending = NULL;
	m->start = h->arena.start;
	m->used = MIN(h->arena.used, arena_described(&h->arena));
	m->top = m->start + m->used - 1;
	m->bits = (bitword *)m->start - m->used / BITS_BYTES;
	m->layout = h->layout + (m->used >> PAGE_SHIFT) - 1;
	for (i = 0; i < BITS_K; i++)
		m->mark_at[i] = BIT_MARK << (BITS_K - 1 - i);
}

/*
 * Where the object that @p lies in begins, if one does; else any address where
 * no allocated object begins, or 0.
 */
static inline uintptr_t base_of(const struct heap *h, uintptr_t p)
{
	const uintptr_t off = p - h->arena.start;
	const unsigned int layout = h->layout[off >> PAGE_SHIFT];
	const struct sizeclass *c = &h->classes.of[layout & LAYOUT_CLASS];
	const struct span *s;
	uint32_t in;

	if (unlikely(!layout)) {
		s = span_of(h, p);
		return s && s->kind != KIND_NOGC ? span_base(s) : 0;
	}
	in = LAYOUT_PAGE(layout) * PAGE_SIZE + off % PAGE_SIZE;
	return p - in + ((uint64_t)in * c->magic >> 32) * c->size;
}

/* Base of the allocated object that @p lies in, not at its start; or 0. */
uintptr_t mark_interior(struct heap *h, uintptr_t p)
{
	const uintptr_t base = base_of(h, p);

	return base && bitmap_get(h, base) & BIT_ALLOC ? base : 0;
}

/* Mark the object that @p points into, if any; true if it was not marked. */
bool mark_object(struct heap *h, uintptr_t p)
{
	return mark_word(h, &h->marker, p);
}

/* How far its bits are from being the last of their groups. */
static inline unsigned int shift_of(uintptr_t off)
{
	return off / WORD_SIZE % BITS_K;
}

/* Of the @n offsets at @off, leave those where no mark is. */
static inline size_t drop_marked(const struct marker *m, uintptr_t *off,
				 size_t n)
{
	bitword *const bits = m->bits;
	uintptr_t at, w;
	size_t i, k = 0;

	for (i = 0; i < n; i++) {
		off[k] = at = off[i];
		w = atomic_load_explicit(mark_word_of(bits, at),
					 memory_order_relaxed);
		k += !(w & m->mark_at[shift_of(at)]);
	}
	return k;
}

/* The bits of the last word that a bitmap word describes. */
#define LAST(bit) ((bit) << (BITS_K - 1))

/*
 * Mark the objects whose bases are among the @n offsets at @off and list those
 * to be scanned: the list has room.  Offsets where no allocated object begins
 * are moved to the front; returns their number.
 */
static size_t mark_bases(struct marker *m, uintptr_t *off, size_t n)
{
	const uintptr_t test = LAST(BIT_ALLOC | BIT_NOSCAN | BIT_MARK);
	bitword *const bits = m->bits;
	uintptr_t *const list = m->list, at, w, four, alloc;
	size_t i, listed = m->n, odd = 0;
	unsigned int shift;
	bitword *word;

	for (i = 0; i < n; i++) {
		at = off[i];
		word = mark_word_of(bits, at);
		shift = shift_of(at);
		w = atomic_load_explicit(word, memory_order_relaxed);
		four = w << shift;
		alloc = four & LAST(BIT_ALLOC);
		off[odd] = at;
		odd += !alloc;
		atomic_store_explicit(word, w | alloc << 2 * BITS_K >> shift,
				      memory_order_relaxed);
		list[listed] = at;
		listed += (four & test) == LAST(BIT_ALLOC);
	}
	m->n = listed;
	return odd;
}

/* Of the @n offsets inside objects at @off, leave the bases of these. */
static size_t find_bases(struct heap *h, uintptr_t *off, size_t n)
{
	const uintptr_t top = h->marker.top;
	uintptr_t base;
	size_t i, k = 0;

	for (i = 0; i < n; i++) {
		base = base_of(h, top - off[i]);
		if (!base)
			continue;
		off[k] = top - base;
		k += bitmap_get(h, base) & BIT_ALLOC;
	}
	return k;
}

/*
 * Mark the objects that the @n offsets at @off lie in.  mark_prefetch() was
 * told of them some time ago.
 */
void mark_batch(struct heap *h, struct marker *m, uintptr_t *off, size_t n)
{
	size_t i;

	if (unlikely(m->max - m->n < n)) {
		for (i = 0; i < n; i++)
			mark_object(h, m->top - off[i]);
		return;
	}
	if (n <= FEW)
		for (i = 0; i < n; i++)
			__builtin_prefetch((char *)m->top - off[i]);
	n = drop_marked(m, off, n);
	n = mark_bases(m, off, n);
	if (n) {
		n = find_bases(h, off, n);
		mark_bases(m, off, n);
	}
}

/* Mark from every aligned word in [@lo, @hi). */
void mark_range(struct heap *h, const void *lo, const void *hi)
{
	const uintptr_t *at = (uintptr_t *)round_up((uintptr_t)lo, WORD_SIZE);
	const uintptr_t *end = (uintptr_t *)((uintptr_t)hi & ~(WORD_SIZE - 1));
	uintptr_t off[BATCH_WORDS];
	size_t n, kept;

	for (; at < end; at += n) {
		n = MIN((size_t)(end - at), BATCH_WORDS - 1);
		kept = filter(&h->marker, at, n, off);
		mark_prefetch(&h->marker, off, kept);
		mark_batch(h, &h->marker, off, kept);
	}
}

bool mark_is_marked(struct heap *h, uintptr_t base)
{
	return bitmap_get(h, base) & BIT_MARK;
}

/* Does the object with base @base stay, by what is marked so far? */
bool mark_lives(struct heap *h, uintptr_t base)
{
	const struct span *s = span_of(h, base);

	return s && (!kind_is_collectable(s->kind) || mark_is_marked(h, base));
}

/* Scan the words of a structure at @at that its layout @t names. */
static NO_SANITIZE void mark_layout(struct heap *h, const struct type *t,
				    uintptr_t at)
{
	const size_t bits = 8 * WORD_SIZE;
	uintptr_t w;
	size_t i;

	for (i = 0; i < t->size / WORD_SIZE; i += bits)
		for (w = t->pointers[i / bits]; w; w &= w - 1)
			mark_object(
				h,
				((const uintptr_t *)at)[i + __builtin_ctzl(w)]);
}

void mark_typed(struct heap *h, const struct span *s, uintptr_t base)
{
	const uintptr_t end = base + span_usable(s);
	bool once;
	const struct type *t = typed_of(h, s, base, &once);

	for (; t && t->size <= end - base; base += t->size) {
		mark_layout(h, t, base);
		if (once)
			break;
	}
}

/* Mark from the object of @s with base @base, which need not be marked. */
void mark_contents(struct heap *h, const struct span *s, uintptr_t base)
{
	if (s->kind == KIND_TYPED)
		mark_typed(h, s, base);
	else if (kind_is_scanned(s->kind))
		mark_range(h, (void *)base, (void *)(base + s->size));
}

/* Forget every mark: nothing is to be swept. */
void mark_clear(struct heap *h)
{
	struct span *s;
	size_t page = 0;

	while ((s = pageheap_next(h, &page)))
		bitmap_unmark(h, s);
}
