// SPDX-License-Identifier: MIT
/*
 * heap.c - set a heap up, and walk it
 *
 * Everything in mm/ takes the heap as an argument; the public functions act
 * on the one defined here.  Tests make further ones.
 */
#include "internal.h"

struct heap heap;

/* A handler's call is the program's mistake, but when the program is over. */
COLD void context_refuse(void)
{
	if (unlikely(kgc_host_context() == KGC_INTERRUPT) && !heap.dead)
		kgc_host_panic("gc: an interrupt handler calls what it may "
			       "not: see <kgc/kgc.h>, level %d",
			       KGC_CHECK);
}

static int init_parts(struct heap *h, const struct kgc_config *config)
{
	int err;

	lock_init(&h->meta.lock, RANK_META);
	err = arena_init(h, config);
	if (!err)
		err = pageheap_init(h, config);
	if (err)
		return err;
	if (sizeclass_init(&h->classes) != KGC_NCLASSES)
		kgc_host_panic("gc: init %d: not 61 size classes", 0);
	central_init(h);
	root_init(h);
	special_init(h);
	typed_init(h);
	pacer_init(h, config);
	cycle_init(h);
	prof_init(h, config);
	lone_init(h, config);
	err = mark_init(h, config);
	if (err)
		return err;
	return cache_attach(h) ? 0 : -KGC_ENOMEM;
}

/* As kgc_init(), for any zeroed @h. */
int heap_init(struct heap *h, const struct kgc_config *config)
{
	int err;

	h->sweepgen = 4; /* so that no number in use is ever 0 */
	h->swept = true;
	h->trace = config->trace;
	h->debug = config->debug;
	h->nslots = config->nslots ? config->nslots : KGC_HOST_SLOTS;
	h->nslots = MIN(h->nslots, SLOTS_MAX);
	err = init_parts(h, config);
	if (err)
		heap_destroy(h);
	else
		h->ready = true;
	return err;
}

/* Give everything back; what was allocated is gone. */
void heap_destroy(struct heap *h)
{
	meta_table_free(h->specials.table,
			h->specials.nbuckets * sizeof(void *));
	meta_table_free(h->reserved, SLOTS_MAX * sizeof(*h->reserved));
	meta_table_free(h->types.of, h->types.max * sizeof(void *));
	meta_table_free(h->profile.table, PROF_BUCKETS * sizeof(void *));
	region_destroy(&h->marker.region);
	pageheap_destroy(h);
	arena_destroy(h);
	meta_destroy(&h->meta);
	*h = (struct heap){ 0 };
}

int kgc_init(const struct kgc_config *config)
{
	static const struct kgc_config defaults;

	context_check();
	if (heap.ready)
		return -KGC_EBUSY;
	return heap_init(&heap, config ? config : &defaults);
}

/*
 * Stop the world, every span swept and knowing its count; task context.  That
 * of a dead heap has stopped.
 */
void heap_stop(struct heap *h)
{
	if (h->dead)
		return;
	context_check();
	sweep_all(h);
	while (!kgc_host_stop_world())
		;
	sweep_all(h);
	cache_settle(h);
}

void heap_start(struct heap *h)
{
	if (!h->dead)
		kgc_host_start_world();
}

static void walk_span(struct heap *h, const struct span *s, kgc_walk_fn *visit,
		      void *arg)
{
	const uintptr_t bit = s->kind == KIND_NOGC ? BIT_NOSCAN : BIT_ALLOC;
	uintptr_t p;
	uint32_t i;

	for (i = 0; i < s->nelems; i++) {
		p = span_base(s) + i * s->size;
		if (bitmap_get(h, p) & bit && !cache_holds(h, s, p))
			visit((void *)p, object_size(h, s, p),
			      kind_flags(s->kind), arg);
	}
}

void kgc_walk(kgc_walk_fn *visit, void *arg)
{
	struct heap *h = &heap;
	struct span *s;
	size_t page = 0;

	if (!cache_attach(h))
		return;
	heap_stop(h);
	while ((s = pageheap_next(h, &page)))
		walk_span(h, s, visit, arg);
	kgc_host_start_world();
}

void kgc_retire(unsigned int slot)
{
	struct heap *h = &heap;

	context_check();
	kgc_host_pin();
	if (slot < h->nslots && h->cache[slot])
		cache_flush(h, h->cache[slot]);
	kgc_host_unpin();
}

void *kgc_call_pinned(void *(*fn)(void *arg), void *arg)
{
	void *result;

	context_check();
	kgc_host_pin();
	result = fn(arg);
	kgc_host_unpin();
	return result;
}

size_t kgc_trim(size_t bytes)
{
	context_check();
	return heap.ready ? pageheap_release(&heap, bytes, 0) : 0;
}
