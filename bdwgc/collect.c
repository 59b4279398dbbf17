// SPDX-License-Identifier: MIT
/*
 * collect.c - collections, and what a client hears of them
 *
 * kgc tells of every collection twice, by a hook: before it stops the world
 * and when it has swept.  The client's callbacks are called from there, in
 * the thread that collects; of the events in between, those up to the stop
 * come with the first call, the others with the second.
 *
 * Finalizers are not run there but after the allocation that collected.
 *
 * Bad at: nothing is done in steps; what asks for a part of a collection
 * does nothing, or a whole one.
 */
#include "internal.h"

uint32_t bdw_cycles_seen;
GC_word GC_gc_no;
int GC_dont_gc;

/* --- callbacks ----------------------------------------------------------- */

static void tell(GC_EventType first, GC_EventType last)
{
	GC_on_collection_event_proc fn = GC_get_on_collection_event();
	static const GC_EventType order[] = {
		GC_EVENT_START,
		GC_EVENT_PRE_STOP_WORLD,
		GC_EVENT_POST_STOP_WORLD,
		GC_EVENT_MARK_START,
		GC_EVENT_MARK_END,
		GC_EVENT_PRE_START_WORLD,
		GC_EVENT_POST_START_WORLD,
		GC_EVENT_RECLAIM_START,
		GC_EVENT_RECLAIM_END,
		GC_EVENT_END,
	};
	size_t i = 0;

	if (!fn)
		return;
	while (order[i] != first)
		i++;
	do
		fn(order[i]);
	while (order[i++] != last);
}

static void tell_size(void)
{
	GC_on_heap_resize_proc fn = GC_get_on_heap_resize();
	static size_t last;
	size_t size;

	if (!fn)
		return;
	size = GC_get_heap_size();
	if (size != last)
		fn(size);
	last = size;
}

static void cycle_hook(bool begins)
{
	if (begins) {
		if (GC_get_start_callback())
			GC_get_start_callback()();
		tell(GC_EVENT_START, GC_EVENT_PRE_STOP_WORLD);
	} else {
		tell(GC_EVENT_POST_STOP_WORLD, GC_EVENT_END);
		bdw_stats_cycle();
		tell_size();
	}
}

/* A finalizer that allocates comes here too, and starts no other. */
void bdw_cycle_over(void)
{
	static _Thread_local bool is_running;

	__atomic_store_n(&bdw_cycles_seen, kgc_cycles(), __ATOMIC_RELAXED);
	GC_gc_no = bdw_cycles_seen;
	if (is_running || !kgc_finalizers_due())
		return;
	is_running = true;
	if (!GC_finalize_on_demand)
		kgc_run_finalizers();
	else if (GC_finalizer_notifier)
		GC_finalizer_notifier();
	is_running = false;
}

/* --- to collect ---------------------------------------------------------- */

static void collect(void)
{
	bdw_ready();
	if (GC_dont_gc)
		return;
	if (GC_find_leak) {
		bdw_report_smashed();
		bdw_leak_check();
		return;
	}
	kgc_collect();
	if (GC_get_force_unmap_on_gcollect())
		kgc_trim(SIZE_MAX);
	bdw_report_smashed();
	bdw_after();
}

void GC_gcollect(void)
{
	if (!GC_get_stop_func()())
		collect();
}

void GC_gcollect_and_unmap(void)
{
	collect();
	kgc_trim(SIZE_MAX);
}

int GC_try_to_collect(GC_stop_func stop)
{
	bdw_ready();
	if (GC_dont_gc || stop())
		return 0;
	collect();
	return 1;
}

/* There is never more to do.  What is due is done. */
int GC_collect_a_little(void)
{
	struct kgc_memstats m;

	bdw_ready();
	kgc_read_memstats(&m);
	if (m.heap_alloc >= m.next_gc)
		collect();
	return 0;
}

void GC_start_incremental_collection(void)
{
}

void GC_enable_incremental(void)
{
	bdw_ready();
}

int GC_is_incremental_mode(void)
{
	return 0;
}

int GC_incremental_protection_needs(void)
{
	return GC_PROTECTS_NONE;
}

unsigned GC_get_supported_vdbs(void)
{
	return GC_VDB_NONE;
}

unsigned GC_get_actual_vdb(void)
{
	return GC_VDB_NONE;
}

/* --- not to collect ------------------------------------------------------ */

void GC_disable(void)
{
	bdw_ready();
	__atomic_add_fetch(&GC_dont_gc, 1, __ATOMIC_RELAXED);
	kgc_disable();
}

void GC_enable(void)
{
	bdw_ready();
	if (!GC_dont_gc)
		return;
	__atomic_sub_fetch(&GC_dont_gc, 1, __ATOMIC_RELAXED);
	kgc_enable();
}

int GC_is_disabled(void)
{
	return GC_dont_gc != 0;
}

/* Nothing is under way between two calls. */
void GC_finish_and_disable(void)
{
	GC_disable();
}

GC_word GC_get_gc_no(void)
{
	return bdw_is_up ? kgc_cycles() : 0;
}

/* The client may have set the variable before the heap was up. */
void bdw_collect_start(void)
{
	int i;

	kgc_set_cycle_hook(cycle_hook);
	for (i = 0; i < GC_dont_gc; i++)
		kgc_disable();
}
