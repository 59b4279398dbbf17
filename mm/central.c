// SPDX-License-Identifier: MIT
/*
 * central.c - the spans of one class and kind, for all slots
 *
 * A central list holds the spans that have free objects and that no cache
 * has.  Caches take from its head; what comes back and what a first free
 * makes available goes to its end, so that a span gathers frees while it
 * waits.  Full spans are in no list: the first free of one finds it.
 *
 * Where a span is (span->where) changes under the list's lock.  A free that
 * comes while a cache gives up a span it found full is not lost: the cache
 * says NOWHERE and then looks at nused again, the free lowers nused and then
 * looks at where, all four sequentially consistent.
 *
 * Bad at: choosing the fullest span first, which would empty others.
 */
#include "internal.h"

void central_init(struct heap *h)
{
	unsigned int kind, class;

	for (kind = 0; kind < NKINDS; kind++)
		for (class = 0; class < KGC_NCLASSES; class ++)
			lock_init(&h->central[kind][class].lock, RANK_CENTRAL);
}

static struct central *central_of(struct heap *h, const struct span *s)
{
	return &h->central[s->kind][s->sizeclass];
}

static void list_locked(struct central *c, struct span *s)
{
	spanlist_append(&c->spans, s);
	s->where = SPAN_LISTED;
}

/* The first listed span, unlisted and @slot's; NULL if there is none. */
static struct span *pop(struct central *c, unsigned int slot)
{
	struct span *s;

	lock_take(&c->lock);
	s = c->spans.first;
	if (s) {
		spanlist_remove(&c->spans, s);
		s->where = SPAN_CACHED;
		s->owner = slot;
		s->cursor = 0;
		s->needzero = true;
	}
	lock_drop(&c->lock);
	return s;
}

/*
 * A swept span of @kind and @class with free objects, for the cache of
 * @slot, whose owner is pinned.  NULL if there is no memory.
 */
struct span *central_take(struct heap *h, unsigned int kind, unsigned int class,
			  unsigned int slot)
{
	struct span *s = pop(&h->central[kind][class], slot);

	if (s) {
		if (!sweep_is_done(h, s))
			sweep_span(h, s);
		return s;
	}
	s = span_new_small(h, kind, class);
	if (s) {
		s->owner = slot;
		s->where = SPAN_CACHED;
	}
	return s;
}

/*
 * Under the lock of its list: decide where @s, which no cache has, belongs.
 * True if it has no objects: then it is the caller's to free.
 */
static bool settle_locked(struct central *c, struct span *s)
{
	if (s->nused == 0) {
		if (s->where == SPAN_LISTED)
			spanlist_remove(&c->spans, s);
		s->where = SPAN_LEAVING;
		return true;
	}
	if (s->nused < s->nelems && s->where != SPAN_LISTED)
		list_locked(c, s);
	return false;
}

/* A cache is done with @s. */
void central_release(struct heap *h, struct span *s)
{
	struct central *c = central_of(h, s);
	bool empty;

	lock_take(&c->lock);
	s->where = SPAN_NOWHERE;
	empty = settle_locked(c, s);
	lock_drop(&c->lock);
	if (empty)
		span_free_pages(h, s);
}

/*
 * An object of @s was freed when @s was full, or it was the last.  @s may
 * have become another's since, or be gone: only under the lock of the list
 * that it was in does its record say anything, and only if it is still of
 * that list's kind and class, and not LEAVING, to the page heap or from it.
 */
void central_freed(struct heap *h, unsigned int kind, unsigned int class,
		   struct span *s)
{
	struct central *c = &h->central[kind][class];
	bool empty = false;

	lock_take(&c->lock);
	if (s->state == SPAN_INUSE && s->kind == kind &&
	    s->sizeclass == class && s->where <= SPAN_LISTED)
		empty = settle_locked(c, s);
	lock_drop(&c->lock);
	if (empty)
		span_free_pages(h, s);
}

/* One object less in the swept small span @s, of @kind and @class. */
void central_drop_used(struct heap *h, unsigned int kind, unsigned int class,
		       struct span *s)
{
	uint32_t left, where;

	left = span_count(h, s, -1);
	where = s->where;
	if (where == SPAN_NOWHERE || (!left && where == SPAN_LISTED))
		central_freed(h, kind, class, s);
}

/*
 * The sweeper of @s found @left objects.  Publishes that @s is swept; true
 * if it has none: then it is the caller's to free.
 */
bool central_swept(struct heap *h, struct span *s, uint32_t left)
{
	struct central *c = central_of(h, s);
	bool empty = false;

	lock_take(&c->lock);
	s->nused = left;
	if (s->where != SPAN_CACHED)
		empty = settle_locked(c, s);
	atomic_store_explicit(&s->sweepgen, h->sweepgen, memory_order_release);
	lock_drop(&c->lock);
	return empty;
}
