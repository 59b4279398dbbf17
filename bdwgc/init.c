// SPDX-License-Identifier: MIT
/*
 * init.c - the first call, by whatever name
 *
 * A client need not call GC_INIT(): the first allocation does.  The heap may
 * be up already, when the C library's malloc is the same heap; then only the
 * parameters are set.
 *
 * Bad at: GC_deinit() does nothing, the heap stays.
 *
 * Locking: bdw_lock() is a spin lock, held for some instructions.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

bool bdw_is_up;
static bool is_locked;
static bool was_called;

/* Who holds the lock and is preempted is waited for: nothing blocks inside. */
void bdw_lock(void)
{
	while (__atomic_test_and_set(&is_locked, __ATOMIC_ACQUIRE))
		;
}

void bdw_unlock(void)
{
	__atomic_clear(&is_locked, __ATOMIC_RELEASE);
}

static void read_environment(void)
{
	const char *s;

	if (getenv("GC_FIND_LEAK"))
		GC_find_leak = 1;
	if (getenv("GC_DONT_GC"))
		GC_dont_gc = 1;
	s = getenv("GC_FREE_SPACE_DIVISOR");
	if (s && atoi(s) > 0)
		GC_set_free_space_divisor((GC_word)atoi(s));
	s = getenv("GC_MAXIMUM_HEAP_SIZE");
	if (s)
		GC_set_max_heap_size(strtoul(s, NULL, 0));
}

static void check_at_exit(void)
{
	if (GC_find_leak)
		GC_gcollect();
}

/* The first of several threads starts; the others find kgc up meanwhile. */
void bdw_start(void)
{
	static bool is_started;
	struct kgc_config config = { 0 };

	read_environment();
	config.heap_max = bdw_heap_max();
	if (kgc_init(&config) == -KGC_ENOMEM)
		GC_get_abort_func()("GC: no memory for the heap");
	if (__atomic_test_and_set(&is_started, __ATOMIC_ACQ_REL))
		return;
	kgc_finalize_on_demand(true);
	bdw_collect_start();
	bdw_params_start();
	if (GC_find_leak)
		atexit(check_at_exit);
	__atomic_store_n(&bdw_is_up, true, __ATOMIC_RELEASE);
}

void GC_init(void)
{
	bdw_ready();
	was_called = true;
}

int GC_is_init_called(void)
{
	return was_called || bdw_is_up;
}

void GC_deinit(void)
{
}

unsigned GC_get_version(void)
{
	return GC_VERSION_MAJOR << 16 | GC_VERSION_MINOR << 8 |
	       GC_VERSION_MICRO;
}
