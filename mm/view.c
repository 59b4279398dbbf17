// SPDX-License-Identifier: MIT
/*
 * view.c - what the heap tells of itself, a piece at a time
 *
 * For a reader that has no memory to keep an answer in and may take its time:
 * one span, one object, one finalizer, and where the host's memory went.  The
 * world runs; what is told was true when it was asked.
 *
 * Bad at: heaps that change meanwhile.  A caller that wants one picture of all
 * spans stays pinned from the first to the last.
 *
 * Locking: pageheap.lock for spans, special.lock for records.
 */
#include "internal.h"

const char *kind_name(unsigned int kind)
{
	static const char *const name[] = {
		[KIND_SCAN] = "scan",
		[KIND_NOSCAN] = "noscan",
		[KIND_UNCOLLECTABLE] = "uncollectable",
		[KIND_UNCOLLECTABLE_NOSCAN] = "uncollectable noscan",
		[KIND_TYPED] = "typed",
		[KIND_NOGC] = "nogc",
	};
	const char *s = kind <= KIND_NOGC ? name[kind] : NULL;

	return s ? s : "?";
}

/* --- spans --- */

/* Under the lock: the first run at or behind @page, in use or not. */
static const struct span *run_at(const struct heap *h, size_t page)
{
	const struct span *s;

	for (; page < h->arena.used >> PAGE_SHIFT; page++) {
		s = h->pages[page];
		if (s && s->state != SPAN_DEAD && page_of(h, s->start) == page)
			return s;
	}
	return NULL;
}

/* Bytes of @s about which the bits are wrong: set, and left in a run of @c; or
 * handed out of one, and not set yet (cache.c). */
static NO_SANITIZE size_t not_as_bits_say(const struct heap *h,
					  const struct cache *c,
					  const struct span *s)
{
	const struct run *run = c->window[s->kind][s->sizeclass].run;
	const uintptr_t *unset = c->source[s->kind][s->sizeclass].unset;

	return cache_sets_runs(h)
		       ? run_left(&run[0]) + run_left(&run[1])
		       : run[0].next - unset[0] + run[1].next - unset[1];
}

/*
 * Objects of @s that were handed out and not freed.  A window that its slot is
 * moving just now may be longer than it was.
 */
static size_t used_of(struct heap *h, const struct span *s)
{
	const struct cache *c = NULL;
	size_t n, left = 0;

	if (!s->sizeclass)
		return s->nused;
	n = bitmap_count(h, s, BIT_ALLOC);
	if (s->where == SPAN_CACHED)
		c = h->cache[s->owner];
	if (c && c->source[s->kind][s->sizeclass].span == s)
		left = not_as_bits_say(h, c, s) / s->size;
	if (!cache_sets_runs(h))
		return MIN(n + left, s->nelems);
	return left <= n ? n - left : 0;
}

static void fill_inuse(struct heap *h, const struct span *s, struct kgc_span *v)
{
	v->kind = kind_name(s->kind);
	v->flags = (int)kind_flags(s->kind);
	v->sizeclass = s->sizeclass;
	v->size = s->size;
	v->room = s->nelems;
	v->used = used_of(h, s);
}

bool view_span(struct heap *h, uintptr_t at, struct kgc_span *v)
{
	const uintptr_t off = at > h->arena.start ? at - h->arena.start : 0;
	const struct span *s;

	if (!cache_attach(h))
		return false;
	sweep_all(h);
	kgc_host_pin();
	lock_take(&h->pageheap.lock);
	s = run_at(h, round_up(off, PAGE_SIZE) >> PAGE_SHIFT);
	if (s) {
		*v = (struct kgc_span){
			.base = (void *)s->start,
			.bytes = (size_t)s->npages << PAGE_SHIFT,
			.kind = s->state == SPAN_FREE ? "free" : "gap",
			.flags = -1,
		};
		if (s->state == SPAN_INUSE)
			fill_inuse(h, s, v);
		else if (s->state == SPAN_FREE)
			v->released = (size_t)s->nreleased << PAGE_SHIFT;
	}
	lock_drop(&h->pageheap.lock);
	kgc_host_unpin();
	return s;
}

bool kgc_span(const void *at, struct kgc_span *span)
{
	return view_span(&heap, (uintptr_t)at, span);
}

/* --- objects --- */

/* Under special.lock: what the records of the object with base @p say. */
static void fill_records(struct heap *h, uintptr_t p, struct kgc_object *v)
{
	const struct special *r;
	uint32_t i;

	v->finalizer = special_find(h, p, SPECIAL_FINALIZER);
	v->due = special_find(h, p, SPECIAL_QUEUED);
	v->weak = special_find(h, p, SPECIAL_WEAK);
	v->ephemeron = special_find(h, p, SPECIAL_EPHEMERON);
	r = special_find(h, p, SPECIAL_PROFILE);
	for (i = 0; r && i < r->bucket->npc; i++)
		v->pc[v->npc++] = r->bucket->pc[i];
}

int view_object(struct heap *h, uintptr_t p, struct kgc_object *v)
{
	int error = -KGC_EINVAL;
	struct object o;

	_Static_assert((int)KGC_SITE_DEPTH == (int)PROF_DEPTH,
		       "stacks would be cut");
	if (!cache_attach(h))
		return -KGC_EINVAL;
	kgc_host_pin();
	if (object_find(h, p, &o)) {
		*v = (struct kgc_object){
			.base = (void *)o.base,
			.size = object_size(h, o.span, o.base),
			.block = o.span->size,
			.sizeclass = o.span->sizeclass,
			.kind = kind_name(o.span->kind),
			.flags = (int)kind_flags(o.span->kind),
		};
		lock_take(&h->specials.lock);
		if (o.span->kind != KIND_NOGC)
			fill_records(h, o.base, v);
		lock_drop(&h->specials.lock);
		error = 0;
	}
	kgc_host_unpin();
	return error;
}

int kgc_describe(const void *p, struct kgc_object *object)
{
	return view_object(&heap, (uintptr_t)p, object);
}

/* --- finalizers --- */

static size_t show_finalizers(const struct special *r, kgc_finalizer_fn *visit,
			      bool due, void *arg)
{
	size_t n = 0;

	for (; r; r = r->after, n++) {
		const struct kgc_finalizer f = { r->final.fn, r->final.arg,
						 r->order };

		visit((void *)r->object, &f, due, arg);
	}
	return n;
}

size_t view_finalizers(struct heap *h, kgc_finalizer_fn *visit, void *arg)
{
	const struct special_list *list = h->specials.list;
	size_t n;

	if (!cache_attach(h))
		return 0;
	heap_stop(h);
	n = show_finalizers(list[SPECIAL_QUEUED].first, visit, true, arg);
	n += show_finalizers(list[SPECIAL_FINALIZER].first, visit, false, arg);
	kgc_host_start_world();
	return n;
}

size_t kgc_finalizers(kgc_finalizer_fn *visit, void *arg)
{
	return view_finalizers(&heap, visit, arg);
}

/* --- memory --- */

void view_memory(const struct heap *h, struct kgc_memory *m)
{
	const struct pageheap *ph = &h->pageheap;

	*m = (struct kgc_memory){
		.heap = ph->sys - ph->released_bytes,
		.bitmap = h->arena.bitmap_mapped,
		.pages = h->page_table.ready + h->layout_table.ready,
		.released = ph->released.ready,
		.spans = ph->records.sys,
		.caches = h->caches_sys,
		.specials = h->specials.sys + h->specials.records.sys,
		.profile = h->profile.sys + h->profile.records.sys,
		.types = round_up(h->types.max * sizeof(*h->types.of),
				  PAGE_SIZE),
		.marker = h->marker.region.ready,
	};
	m->other = h->meta.sys - m->spans - m->caches -
		   h->specials.records.sys - h->profile.records.sys;
	m->sum = m->heap + m->bitmap + m->pages + m->released + m->spans +
		 m->caches + m->specials + m->profile + m->types + m->marker +
		 m->other;
}

void kgc_read_memory(struct kgc_memory *memory)
{
	context_check();
	kgc_host_pin();
	view_memory(&heap, memory);
	kgc_host_unpin();
}
