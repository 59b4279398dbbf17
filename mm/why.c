// SPDX-License-Identifier: MIT
/*
 * why.c - a path from a root to an object, and who refers to it
 *
 * A search of its own, breadth first, so that the path found is a shortest
 * one.  It keeps, for each place for an object, which word first led there,
 * and a queue of the objects found.  Both lie in memory of the host's, taken
 * before the search while the world runs; the heap is neither written to nor
 * allocated from, marks included.
 *
 * The caller's own stack comes after all other roots, and its words that
 * refer to the object itself do not count: whoever asks about an object holds
 * its address.  What waits for its finalizer comes last.
 *
 * Bad at: heaps close to the limit of memory: 8 bytes for each place.
 *
 * Locking: the world is stopped.
 */
#include "internal.h"

enum { NAME_SIZE = 96 };

/* What led to an object: a word of the heap by its number, plus 1; or */
#define NOT_REACHED  0u
#define BY_ROOT	     UINT32_MAX
#define BY_FINALIZER (UINT32_MAX - 1) /* it waits for that */
#define WORDS_MOST   (UINT32_MAX - 2)
#define NO_WORD	     UINT32_MAX /* in a path: an ephemeron's key */

struct search {
	struct heap *heap;
	struct region memory;
	size_t npages, nplaces;
	uint32_t *first; /* by page: number of its span's first place */
	uint32_t *via;	 /* by place: what led there */
	uint32_t *queue; /* objects found, as numbers of their first words */
	size_t in, out;
	uintptr_t p, frame; /* asked for; a frame of the caller's stack */
	struct object target;
	bool own_stack; /* the roots wanted: the caller's stack, or the rest */
	int nlinks;
	char root[NAME_SIZE];
	const void *root_word;
};

static uint32_t number_of(const struct search *q, uintptr_t at)
{
	return (at - q->heap->arena.start) / WORD_SIZE;
}

static uintptr_t address_of(const struct search *q, uint32_t number)
{
	return q->heap->arena.start + (uintptr_t)number * WORD_SIZE;
}

static uint32_t *via_of(const struct search *q, const struct object *o)
{
	const size_t page = page_of(q->heap, o->span->start);

	return &q->via[q->first[page] + o->index];
}

/* The object that has the word with @number. */
static struct object object_at(const struct search *q, uint32_t number)
{
	struct object o = { 0 };

	edge_find(q->heap, address_of(q, number), &o);
	return o;
}

/* --- memory --- */

static void count_places(struct search *q)
{
	struct span *s;
	size_t page = 0;

	q->npages = q->heap->arena.used >> PAGE_SHIFT;
	q->nplaces = 0;
	while ((s = pageheap_next(q->heap, &page)))
		q->nplaces += s->nelems;
}

static void number_places(struct search *q)
{
	struct heap *h = q->heap;
	struct span *s;
	size_t page = 0;
	uint32_t n = 0;

	q->first = (uint32_t *)q->memory.base;
	q->via = q->first + q->npages;
	q->queue = q->via + q->nplaces;
	while ((s = pageheap_next(h, &page))) {
		q->first[page_of(h, s->start)] = n;
		n += s->nelems;
	}
}

/*
 * Stop the world with memory enough for the heap as it is then.  False: there
 * is none, and the world runs.
 */
static bool stop_with_memory(struct search *q)
{
	size_t need;

	for (;;) {
		heap_stop(q->heap);
		count_places(q);
		need = (q->npages + 2 * q->nplaces) * sizeof(uint32_t);
		if (need <= q->memory.ready)
			return true;
		kgc_host_start_world();
		region_destroy(&q->memory);
		q->memory = (struct region){ 0 };
		if (q->npages > WORDS_MOST / (PAGE_SIZE / WORD_SIZE) ||
		    !region_init(&q->memory, need + need / 8) ||
		    !region_grow(&q->memory, q->memory.size))
			return false;
	}
}

/* --- search --- */

static void reach(struct search *q, const struct object *o, uint32_t via)
{
	uint32_t *at = via_of(q, o);

	if (*at != NOT_REACHED)
		return;
	*at = via;
	q->queue[q->in++] = number_of(q, o->base);
}

static bool is_found(const struct search *q)
{
	return *via_of(q, &q->target) != NOT_REACHED;
}

static void from_root(const uintptr_t *word, const struct object *to, void *arg)
{
	struct search *q = arg;

	if (!q->own_stack || to->base != q->target.base)
		reach(q, to, BY_ROOT);
}

static void from_object(const uintptr_t *word, const struct object *to,
			void *arg)
{
	reach(arg, to, number_of(arg, (uintptr_t)word) + 1);
}

static bool is_wanted(const struct search *q, const void *lo, const void *hi,
		      enum kgc_root kind)
{
	return (kind == KGC_ROOT_STACK && q->frame >= (uintptr_t)lo &&
		q->frame < (uintptr_t)hi) == q->own_stack;
}

static void visit_roots(const void *lo, const void *hi, enum kgc_root kind,
			const void *owner, void *arg)
{
	struct search *q = arg;

	if (is_wanted(q, lo, hi, kind))
		edge_range(q->heap, lo, hi, from_root, q);
}

/* Values of ephemerons with keys that were reached.  False: nothing new. */
static bool reach_values(struct search *q)
{
	const struct special *r;
	struct object key, value;
	const size_t before = q->in;

	for (r = q->heap->specials.list[SPECIAL_EPHEMERON].first; r;
	     r = r->after)
		if (edge_find(q->heap, r->object, &key) &&
		    edge_find(q->heap, r->to, &value) &&
		    (*via_of(q, &key) != NOT_REACHED ||
		     !kind_is_collectable(key.span->kind)))
			reach(q, &value, number_of(q, key.base) + 1);
	return q->in != before;
}

static void drain(struct search *q)
{
	struct object o;

	do {
		while (q->out < q->in && !is_found(q)) {
			o = object_at(q, q->queue[q->out++]);
			edge_object(q->heap, o.span, o.base, from_object, q);
		}
	} while (!is_found(q) && reach_values(q));
}

static void reach_finalizable(struct search *q)
{
	const struct special *r =
		q->heap->specials.list[SPECIAL_FINALIZER].first;
	struct object o;

	for (; r; r = r->after)
		if (edge_find(q->heap, r->object, &o))
			reach(q, &o, BY_FINALIZER);
}

static void search(struct search *q)
{
	edge_roots(q->heap, visit_roots, q);
	drain(q);
	if (is_found(q))
		return;
	q->own_stack = true;
	edge_roots(q->heap, visit_roots, q);
	drain(q);
	if (is_found(q))
		return;
	reach_finalizable(q);
	drain(q);
}

/* --- the path --- */

static void name_itself(struct search *q, const char *what)
{
	struct line line = { .buf = q->root, .size = NAME_SIZE };
	struct out o = { .write = line_write, .arg = &line };

	out_text(&o, what);
}

struct first {
	struct search *q;
	uintptr_t base; /* complement of that of the path's first object */
	enum kgc_root kind;
	const void *owner;
};

static void name_word(const uintptr_t *word, const struct object *to, void *arg)
{
	const struct first *f = arg;

	if (to->base != ~f->base || f->q->root_word)
		return;
	f->q->root_word = word;
	edge_root_name(f->q->heap, f->q->root, NAME_SIZE, f->kind, f->owner,
		       word);
}

static void name_range(const void *lo, const void *hi, enum kgc_root kind,
		       const void *owner, void *arg)
{
	struct first *f = arg;

	f->kind = kind;
	f->owner = owner;
	if (is_wanted(f->q, lo, hi, kind))
		edge_range(f->q->heap, lo, hi, name_word, f);
}

/*
 * From the target back to the root.  The queue takes the words, the last
 * first; then the table of what led where takes the objects they keep.
 */
static NO_SANITIZE void trace(struct search *q)
{
	struct first first = { .q = q };
	struct object o = q->target, to;
	uint32_t via, n = 0, i;

	while ((via = *via_of(q, &o)) < BY_FINALIZER) {
		q->queue[n++] = via - 1;
		o = object_at(q, via - 1);
	}
	first.base = ~o.base;
	if (via == BY_ROOT)
		edge_roots(q->heap, name_range, &first);
	else
		name_itself(q, "waits for its finalizer");
	q->nlinks = (int)n + 1;
	q->via[0] = number_of(q, q->target.base);
	for (i = 0; i < n; i++) {
		q->via[i + 1] = number_of(q, object_at(q, q->queue[i]).base);
		/* Not the word, then, but an ephemeron. */
		if (!edge_find(q->heap,
			       *(uintptr_t *)address_of(q, q->queue[i]), &to) ||
		    number_of(q, to.base) != q->via[i])
			q->queue[i] = NO_WORD;
	}
}

static void search_stopped(void *arg)
{
	struct search *q = arg;
	struct heap *h = q->heap;

	cache_flush_all(h);
	q->nlinks = -KGC_EINVAL;
	if (!edge_find(h, q->p, &q->target))
		return;
	number_places(q);
	q->nlinks = 0;
	if (!kind_is_collectable(q->target.span->kind)) {
		name_itself(q, "itself: kgc_free() alone frees it");
		q->via[0] = number_of(q, q->target.base);
		q->nlinks = 1;
		return;
	}
	search(q);
	if (is_found(q))
		trace(q);
}

/* The world runs again: what is shown is what was. */
static void show_links(const struct search *q, kgc_link_fn *visit, void *arg)
{
	const void *holder = NULL;
	int i;

	for (i = q->nlinks - 1; i >= 0; i--) {
		struct kgc_link link = { .holder = holder };

		if (!holder) {
			link.root = q->root;
			link.word = q->root_word;
		} else if (q->queue[i] != NO_WORD) {
			link.word = (void *)address_of(q, q->queue[i]);
		}
		link.target = (void *)address_of(q, q->via[i]);
		visit(&link, arg);
		holder = link.target;
	}
}

int why_find(struct heap *h, uintptr_t p, kgc_link_fn *visit, void *arg)
{
	struct search q = {
		.heap = h,
		.p = p,
		.frame = (uintptr_t)__builtin_frame_address(0),
	};

	if (!cache_attach(h) || !stop_with_memory(&q))
		return -KGC_ENOMEM;
	kgc_host_call_saved(search_stopped, &q);
	kgc_host_start_world();
	show_links(&q, visit, arg);
	region_destroy(&q.memory);
	return q.nlinks;
}

int kgc_why(const void *p, kgc_link_fn *visit, void *arg)
{
	return why_find(&heap, (uintptr_t)p, visit, arg);
}

/* --- who refers to it --- */

struct referrers {
	struct heap *heap;
	uintptr_t hidden; /* complement of the object's base */
	kgc_link_fn *visit;
	void *arg;
	enum kgc_root kind;
	const void *owner; /* of the roots; of an object's words: its base */
	bool in_roots;
	int n;
};

static void show_referrer(const uintptr_t *word, const struct object *to,
			  void *arg)
{
	struct referrers *f = arg;
	struct kgc_link link = { .word = word, .target = (void *)to->base };
	char root[NAME_SIZE];

	if (to->base != ~f->hidden)
		return;
	f->n++;
	if (f->in_roots) {
		edge_root_name(f->heap, root, sizeof(root), f->kind, f->owner,
			       word);
		link.root = root;
	} else {
		link.holder = f->owner;
	}
	f->visit(&link, f->arg);
}

static void refer_from_roots(const void *lo, const void *hi, enum kgc_root kind,
			     const void *owner, void *arg)
{
	struct referrers *f = arg;

	f->kind = kind;
	f->owner = owner;
	edge_range(f->heap, lo, hi, show_referrer, f);
}

/* From objects; uncollectable ones were roots. */
static void refer_from_span(struct referrers *f, const struct span *s)
{
	uintptr_t p;
	uint32_t i;

	if (!kind_is_collectable(s->kind) || !kind_is_scanned(s->kind))
		return;
	for (i = 0; i < s->nelems; i++) {
		p = span_base(s) + i * s->size;
		if (!(bitmap_get(f->heap, p) & BIT_ALLOC))
			continue;
		f->owner = (void *)p;
		edge_object(f->heap, s, p, show_referrer, f);
	}
}

static void refer_stopped(void *arg)
{
	struct referrers *f = arg;
	struct object o;
	struct span *s;
	size_t page = 0;

	cache_flush_all(f->heap);
	f->n = -KGC_EINVAL;
	if (!edge_find(f->heap, ~f->hidden, &o))
		return;
	f->hidden = ~o.base;
	f->n = 0;
	f->in_roots = true;
	edge_roots(f->heap, refer_from_roots, f);
	f->in_roots = false;
	while ((s = pageheap_next(f->heap, &page)))
		refer_from_span(f, s);
}

int why_referrers(struct heap *h, uintptr_t p, kgc_link_fn *visit, void *arg)
{
	struct referrers f = {
		.heap = h, .hidden = ~p, .visit = visit, .arg = arg
	};

	if (!cache_attach(h))
		return -KGC_EINVAL;
	heap_stop(h);
	kgc_host_call_saved(refer_stopped, &f);
	kgc_host_start_world();
	return f.n;
}

int kgc_referrers(const void *p, kgc_link_fn *visit, void *arg)
{
	return why_referrers(&heap, (uintptr_t)p, visit, arg);
}
