// SPDX-License-Identifier: MIT
/*
 * edge.c - the pointers that a collection would follow, one by one
 *
 * For readers of the heap that want to know which word led where: the marker
 * follows the same words by the same rule, but is in a hurry and forgets.
 *
 * Locking: the world is stopped, the caches are flushed and every span is
 * swept; or the heap is dead, and then what caches hold is left out.
 */
#include "internal.h"

/* The object that a word of value @p keeps, by the marker's rule. */
bool edge_find(struct heap *h, uintptr_t p, struct object *o)
{
	struct span *s = span_of(h, p);

	if (!s || s->kind == KIND_NOGC)
		return false;
	o->span = s;
	o->index = span_index(h, s, p);
	if (o->index >= s->nelems)
		return false;
	o->base = span_base(s) + o->index * s->size;
	return bitmap_get(h, o->base) & BIT_ALLOC &&
	       !cache_holds(h, s, o->base);
}

/* Words that may be pointers, for the visitor of each_word(). */
struct words {
	struct heap *heap;
	edge_fn *visit;
	void *arg;
	uintptr_t start;
	size_t used;
};

static inline NO_SANITIZE void word_at(const struct words *w, uintptr_t at)
{
	const uintptr_t *word = (const uintptr_t *)at;
	struct object o;

	if (*word - w->start < w->used && edge_find(w->heap, *word, &o))
		w->visit(word, &o, w->arg);
}

static void each_of_layout(const struct words *w, const struct type *t,
			   uintptr_t at)
{
	const size_t bits = 8 * WORD_SIZE;
	uintptr_t set;
	size_t i;

	for (i = 0; i < t->size / WORD_SIZE; i += bits)
		for (set = t->pointers[i / bits]; set; set &= set - 1)
			word_at(w, at + (i + __builtin_ctzl(set)) * WORD_SIZE);
}

static void each_of_typed(const struct words *w, const struct span *s,
			  uintptr_t base)
{
	const uintptr_t end = base + span_usable(s);
	bool once;
	const struct type *t = typed_of(w->heap, s, base, &once);

	for (; t && t->size <= end - base; base += t->size) {
		each_of_layout(w, t, base);
		if (once)
			break;
	}
}

/* Show each word in [@lo, @hi) that keeps an object. */
void edge_range(struct heap *h, const void *lo, const void *hi, edge_fn *visit,
		void *arg)
{
	const struct words w = { h, visit, arg, h->arena.start, h->arena.used };
	uintptr_t at = round_up((uintptr_t)lo, WORD_SIZE);

	for (; at + WORD_SIZE <= (uintptr_t)hi; at += WORD_SIZE)
		word_at(&w, at);
}

/* The same of the object of @s with base @base. */
void edge_object(struct heap *h, const struct span *s, uintptr_t base,
		 edge_fn *visit, void *arg)
{
	const struct words w = { h, visit, arg, h->arena.start, h->arena.used };

	if (s->kind == KIND_TYPED)
		each_of_typed(&w, s, base);
	else if (kind_is_scanned(s->kind))
		edge_range(h, (void *)base, (void *)(base + s->size), visit,
			   arg);
}

static void show_held(const void *word, const void *owner,
		      kgc_host_visit_fn *visit, void *arg)
{
	visit(word, (const char *)word + WORD_SIZE, KGC_ROOT_HEAP, owner, arg);
}

/* Every root range: as root_visit(), and what finalizers hold. */
void edge_roots(struct heap *h, kgc_host_visit_fn *visit, void *arg)
{
	struct special *r;

	root_visit(h, visit, arg);
	for (r = h->specials.list[SPECIAL_FINALIZER].first; r; r = r->after)
		show_held(&r->final.arg, r, visit, arg);
	for (r = special_due(h); r; r = r->after) {
		show_held(&r->object, r, visit, arg);
		show_held(&r->final.arg, r, visit, arg);
	}
}

/* A name for the word @at of a range that edge_roots() showed. */
void edge_root_name(struct heap *h, char *buf, size_t size, enum kgc_root kind,
		    const void *owner, const void *at)
{
	const struct special *r = owner;
	struct line line = { .buf = buf, .size = size };
	struct out o = { .write = line_write, .arg = &line };

	buf[0] = 0;
	if (kind != KGC_ROOT_HEAP) {
		kgc_host_root_name(buf, size, kind, owner, at);
	} else if (span_of(h, (uintptr_t)at)) {
		out_text(&o, "uncollectable object ");
		out_address(&o, (uintptr_t)owner);
		out_text(&o, "+");
		out_address(&o, (uintptr_t)at - (uintptr_t)owner);
	} else {
		out_text(&o, at == &r->object
				     ? "queue of finalizers, for "
				     : "argument of the finalizer of ");
		out_address(&o, r->object);
	}
}
