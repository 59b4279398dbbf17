// SPDX-License-Identifier: MIT
/*
 * params.c - limits, statistics, callbacks, collections on and off
 */
#include <stdint.h>

/* What oom_fn returns is no new object. */
#define GC_OOM_FUNC_RETURNS_ALIAS
#include <gc.h>
#include <gc/gc_mark.h>

#include "tap.h"

static void **chain;

static void *out_of_memory(size_t size)
{
	return size == 100000 ? &chain : NULL;
}

/* All memory, then NULL or what oom_fn says; freed, it is there again. */
static void test_limit(void)
{
	void **p;
	int n = 0;

	GC_set_warn_proc(GC_ignore_warn_proc);
	GC_set_max_heap_size(GC_get_heap_size() + (16 << 20));
	for (; n < 1000 && (p = GC_MALLOC(50000)); n++) {
		*p = chain;
		chain = p;
	}
	ok(n > 10 && n < 1000, "the limit is kept");
	GC_set_oom_fn(out_of_memory);
	for (n = 0; n < 10 && GC_MALLOC(100000) != &chain; n++)
		;
	ok(n < 10, "oom_fn is asked");
	chain = NULL;
	GC_gcollect();
	ok(GC_MALLOC(50000) != NULL, "memory comes back");
	GC_set_max_heap_size(0);
}

static void test_disabled(void)
{
	GC_word n = GC_get_gc_no();
	int i;

	GC_disable();
	GC_disable();
	GC_enable();
	ok(GC_is_disabled(), "GC_disable counts");
	for (i = 0; i < 200000; i++)
		(void)GC_MALLOC(100);
	GC_gcollect();
	ok(GC_get_gc_no() == n, "nothing is collected then");
	GC_enable();
	ok(!GC_is_disabled(), "GC_enable");
	GC_gcollect();
	ok(GC_get_gc_no() > n, "GC_gcollect");
}

static int stop(void)
{
	return 1;
}

static int go_on(void)
{
	return 0;
}

static void test_try(void)
{
	GC_word n = GC_get_gc_no();

	ok(!GC_try_to_collect(stop) && GC_get_gc_no() == n,
	   "GC_try_to_collect may be stopped");
	ok(GC_try_to_collect(go_on) && GC_get_gc_no() == n + 1, "or not");
	while (GC_collect_a_little())
		;
	GC_gcollect_and_unmap();
	ok(GC_get_gc_no() >= n + 2, "GC_gcollect_and_unmap");
}

static void test_stats(void)
{
	struct GC_prof_stats_s s;
	GC_word size, total;
	size_t before = GC_get_total_bytes();

	ok(GC_MALLOC(100000) && GC_get_total_bytes() >= before + 100000,
	   "GC_get_total_bytes");
	ok(GC_get_bytes_since_gc() >= 100000, "GC_get_bytes_since_gc");
	GC_gcollect();
	ok(GC_get_bytes_since_gc() < 100000, "and after a collection");
	ok(GC_get_heap_size() >= GC_get_free_bytes() &&
		   GC_get_obtained_from_os_bytes() >= GC_get_heap_size(),
	   "the heap's size");
	ok(GC_get_prof_stats(&s, sizeof(s)) == sizeof(s) &&
		   s.gc_no == GC_get_gc_no() &&
		   s.heapsize_full >= s.free_bytes_full,
	   "GC_get_prof_stats");
	GC_get_heap_usage_safe(&size, NULL, NULL, NULL, &total);
	ok(size == GC_get_heap_size() && total == GC_get_total_bytes(),
	   "GC_get_heap_usage_safe");
	ok(GC_get_size_map_at(1) == 16 && GC_get_size_map_at(16) > 16 &&
		   GC_get_size_map_at(-1) == SIZE_MAX,
	   "GC_get_size_map_at");
	size = GC_get_heap_size();
	ok(GC_expand_hp(8 << 20), "GC_expand_hp");
}

static int events[GC_EVENT_THREAD_UNSUSPENDED + 1], starts;

static void event(GC_EventType e)
{
	events[e]++;
}

static void start(void)
{
	starts++;
}

static void test_callbacks(void)
{
	GC_set_on_collection_event(event);
	GC_set_start_callback(start);
	GC_gcollect();
	GC_gcollect();
	ok(events[GC_EVENT_START] == 2 && events[GC_EVENT_END] == 2 &&
		   events[GC_EVENT_MARK_START] == 2,
	   "events");
	ok(starts == 2, "the start callback");
	GC_set_on_collection_event(NULL);
	GC_set_start_callback(NULL);
}

static void count(void *p, size_t size, void *arg)
{
	*(int *)arg += GC_base(p) == p && GC_size(p) == size;
}

static void test_settings(void)
{
	int n = 0;
	void *p = GC_MALLOC(10);

	GC_set_free_space_divisor(6);
	ok(GC_get_free_space_divisor() == 6, "free_space_divisor");
	GC_set_time_limit(100);
	GC_set_full_freq(3);
	GC_set_rate(4);
	ok(GC_get_time_limit() == 100 && GC_get_full_freq() == 3 &&
		   GC_get_rate() == 4,
	   "what is set is read back");
	GC_enable_incremental();
	ok(!GC_is_incremental_mode(), "nothing is incremental");
	ok(GC_get_version() == (GC_VERSION_MAJOR << 16 | GC_VERSION_MINOR << 8 |
				GC_VERSION_MICRO),
	   "GC_get_version");
	GC_enumerate_reachable_objects_inner(count, &n);
	ok(n > 0, "GC_enumerate_reachable_objects_inner");
	GC_reachable_here(p);
}

int main(void)
{
	GC_INIT();
	test_disabled();
	test_try();
	test_stats();
	test_callbacks();
	test_settings();
	test_limit();
	return done();
}
