// SPDX-License-Identifier: MIT
/*
 * marklist.c - scan the marked objects until none is left to scan
 *
 *	list -> fill -> queue -> gather -> kept -> mark_batch -> list
 *
 *   fill	takes a batch of objects from the list, finds their sizes by the
 *		layout of their page, and prefetches them.  They are scanned
 *		when the batch before them is done.
 *   gather	filters their words into a buffer, and their bitmap words are
 *		prefetched.  It is given to mark_batch (mark.c) when the next
 *		buffer is full.
 *
 * A list of a few objects, as every list in a program makes it, is scanned word
 * by word instead: there the time to the next object counts.
 *
 * The list never overflows in earnest.  Its memory is taken before the world
 * stops (mark_prepare); when it is full, the object stays marked, its span is
 * noted as pending, and the marked objects of pending spans are scanned when
 * the list is empty.  A span becomes pending at most once for each object
 * listed or newly marked, so that is linear in the heap; and it takes no
 * memory.  Long objects are scanned in chunks, the rest going back on the
 * list, so a list entry lies in the object where the rest to scan begins.
 *
 * Bad at: linked lists, where the next miss waits for the one before.
 *
 * Locking: the world is stopped; mark_prepare() holds mark.lock.
 */
#include "mark.h"

#define MARK_LIST_LEAST (64 * KIB)

#define LINE 64 /* bytes that a prefetch brings */

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

/* Note that the span at @off, in a marked object, is to be scanned. */
void mark_pending(struct heap *h, uintptr_t off)
{
	struct span *s = h->pages[page_of(h, h->marker.top - off)];

	if (s->pending)
		return;
	s->pending = true;
	s->next_pending = h->marker.pending;
	h->marker.pending = s;
}

/* Objects about to be scanned, their memory on its way to the cache. */
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
	return m->words[m->layout[-(ptrdiff_t)(off >> PAGE_SHIFT)] &
			(LAYOUT_CLASS | LAYOUT_TYPED)];
}

static inline struct piece piece_of(const struct heap *h,
				    const struct marker *m, uintptr_t off)
{
	const size_t words = words_of(h, m, off);
	const char *p;
	size_t i;

	off |= WORD_SIZE - 1;
	p = (const char *)m->top - off;
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
		mark_typed(h, s, p);
		return 0;
	}
	hi = span_base(s) + s->size;
	if (s->sizeclass)
		hi += span_index(h, s, p) * s->size;
	if (hi - p > CHUNK * WORD_SIZE) {
		hi = p + CHUNK * WORD_SIZE;
		mark_push(h, m, m->top - hi);
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
			n += filter(m, (const uintptr_t *)(m->top - p->off),
				    p->words, off + n);
		else
			n += scan_other(h, m, m->top - p->off, off + n);
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
		(const uintptr_t *)((m->top - off) & ~(WORD_SIZE - 1));
	const uintptr_t *const end = at + words;

	if (!words)
		return false;
	for (m->n--; at != end; at++)
		mark_word(h, m, *at);
	return true;
}

/* What was gathered, its bitmap words on their way, and not yet marked. */
struct kept {
	size_t n;
	unsigned int which; /* of the buffers; the other one is free */
	uintptr_t off[2][BATCH_WORDS];
};

static void mark_kept(struct heap *h, struct marker *m, struct kept *k)
{
	mark_batch(h, m, k->off[k->which], k->n);
	k->n = 0;
}

/* Scan the queue; of what is found, the last buffer is kept. */
static void scan_queue(struct heap *h, struct marker *m, struct queue *q,
		       struct kept *k)
{
	uintptr_t *off;
	size_t n;

	while (q->next < q->n) {
		off = k->off[!k->which];
		n = gather(h, m, q, off);
		mark_prefetch(m, off, n);
		mark_kept(h, m, k);
		k->n = n;
		k->which = !k->which;
	}
	q->n = q->next = 0;
}

/* Empty the list. */
static void drain_list(struct heap *h, struct marker *m)
{
	struct queue queue[2], *q = &queue[0], *next = &queue[1], *last;
	struct kept kept;

	kept.n = kept.which = 0;
	q->n = q->next = 0;
	while (m->n || q->n || kept.n) {
		if (m->n && m->n <= FEW && !q->n && !kept.n && scan_last(h, m))
			continue;
		fill(h, m, next);
		scan_queue(h, m, q, &kept);
		if (!next->n)
			mark_kept(h, m, &kept);
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
	struct kept kept;
	uintptr_t p, bits;
	uint32_t i;

	kept.n = kept.which = 0;
	q.n = q.next = 0;
	for (i = 0; i < s->nelems; i++) {
		p = span_base(s) + i * s->size;
		bits = bitmap_get(h, p);
		if (!(bits & BIT_MARK) || bits & BIT_NOSCAN)
			continue;
		piece = piece_of(h, m, m->top - p);
		if (!piece.words) {
			mark_contents(h, s, p);
			continue;
		}
		q.piece[q.n++] = piece;
		if (q.n == BATCH)
			scan_queue(h, m, &q, &kept);
	}
	scan_queue(h, m, &q, &kept);
	mark_kept(h, m, &kept);
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
