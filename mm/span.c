// SPDX-License-Identifier: MIT
/*
 * span.c - a run of pages made into objects, and back
 *
 * A small span's objects lie one after another from its first byte; their
 * number and size come from the class.  A large span is one object.
 */
#include "internal.h"

/* Lists end in NULL both ways; a span is in at most one. */
void spanlist_append(struct spanlist *l, struct span *s)
{
	s->next = NULL;
	s->prev = l->last;
	if (l->last)
		l->last->next = s;
	else
		l->first = s;
	l->last = s;
}

void spanlist_remove(struct spanlist *l, struct span *s)
{
	if (s->prev)
		s->prev->next = s->next;
	else
		l->first = s->next;
	if (s->next)
		s->next->prev = s->prev;
	else
		l->last = s->prev;
	s->next = s->prev = NULL;
}

static void set_layout(struct heap *h, const struct span *s)
{
	uint16_t *layout = &h->layout[page_of(h, s->start)];
	uint32_t i;

	for (i = 0; i < s->npages; i++)
		layout[i] = span_layout(s, i);
}

/*
 * A carved span with all objects free, which nobody but the caller may take
 * up: it stays LEAVING until it is put somewhere.  NULL: no memory.
 */
struct span *span_new_small(struct heap *h, unsigned int kind, unsigned int c)
{
	const struct sizeclass *class = &h->classes.of[c];
	struct span *s;

	sweep_some(h, class->npages);
	s = pageheap_alloc(h, class->npages, PAGE_SIZE);
	if (!s)
		return NULL;
	if (kind & KGC_UNCOLLECTABLE)
		h->uncollectable = true;
	s->kind = kind;
	s->size = class->size;
	s->sizeclass = c;
	s->nused = 0;
	s->cursor = 0;
	s->special = false;
	if (is_hardened(h))
		harden_carve(s);
	bitmap_carve(h, s);
	set_layout(h, s);
	/* Last: until then no address is in an object of it. */
	atomic_thread_fence(memory_order_release);
	s->nelems = class->nelems;
	return s;
}

/* Make @s, of the page heap, a span of one object of @size, its bits set. */
void span_set_large(struct heap *h, struct span *s, unsigned int kind,
		    size_t size)
{
	if (kind & KGC_UNCOLLECTABLE)
		h->uncollectable = true;
	s->kind = kind;
	s->size = size;
	s->nused = 1;
	s->special = false;
	bitmap_set_large(h, s);
	s->where = SPAN_NOWHERE;
	atomic_thread_fence(memory_order_release);
	s->nelems = 1;
}

/* A span of one object; NULL: no memory. */
struct span *span_new_large(struct heap *h, unsigned int kind, size_t npages,
			    size_t align)
{
	struct span *s;

	sweep_some(h, npages);
	s = pageheap_alloc(h, npages, align);
	if (s)
		span_set_large(h, s, kind, npages << PAGE_SHIFT);
	return s;
}

/* Give back the pages of @s, which is in no structure and has no objects. */
void span_free_pages(struct heap *h, struct span *s)
{
	kgc_assert(s->nused == 0);
	bitmap_clear_span(h, s);
	if (unlikely(span_is_lone(s))) {
		lone_hold(h, s);
		return;
	}
	if (s->sizeclass)
		memset(&h->layout[page_of(h, s->start)], 0,
		       s->npages * sizeof(*h->layout));
	s->needzero = true;
	s->nreleased = 0;
	pageheap_free(h, s);
}

/*
 * Make a run of at most @max free objects of @s @r, and if @set set them
 * allocated.  Returns how many, 0 if none is left.  The second pass over a
 * span, which finds what was freed behind the first, is made when an eighth of
 * the span is free: else a pass would cost more than it finds.
 */
uint32_t span_take_run(struct heap *h, struct span *s, struct run *r,
		       uint32_t max, bool set)
{
	uint32_t first, n;

	n = bitmap_find(h, s, s->cursor, max, &first);
	if (!n && s->cursor && s->nused <= s->nelems - (s->nelems + 7u) / 8) {
		s->needzero = true;
		n = bitmap_find(h, s, 0, max, &first);
	}
	if (!n)
		return 0;
	if (set)
		bitmap_set(h, s, first, n);
	s->cursor = first + n;
	r->next = s->start + first * s->size;
	r->end = r->next + n * s->size;
	return n;
}
