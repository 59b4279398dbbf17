// SPDX-License-Identifier: MIT
/*
 * stats.c - how large the heap is
 *
 * All figures are of kgc_read_memstats(); those of the last collection are
 * noted when it ends.  Free bytes are those of whole pages.
 */
#include <string.h>

#include "internal.h"

static uint64_t last_total, last_freed; /* as of the last collection's end */
static uint64_t before_total; /* allocated up to the last collection */
static uint64_t reclaimed;    /* by all collections */

static struct kgc_memstats read_stats(void)
{
	struct kgc_memstats m;

	bdw_ready();
	kgc_read_memstats(&m);
	return m;
}

static uint64_t freed(const struct kgc_memstats *m)
{
	return m->total_alloc - m->heap_alloc;
}

void bdw_stats_cycle(void)
{
	struct kgc_memstats m = read_stats();

	reclaimed += freed(&m) - last_freed;
	before_total = m.total_alloc;
	last_total = m.total_alloc;
	last_freed = freed(&m);
}

size_t GC_get_heap_size(void)
{
	struct kgc_memstats m = read_stats();

	return (size_t)(m.heap_sys - m.heap_released);
}

size_t GC_get_free_bytes(void)
{
	struct kgc_memstats m = read_stats();

	return (size_t)(m.heap_idle - m.heap_released);
}

size_t GC_get_unmapped_bytes(void)
{
	return (size_t)read_stats().heap_released;
}

size_t GC_get_bytes_since_gc(void)
{
	return (size_t)(read_stats().total_alloc - last_total);
}

size_t GC_get_expl_freed_bytes_since_gc(void)
{
	struct kgc_memstats m = read_stats();

	return (size_t)(freed(&m) - last_freed);
}

size_t GC_get_total_bytes(void)
{
	return (size_t)read_stats().total_alloc;
}

size_t GC_get_obtained_from_os_bytes(void)
{
	return (size_t)read_stats().sys;
}

size_t GC_get_memory_use(void)
{
	return (size_t)read_stats().heap_alloc;
}

size_t GC_get_size_map_at(int i)
{
	struct kgc_memstats m = read_stats();
	int class;

	for (class = 1; i >= 0 && class < KGC_NCLASSES; class ++)
		if (m.by_size[class].size >= bdw_block_size((size_t)i))
			return m.by_size[class].size;
	return SIZE_MAX;
}

static void put(GC_word *p, uint64_t value)
{
	if (p)
		*p = (GC_word)value;
}

void GC_get_heap_usage_safe(GC_word *heap_size, GC_word *free_bytes,
			    GC_word *unmapped_bytes, GC_word *bytes_since_gc,
			    GC_word *total_bytes)
{
	struct kgc_memstats m = read_stats();

	put(heap_size, m.heap_sys - m.heap_released);
	put(free_bytes, m.heap_idle - m.heap_released);
	put(unmapped_bytes, m.heap_released);
	put(bytes_since_gc, m.total_alloc - last_total);
	put(total_bytes, m.total_alloc);
}

/* As much of it as the caller has room for; returns how much that is. */
size_t GC_get_prof_stats(struct GC_prof_stats_s *stats, size_t size)
{
	struct kgc_memstats m = read_stats();
	struct GC_prof_stats_s s = {
		.heapsize_full = (GC_word)m.heap_sys,
		.free_bytes_full = (GC_word)m.heap_idle,
		.unmapped_bytes = (GC_word)m.heap_released,
		.bytes_allocd_since_gc = (GC_word)(m.total_alloc - last_total),
		.allocd_bytes_before_gc = (GC_word)before_total,
		.non_gc_bytes = GC_non_gc_bytes,
		.gc_no = m.numgc,
		.bytes_reclaimed_since_gc = 0,
		.reclaimed_bytes_before_gc = (GC_word)reclaimed,
		.expl_freed_bytes_since_gc = (GC_word)(freed(&m) - last_freed),
		.obtained_from_os_bytes = (GC_word)m.sys,
	};

	if (size > sizeof(s)) {
		memset((char *)stats + sizeof(s), 0xff, size - sizeof(s));
		size = sizeof(s);
	}
	memcpy(stats, &s, size);
	return size;
}

size_t GC_get_prof_stats_unsafe(struct GC_prof_stats_s *stats, size_t size)
{
	return GC_get_prof_stats(stats, size);
}

/* --- time ---------------------------------------------------------------- */

/* It is always measured. */
void GC_start_performance_measurement(void)
{
	bdw_ready();
}

unsigned long GC_get_full_gc_total_time(void)
{
	return (unsigned long)(read_stats().pause_total_ns / 1000000);
}

unsigned long GC_get_full_gc_total_ns_frac(void)
{
	return (unsigned long)(read_stats().pause_total_ns % 1000000);
}

unsigned long GC_get_stopped_mark_total_time(void)
{
	return GC_get_full_gc_total_time();
}

unsigned long GC_get_stopped_mark_total_ns_frac(void)
{
	return GC_get_full_gc_total_ns_frac();
}

unsigned long GC_get_avg_stopped_mark_time_ns(void)
{
	struct kgc_memstats m = read_stats();

	return m.numgc ? (unsigned long)(m.pause_total_ns / m.numgc) : 0;
}

/* --- growth -------------------------------------------------------------- */

/* What was allocated and freed is the heap's. */
int GC_expand_hp(size_t bytes)
{
	void *p;

	bdw_ready();
	if (!bytes)
		return 1;
	p = kgc_alloc(bytes, KGC_NOGC | KGC_NOZERO | KGC_NOCOLLECT);
	kgc_free(p);
	return p != NULL;
}
