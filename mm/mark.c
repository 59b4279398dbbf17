// SPDX-License-Identifier: MIT
/*
 * mark.c - find what is reachable
 *
 * Each word of a root, and of each object found, that has the value of an
 * address inside an allocated object marks that object.  An object that may
 * hold pointers goes on the mark list when it is marked, so at most once.
 *
 * Time goes into misses and into branches that nobody can predict, so marking
 * goes by batches of objects, and what it does to a word has no branch:
 *
 *	list -> fill -> queue -> gather -> offsets -> mark_batch -> list
 *
 *   fill	takes objects from the list, finds their sizes by the layout of
 *		their page, and prefetches them.  They are scanned when the
 *		batch before them is done.
 *   gather	scans their words.  Each is stored behind those kept so far; one
 *		comparison says whether that counts.
 *   mark_batch	prefetches the bitmap words of all that was kept; then sets the
 *		mark bit where an object begins and lists what was not marked
 *		and is scanned, again by storing first and counting after.  Most
 *		pointers are bases.  The others are collected, their bases found
 *		by the page's layout, and marked by a second pass.
 *
 * A list of a few objects, as every list in a program makes it, is scanned word
 * by word instead: there the time to the next object counts.  Figures and what
 * else was tried: Documentation/design/marking.md.
 *
 * The list never overflows in earnest.  Its memory is taken before the world
 * stops (mark_prepare); when it is full, the object stays marked, its span is
 * noted as pending, and the marked objects of pending spans are scanned when
 * the list is empty.  A span becomes pending at most once for each object
 * listed or newly marked, so that is linear in the heap; and it takes no
 * memory.  Long objects are scanned in chunks, the rest going back on the
 * list, so a list entry lies in the object where the rest to scan begins.
 *
 * List, queue and batches hold offsets in the arena: what stays behind on a
 * stack looks like no address.
 *
 * Bad at: linked lists, where the next miss waits for the one before; typed
 * objects, which are scanned word by word.
 *
 * Locking: the world is stopped; mark_prepare() holds mark.lock.
 */
#include "internal.h"

#define MARK_LIST_LEAST (64 * KIB)

#define BATCH	    64	/* objects; 16 costs a tenth, 128 gains nothing */
#define BATCH_WORDS 512 /* kept of them */
#define CHUNK	    128 /* words of a long object scanned at a time */
#define FEW	    4	/* objects that are no batch */
#define LINE	    64	/* bytes that a prefetch brings */

int mark_init(struct heap *h, const struct kgc_config *config)
{
	struct marker *m = &h->marker;
	unsigned int c;

	lock_init(&m->lock, RANK_MARK);
	m->limit = config->mark_entries;
	if (!region_init(&m->region, MAX(h->arena.reach / 64, MARK_LIST_LEAST)))
		return -KGC_ENOMEM;
	m->list = (uintptr_t *)m->region.base;
	for (c = 0; c < KGC_NCLASSES; c++)
		if (h->classes.of[c].size <= CHUNK * WORD_SIZE)
			m->words[c] = h->classes.of[c].size / WORD_SIZE;
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

/* Note that the span at @off, in a marked object, is to be scanned. */
static void mark_pending(struct heap *h, uintptr_t off)
{
	struct span *s = h->pages[off >> PAGE_SHIFT];

	if (s->pending)
		return;
	s->pending = true;
	s->next_pending = h->marker.pending;
	h->marker.pending = s;
}

static inline void push(struct heap *h, struct marker *m, uintptr_t off)
{
	if (likely(m->n < m->max))
		m->list[m->n++] = off;
	else
		mark_pending(h, off);
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
		return s && s->kind != KIND_NOGC ? s->start : 0;
	}
	in = LAYOUT_PAGE(layout) * PAGE_SIZE + off % PAGE_SIZE;
	return p - in + ((uint64_t)in * c->magic >> 32) * c->size;
}

/* Base of the allocated object that @p lies in, not at its start; or 0. */
static uintptr_t interior_base(struct heap *h, uintptr_t p)
{
	const uintptr_t base = base_of(h, p);

	return base && bitmap_get(h, base) & BIT_ALLOC ? base : 0;
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
		push(h, m, p - m->start);
	return true;
}

/* Mark the object that @p points into, if any; true if it was not marked. */
bool mark_object(struct heap *h, uintptr_t p)
{
	return mark_word(h, &h->marker, p);
}

/* --- batches --- */

/*
 * Of the @n words at @at, those that are addresses in the arena go to @to, as
 * offsets in it; returns how many.  No branch depends on a value.  Sizes of
 * objects are even, but for the least.
 */
static inline NO_SANITIZE size_t filter(const struct marker *m,
					const uintptr_t *at, size_t n,
					uintptr_t *to)
{
	const uintptr_t start = m->start, *const end = at + n;
	const size_t used = m->used;
	uintptr_t off;
	size_t k = 0;

	if (n & 1) {
		to[k] = off = *at++ - start;
		k += off < used;
	}
	for (; at != end; at += 2) {
		to[k] = off = at[0] - start;
		k += off < used;
		to[k] = off = at[1] - start;
		k += off < used;
	}
	return k;
}

/*
 * Mark the objects whose bases are among the @n offsets at @off and list those
 * to be scanned: the list has room.  Offsets where no allocated object begins
 * are moved to the front; returns their number.
 */
static size_t mark_bases(struct marker *m, uintptr_t *off, size_t n)
{
	bitword *const bits = (bitword *)m->start - 1;
	uintptr_t *const list = m->list, at, w, four, alloc;
	size_t i, listed = m->n, odd = 0;
	unsigned int shift;
	bitword *word;

	for (i = 0; i < n; i++) {
		at = off[i];
		word = bits - at / BITS_BYTES;
		shift = at / WORD_SIZE % BITS_K;
		w = atomic_load_explicit(word, memory_order_relaxed);
		four = w >> shift;
		alloc = four & BIT_ALLOC;
		off[odd] = at;
		odd += alloc ^ 1;
		atomic_store_explicit(word, w | alloc << shift << 2 * BITS_K,
				      memory_order_relaxed);
		list[listed] = at;
		listed += (four & (BIT_ALLOC | BIT_NOSCAN | BIT_MARK)) ==
			  BIT_ALLOC;
	}
	m->n = listed;
	return odd;
}

/* Of the @n offsets inside objects at @off, leave the bases of these. */
static size_t find_bases(struct heap *h, uintptr_t *off, size_t n)
{
	const uintptr_t start = h->marker.start;
	uintptr_t base;
	size_t i, k = 0;

	for (i = 0; i < n; i++) {
		base = base_of(h, start + off[i]);
		if (!base)
			continue;
		off[k] = base - start;
		k += bitmap_get(h, base) & BIT_ALLOC;
	}
	return k;
}

/* Mark the objects that the @n offsets at @off lie in. */
static void mark_batch(struct heap *h, struct marker *m, uintptr_t *off,
		       size_t n)
{
	bitword *const bits = (bitword *)m->start - 1;
	size_t i;

	if (unlikely(m->max - m->n < n)) {
		for (i = 0; i < n; i++)
			mark_object(h, m->start + off[i]);
		return;
	}
	for (i = 0; i < n; i++)
		__builtin_prefetch((void *)(bits - off[i] / BITS_BYTES));
	if (n <= FEW)
		for (i = 0; i < n; i++)
			__builtin_prefetch((char *)m->start + off[i]);
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
	size_t n;

	for (; at < end; at += n) {
		n = MIN((size_t)(end - at), BATCH_WORDS - 1);
		mark_batch(h, &h->marker, off, filter(&h->marker, at, n, off));
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
static NO_SANITIZE void scan_layout(struct heap *h, struct marker *m,
				    const struct type *t, uintptr_t at)
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
		mark_range(h, (void *)base, (void *)(base + s->size));
}

/*
 * Objects about to be scanned, their memory on its way to the cache.  Offsets,
 * as in the list: what stays behind on a stack looks like no address.
 */
struct queue {
	size_t n, next;
	struct piece {
		uintptr_t off;
		size_t words; /* 0: scan_other() knows */
	} piece[BATCH];
};

/* Words of the short object at @off; 0 if it is another. */
static inline size_t words_of(const struct heap *h, const struct marker *m,
			      uintptr_t off)
{
	return m->words[h->layout[off >> PAGE_SHIFT] &
			(LAYOUT_CLASS | LAYOUT_TYPED)];
}

static inline struct piece piece_of(const struct heap *h,
				    const struct marker *m, uintptr_t off)
{
	const size_t words = words_of(h, m, off);
	const char *p;
	size_t i;

	off &= ~(WORD_SIZE - 1);
	p = (const char *)m->start + off;
	__builtin_prefetch(p);
	__builtin_prefetch(p + words * WORD_SIZE / 2);
	__builtin_prefetch(p + words * WORD_SIZE - 1);
	for (i = 2 * LINE; unlikely(i < words * WORD_SIZE); i += LINE)
		__builtin_prefetch(p + i);
	return (struct piece){ off, words };
}

/* Take a batch of objects from the list. */
static void fill(struct heap *h, struct marker *m, struct queue *q)
{
	const size_t n = MIN(m->n, (size_t)BATCH);
	const uintptr_t *list = m->list + m->n - n;
	struct piece *piece = q->piece;
	size_t i;

	for (i = n; i-- > 0;)
		*piece++ = piece_of(h, m, list[i]);
	m->n -= n;
	q->n = n;
	q->next = 0;
}

/* A typed object, or the next chunk of a long one. */
static __attribute__((noinline)) size_t scan_other(struct heap *h,
						   struct marker *m,
						   uintptr_t p, uintptr_t *to)
{
	const struct span *s = h->pages[(p - m->start) >> PAGE_SHIFT];
	uintptr_t hi;

	if (s->kind == KIND_TYPED) {
		scan_typed(h, m, s, p);
		return 0;
	}
	hi = s->start + s->size;
	if (s->sizeclass)
		hi += span_index(h, s, p) * s->size;
	if (hi - p > CHUNK * WORD_SIZE) {
		hi = p + CHUNK * WORD_SIZE;
		push(h, m, hi - m->start);
	}
	return filter(m, (const uintptr_t *)p, (hi - p) / WORD_SIZE, to);
}

/* Scan objects of the queue as far as @off has room for all of their words. */
static size_t gather(struct heap *h, struct marker *m, struct queue *q,
		     uintptr_t *off)
{
	const struct piece *p = q->piece + q->next, *end = q->piece + q->n;
	size_t n = 0;

	for (; p != end && n < BATCH_WORDS - CHUNK; p++)
		if (likely(p->words))
			n += filter(m, (const uintptr_t *)(m->start + p->off),
				    p->words, off + n);
		else
			n += scan_other(h, m, m->start + p->off, off + n);
	q->next = p - q->piece;
	return n;
}

/*
 * Scan the object last listed word by word: sooner done than a batch of one.
 * False if it is not a short one.
 */
static NO_SANITIZE bool scan_last(struct heap *h, struct marker *m)
{
	const uintptr_t off = m->list[m->n - 1];
	const size_t words = words_of(h, m, off);
	const uintptr_t *at =
		(const uintptr_t *)(m->start + (off & ~(WORD_SIZE - 1)));
	const uintptr_t *const end = at + words;

	if (!words)
		return false;
	for (m->n--; at != end; at++)
		mark_word(h, m, *at);
	return true;
}

static void scan_queue(struct heap *h, struct marker *m, struct queue *q)
{
	uintptr_t off[BATCH_WORDS];

	while (q->next < q->n)
		mark_batch(h, m, off, gather(h, m, q, off));
	q->n = q->next = 0;
}

/* Empty the list. */
static void drain_list(struct heap *h, struct marker *m)
{
	struct queue queue[2], *q = &queue[0], *next = &queue[1], *last;

	q->n = q->next = 0;
	while (m->n || q->n) {
		if (m->n && m->n <= FEW && !q->n && scan_last(h, m))
			continue;
		fill(h, m, next);
		scan_queue(h, m, q);
		last = q;
		q = next;
		next = last;
	}
}

/* Scan the marked objects of @s whole: some of them are not scanned yet. */
static void scan_pending(struct heap *h, struct marker *m, const struct span *s)
{
	struct queue q;
	struct piece piece;
	uintptr_t p, bits;
	uint32_t i;

	q.n = q.next = 0;
	for (i = 0; i < s->nelems; i++) {
		p = s->start + i * s->size;
		bits = bitmap_get(h, p);
		if (!(bits & BIT_MARK) || bits & BIT_NOSCAN)
			continue;
		piece = piece_of(h, m, p - m->start);
		if (!piece.words) {
			mark_contents(h, s, p);
			continue;
		}
		q.piece[q.n++] = piece;
		if (q.n == BATCH)
			scan_queue(h, m, &q);
	}
	scan_queue(h, m, &q);
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
