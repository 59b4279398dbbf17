// SPDX-License-Identifier: MIT
/*
 * object.c - from an address to the object it lies in
 *
 * The one place that says what a live object is: in a span in use, inside an
 * object's slot, set allocated (or the base of a nogc block), and not in a
 * window.  Every pointer that a caller hands in comes through here.
 */
#include "internal.h"

/*
 * The bits of a nogc block are N alone; of every other object, A.  It may be
 * set after the object was handed out, or before (cache.c).  The bit is read
 * before the windows are: what was in none then had been handed out.
 */
static bool is_allocated(struct heap *h, const struct span *s, uintptr_t base,
			 unsigned int slot)
{
	struct cache *c = h->cache[slot];

	if (s->kind == KIND_NOGC)
		return bitmap_get(h, base) & BIT_NOSCAN;
	if (!(bitmap_get(h, base) & BIT_ALLOC))
		return cache_set_object(h, c, s, base);
	if (!s->sizeclass)
		return true;
	return !cache_window_holds(c, s, base) &&
	       !(h->shared && cache_other_holds(h, s, base, slot));
}

/*
 * Find the object that @p lies in; NULL, or why there is none.  Sweeps its
 * span.  The caller is pinned and its slot has a cache.
 */
static const char *object_why(struct heap *h, uintptr_t p, struct object *o)
{
	const unsigned int slot = kgc_host_pin();
	struct span *s = span_of(h, p);

	kgc_host_unpin(); /* the caller's pin lasts */

	if (!s)
		return p - h->arena.start < h->arena.used
			       ? "not an allocated block (free pages)"
			       : "not an allocated block (not in the heap)";
	if (!sweep_is_done(h, s))
		sweep_span(h, s);
	o->span = s;
	o->index = span_index(h, s, p);
	if (o->index >= s->nelems)
		return "not an allocated block (tail of a span)";
	o->base = span_base(s) + o->index * s->size;
	return is_allocated(h, s, o->base, slot) ? NULL : "already free";
}

/* Is there an object that @p lies in? */
bool object_find(struct heap *h, uintptr_t p, struct object *o)
{
	return !object_why(h, p, o);
}

/* As object_why(), and @p must be its base. */
const char *object_check(struct heap *h, uintptr_t p, struct object *o)
{
	const char *why = object_why(h, p, o);

	return !why && p != o->base ? "inside a block, not its start" : why;
}

/* --- reports --- */

enum { SITE_SHOWN = 4 };

/*
 * The site that allocated the object with base @base, if that was sampled; or
 * NULL.  For a report: it does not wait.
 */
const struct bucket *object_site(struct heap *h, uintptr_t base)
{
	const struct special *r;

	if (!h->dead && !lock_try(&h->specials.lock))
		return NULL;
	r = special_find(h, base, SPECIAL_PROFILE);
	if (!h->dead)
		lock_drop(&h->specials.lock);
	return r ? r->bucket : NULL;
}

/* Put into @buf what a report says of the block with base @base, of @s. */
void object_text(struct heap *h, const struct span *s, uintptr_t base,
		 const struct bucket *site, char *buf, size_t size)
{
	struct line line = { .buf = buf, .size = size };
	struct out o = { .write = line_write, .arg = &line };
	uint32_t i;

	out_text(&o, "; block ");
	out_address(&o, base);
	out_text(&o, " of ");
	out_number(&o, s->size);
	out_text(&o, " bytes");
	if (span_is_lone(s)) {
		lone_text(&o, s, SITE_SHOWN);
		return;
	}
	if (!site)
		site = object_site(h, base);
	if (!site && is_hardened(h))
		site = harden_site(h, base);
	for (i = 0; site && i < MIN(site->npc, SITE_SHOWN); i++) {
		out_text(&o, i ? " " : ", allocated at ");
		out_address(&o, site->pc[i]);
	}
}

static COLD _Noreturn void refuse(struct heap *h, const void *p,
				  const struct object *o, const char *operation,
				  const char *why)
{
	char text[OBJECT_TEXT] = "";

	h->suspect = (uintptr_t)p;
	if (span_of(h, (uintptr_t)p) && o->index < o->span->nelems)
		object_text(h, o->span,
			    span_base(o->span) + o->index * o->span->size, NULL,
			    text, sizeof(text));
	kgc_host_panic("gc: %s %p: %s%s", operation, p, why, text);
}

/* The object with base @p; anything else is the caller's mistake. */
struct object object_of(struct heap *h, const void *p, const char *operation)
{
	struct object o;
	const char *why = object_check(h, (uintptr_t)p, &o);

	if (unlikely(why))
		refuse(h, p, &o, operation, why);
	return o;
}
