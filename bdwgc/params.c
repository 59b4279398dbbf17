// SPDX-License-Identifier: MIT
/*
 * params.c - what a client may set and ask
 *
 * Most of bdwgc's parameters steer what kgc does not have: they are kept, so
 * that who sets one reads it back, and nothing follows.  The others are at
 * the end.  Documentation/bdwgc.md says which are which.
 */
#include "internal.h"

/* --- kept, no more ------------------------------------------------------- */

/* The pair of functions over a variable that clients know by name. */
#define GLOBAL(type, name, initial)    \
	type GC_##name = (initial);    \
	void GC_set_##name(type value) \
	{                              \
		GC_##name = value;     \
	}                              \
	type GC_get_##name(void)       \
	{                              \
		return GC_##name;      \
	}
/* The same over one that they do not. */
#define PARAM(type, name, initial)            \
	static type name##_value = (initial); \
	void GC_set_##name(type value)        \
	{                                     \
		name##_value = value;         \
	}                                     \
	type GC_get_##name(void)              \
	{                                     \
		return name##_value;          \
	}

GLOBAL(int, all_interior_pointers, 1)
GLOBAL(int, java_finalization, 0)
GLOBAL(int, dont_expand, 0)
GLOBAL(int, dont_precollect, 0)
GLOBAL(int, full_freq, 19)
GLOBAL(int, no_dls, 0)
GLOBAL(GC_word, non_gc_bytes, 0)
GLOBAL(GC_word, max_retries, 0)
GLOBAL(unsigned long, time_limit, GC_TIME_UNLIMITED)
int GC_use_entire_heap;
int GC_parallel;

PARAM(GC_word, allocd_bytes_per_finalizer, 10000)
PARAM(int, pages_executable, 0)
PARAM(size_t, min_bytes_allocd, 1)
PARAM(int, rate, 10)
PARAM(int, max_prior_attempts, 1)
PARAM(int, manual_vdb_allowed, 0)
PARAM(int, mprotect_vdb_allowed, 0)
PARAM(unsigned, interrupt_finalizers, 0)
PARAM(int, suspend_signal, -1)
PARAM(int, thr_restart_signal, -1)
PARAM(GC_sp_corrector_proc, sp_corrector, NULL)
PARAM(GC_push_other_roots_proc, push_other_roots, NULL)
PARAM(GC_on_thread_event_proc, on_thread_event, NULL)
PARAM(GC_on_mark_stack_empty_proc, on_mark_stack_empty, NULL)
PARAM(GC_on_os_get_mem_proc, on_os_get_mem, NULL)
PARAM(GC_word, pointer_mask, ~(GC_word)0)
PARAM(unsigned, pointer_shift, 0)
PARAM(GC_await_finalize_proc, await_finalize_proc, NULL)

static struct GC_timeval_s limit = { GC_TIME_UNLIMITED, 0 };

void GC_set_time_limit_tv(struct GC_timeval_s value)
{
	limit = value;
}

struct GC_timeval_s GC_get_time_limit_tv(void)
{
	return limit;
}

void GC_set_handle_fork(int on)
{
}

void GC_atfork_prepare(void)
{
}

void GC_atfork_parent(void)
{
}

void GC_atfork_child(void)
{
}

void GC_set_markers_count(unsigned n)
{
}

int GC_get_parallel(void)
{
	return GC_parallel;
}

int GC_get_dont_add_byte_at_end(void)
{
	return 0;
}

size_t GC_get_hblk_size(void)
{
	return 4096;
}

size_t GC_get_debug_header_size(void)
{
	return 0;
}

/* --- read elsewhere ------------------------------------------------------ */

GLOBAL(GC_finalizer_notifier_proc, finalizer_notifier, NULL)
GLOBAL(int, finalize_on_demand, 0)
PARAM(int, force_unmap_on_gcollect, 0)
PARAM(GC_on_collection_event_proc, on_collection_event, NULL)
PARAM(GC_start_callback_proc, start_callback, NULL)
PARAM(GC_on_heap_resize_proc, on_heap_resize, NULL)

static int never_stop(void)
{
	return 0;
}

PARAM(GC_stop_func, stop_func, never_stop)

static void *no_memory(size_t size)
{
	return NULL;
}

GC_oom_func GC_oom_fn = no_memory;

void GC_set_oom_fn(GC_oom_func fn)
{
	GC_oom_fn = fn;
}

GC_oom_func GC_get_oom_fn(void)
{
	return GC_oom_fn;
}

/* --- handed to kgc ------------------------------------------------------- */

static size_t heap_max;
GC_word GC_free_space_divisor = 3;
static bool is_divisor_set;
static bool is_automatic_off;

size_t bdw_heap_max(void)
{
	return heap_max;
}

/* 0 is none. */
void GC_set_max_heap_size(GC_word bytes)
{
	heap_max = bytes;
	if (bdw_is_up)
		kgc_set_heap_max(bytes ? bytes : SIZE_MAX);
}

/*
 * bdwgc collects after 1/divisor of the heap was allocated, where it counts
 * about three times what is in use; 3, the default, is kgc's 100 percent.
 */
static void divisor_apply(void)
{
	GC_word n = GC_free_space_divisor;

	kgc_set_percent(is_automatic_off ? -1
			: n > 300	 ? 1
					 : (int)(300 / (n ? n : 1)));
}

void GC_set_free_space_divisor(GC_word n)
{
	GC_free_space_divisor = n;
	is_divisor_set = true;
	if (bdw_is_up)
		divisor_apply();
}

GC_word GC_get_free_space_divisor(void)
{
	return GC_free_space_divisor;
}

void GC_set_disable_automatic_collection(int on)
{
	if (is_automatic_off == !!on)
		return;
	is_automatic_off = on;
	if (bdw_is_up)
		divisor_apply();
}

int GC_get_disable_automatic_collection(void)
{
	return is_automatic_off;
}

void GC_set_find_leak(int on)
{
	if (bdw_is_up && !on != !GC_find_leak)
		bdw_leak_mode(on);
	GC_find_leak = on;
}

int GC_get_find_leak(void)
{
	return GC_find_leak;
}

/* What was set before the heap was up. */
void bdw_params_start(void)
{
	if (GC_free_space_divisor != 3)
		is_divisor_set = true;
	if (heap_max)
		kgc_set_heap_max(heap_max);
	if (is_divisor_set || is_automatic_off)
		divisor_apply();
	if (GC_find_leak)
		bdw_leak_mode(true);
}
