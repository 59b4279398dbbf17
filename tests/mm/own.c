// SPDX-License-Identifier: MIT
/* own.c - see own.h */
#include "own.h"

struct heap own;

bool own_open(const struct kgc_config *config)
{
	static const struct kgc_config plain = {
		.heap_reserve = 16 * MIB,
		.percent = -1,
		.profile_rate = KGC_PROFILE_OFF,
	};

	own_close();
	return !heap_init(&own, config ? config : &plain);
}

bool own_open_far(void)
{
	return own_open(NULL) &&
	       heap_alloc(&own, 5 * MIB, KGC_NOSCAN | KGC_NOZERO);
}

static struct {
	void *p;
	size_t size;
} cleared[32];
static unsigned int ncleared;

void own_clears(void *p, size_t size)
{
	cleared[ncleared].p = p;
	cleared[ncleared++].size = size;
}

/* A case that failed left it open. */
void own_close(void)
{
	unsigned int i;

	for (i = 0; i < ncleared; i++)
		memset(cleared[i].p, 0, cleared[i].size);
	if (own.arena.start)
		heap_destroy(&own);
}

void own_stop(void)
{
	heap_stop(&own);
	cache_flush_all(&own);
}

void own_collect(const void *lo, const void *hi)
{
	uint64_t objects, bytes;

	sweep_all(&own);
	mark_prepare(&own);
	own_stop();
	mark_start(&own);
	mark_range(&own, lo, hi);
	collect_mark_rest(&own);
	stats_live(&own, &objects, &bytes);
	pacer_set_trigger(&own, bytes);
	sweep_start(&own);
	own.numgc++;
	kgc_host_start_world();
	sweep_all(&own);
}

const char *own_fault(void)
{
	static struct faults faults;

	memset(&faults, 0, sizeof(faults));
	heap_stop(&own);
	check_heap(&own, &faults);
	kgc_host_start_world();
	return faults.n ? faults.fault[0].what : "sound";
}

uint64_t own_objects(void)
{
	struct totals t;

	stats_totals(&own, &t);
	return t.nmalloc - t.nfree;
}

uint64_t own_bytes(void)
{
	struct totals t;

	stats_totals(&own, &t);
	return t.alloc_bytes - t.free_bytes;
}

bool own_has(const void *p)
{
	struct object o;
	bool has;

	kgc_host_pin();
	has = !object_check(&own, (uintptr_t)p, &o);
	kgc_host_unpin();
	return has;
}

struct span *own_span(unsigned int kind, unsigned int class)
{
	return class ? span_new_small(&own, kind, class)
		     : span_new_large(&own, kind, 4, PAGE_SIZE);
}

void own_span_free(struct span *s)
{
	s->nused = 0;
	s->where = SPAN_LEAVING;
	span_free_pages(&own, s);
}

struct span *own_take(size_t npages)
{
	return pageheap_alloc(&own, npages, PAGE_SIZE);
}

void own_give(struct span *s)
{
	s->where = SPAN_LEAVING;
	s->needzero = true;
	pageheap_free(&own, s);
}

bool own_open_small(size_t reserve, size_t max)
{
	return OWN_OPEN(.heap_reserve = reserve, .heap_max = max, .percent = -1,
			.profile_rate = KGC_PROFILE_OFF);
}

bool own_is_all(const void *p, int c, size_t n)
{
	const unsigned char *b = p;

	while (n--)
		if (*b++ != c)
			return false;
	return true;
}

size_t own_usable(size_t size, size_t block)
{
	return is_guarded(&heap) ? round_up(MAX(size, (size_t)1), WORD_SIZE)
				 : block;
}
