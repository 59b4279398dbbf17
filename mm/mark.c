// SPDX-License-Identifier: MIT
/*
 * mark.c - find what is reachable
 *
 * Each word of a root, and of each object found, that has the value of an
 * address inside an allocated object marks that object.  Most pointers are
 * bases: the bit of the word pointed at is tried first, and only when it is
 * clear does the span tell where the object begins.  An object that may hold
 * pointers goes on the mark list when it is marked, so at most once.
 *
 * Between the list and the scanning stands a queue of a few objects whose
 * first line is prefetched when they enter: without it every object costs a
 * miss.  (Cher, Hosking and Vijaykumar, ASPLOS 2004.)
 *
 * The list never overflows in earnest.  Its memory is taken before the world
 * stops (mark_prepare); when it is full, the object stays marked, its span is
 * noted as pending, and the marked objects of pending spans are scanned when
 * the list is empty.  Each time a span becomes pending, at least one of its
 * objects was newly marked, so that is linear in the heap; and it takes no
 * memory.  Large objects are scanned in chunks, the rest going back on the
 * list, so a list entry is an address in the object: of the rest to scan.
 *
 * Bad at: linked lists, where the next miss waits for the one before.
 *
 * Locking: the world is stopped; mark_prepare() holds mark.lock.
 */
#include "internal.h"

#define MARK_LIST_LEAST (64 * KIB)
#define MARK_CHUNK	(128 * KIB) /* of a large object scanned at a time */
#define MARK_QUEUE	16	    /* power of 2; 8 to 32 are as good */

int mark_init(struct heap *h, const struct kgc_config *config)
{
	struct marker *m = &h->marker;

	lock_init(&m->lock, RANK_MARK);
	m->limit = config->mark_entries;
	if (!region_init(&m->region, MAX(h->arena.reach / 64, MARK_LIST_LEAST)))
		return -KGC_ENOMEM;
	m->list = (uintptr_t *)m->region.base;
	return region_grow(&m->region, MARK_LIST_LEAST) ? 0 : -KGC_ENOMEM;
}

/*
 * Take memory for the mark list: 1/64 of the heap.  If there is none the
 * shorter list does, more slowly.  The world runs.
 */
void mark_prepare(struct heap *h)
{
	struct marker *m = &h->marker;

	lock_take(&m->lock);
	region_grow(&m->region, MAX(MARK_LIST_LEAST, h->pageheap.sys / 64));
	lock_drop(&m->lock);
}

void mark_start(struct heap *h)
{
	struct marker *m = &h->marker;

	m->max = m->region.ready / sizeof(*m->list);
	if (m->limit)
		m->max = MIN(m->max, m->limit);
	m->n = 0;
	m->pending = NULL;
	m->start = h->arena.start;
	m->used = MIN(h->arena.used, arena_described(&h->arena));
}

/* Note that the span of @p, an address in a marked object, is to be scanned. */
static void mark_pending(struct heap *h, uintptr_t p)
{
	struct span *s = h->pages[(p - h->arena.start) >> PAGE_SHIFT];

	if (s->pending)
		return;
	s->pending = true;
	s->next_pending = h->marker.pending;
	h->marker.pending = s;
}

static inline void push(struct heap *h, struct marker *m, uintptr_t p)
{
	if (likely(m->n < m->max))
		m->list[m->n++] = p;
	else
		mark_pending(h, p);
}

/* Base of the allocated object that @p lies in, not at its start; or 0. */
static uintptr_t interior_base(struct heap *h, uintptr_t p)
{
	const struct span *s = span_of(h, p);
	uint32_t i;
	uintptr_t base;

	if (!s || s->kind == KIND_NOGC)
		return 0;
	i = span_index(h, s, p);
	if (i >= s->nelems)
		return 0;
	base = s->start + i * s->size;
	return bitmap_get(h, base) & BIT_ALLOC ? base : 0;
}

/*
 * @p is any word's value: if it points into an object, mark that.  Says
 * whether it was not marked before.
 */
static inline bool mark_word(struct heap *h, struct marker *m, uintptr_t p)
{
	struct bitpos b;
	uintptr_t bits;

	if (p - m->start >= m->used)
		return false;
	b = bitmap_at(m->start, p);
	bits = atomic_load_explicit(b.word, memory_order_relaxed) >> b.shift;
	if (unlikely(!(bits & BIT_ALLOC))) {
		p = interior_base(h, p);
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
		push(h, m, p);
	return true;
}

static NO_SANITIZE void scan(struct heap *h, struct marker *m, uintptr_t lo,
			     uintptr_t hi)
{
	for (; lo < hi; lo += WORD_SIZE)
		mark_word(h, m, *(const uintptr_t *)lo);
}

/* Mark from every aligned word in [@lo, @hi). */
void mark_range(struct heap *h, const void *lo, const void *hi)
{
	scan(h, &h->marker, round_up((uintptr_t)lo, WORD_SIZE),
	     (uintptr_t)hi & ~(WORD_SIZE - 1));
}

/* Mark the object that @p points into, if any; true if it was not marked. */
bool mark_object(struct heap *h, uintptr_t p)
{
	return mark_word(h, &h->marker, p);
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
static NO_SANITIZE void scan_layout(struct heap *h, struct marker *m,
				    const struct type *t, uintptr_t at)
{
	const size_t bits = 8 * WORD_SIZE;
	uintptr_t w;
	size_t i;

	for (i = 0; i < t->size / WORD_SIZE; i += bits)
		for (w = t->pointers[i / bits]; w; w &= w - 1)
			mark_word(
				h, m,
				((const uintptr_t *)at)[i + __builtin_ctzl(w)]);
}

static void scan_typed(struct heap *h, struct marker *m, const struct span *s,
		       uintptr_t base)
{
	const uintptr_t end = base + span_usable(s);
	bool once;
	const struct type *t = typed_of(h, s, base, &once);

	for (; t && t->size <= end - base; base += t->size) {
		scan_layout(h, m, t, base);
		if (once)
			break;
	}
}

/* Mark from the object of @s with base @base, which need not be marked. */
void mark_contents(struct heap *h, const struct span *s, uintptr_t base)
{
	if (s->kind == KIND_TYPED)
		scan_typed(h, &h->marker, s, base);
	else if (kind_is_scanned(s->kind))
		scan(h, &h->marker, base, base + s->size);
}

/* Scan the object that list entry @p lies in, from there on. */
static inline void scan_entry(struct heap *h, struct marker *m, uintptr_t p)
{
	const struct span *s = h->pages[(p - m->start) >> PAGE_SHIFT];
	uintptr_t hi;

	p &= ~(WORD_SIZE - 1);
	if (unlikely(s->kind == KIND_TYPED)) {
		scan_typed(h, m, s, p);
		return;
	}
	if (likely(s->sizeclass)) {
		scan(h, m, p, p + s->size);
		return;
	}
	hi = s->start + s->size;
	if (hi - p > MARK_CHUNK && m->n < m->max) {
		hi = p + MARK_CHUNK;
		push(h, m, hi);
	}
	scan(h, m, p, hi);
}

/* Empty the list through the prefetch queue. */
static void drain_list(struct heap *h, struct marker *m)
{
	uintptr_t queue[MARK_QUEUE];
	unsigned int in = 0, out = 0;

	for (;;) {
		while (m->n && in - out < MARK_QUEUE) {
			const uintptr_t p = m->list[--m->n];

			__builtin_prefetch((const void *)p);
			queue[in++ % MARK_QUEUE] = p;
		}
		if (in == out)
			return;
		scan_entry(h, m, queue[out++ % MARK_QUEUE]);
	}
}

/* Scan the marked objects of @s whole: some of them are not scanned yet. */
static void scan_pending(struct heap *h, struct marker *m, const struct span *s)
{
	uintptr_t p, bits;
	uint32_t i;

	for (i = 0; i < s->nelems; i++) {
		p = s->start + i * s->size;
		bits = bitmap_get(h, p);
		if (bits & BIT_MARK && !(bits & BIT_NOSCAN))
			mark_contents(h, s, p);
	}
}

/* Mark all that is reachable from what is marked, ephemerons' values too. */
void mark_drain(struct heap *h)
{
	struct marker *m = &h->marker;
	struct span *s;

	for (;;) {
		drain_list(h, m);
		s = m->pending;
		if (!s) {
			if (!weak_mark_values(h))
				return;
			continue;
		}
		m->pending = s->next_pending;
		s->pending = false;
		scan_pending(h, m, s);
	}
}

/* Forget every mark: nothing is to be swept. */
void mark_clear(struct heap *h)
{
	struct span *s;
	bitword *base;
	size_t i, n, page = 0;

	while ((s = pageheap_next(h, &page))) {
		base = bitmap_of_span(h, s);
		n = bitmap_words(s);
		for (i = 0; i < n; i++)
			bitword_and(h, base - i, ~(BIT_GROUP << 2 * BITS_K));
	}
}
