// SPDX-License-Identifier: MIT
/*
 * interrupt_test.c - what an interrupt handler may call, and what not
 *
 * A real handler calls every function of kgc.h that is not marked
 * [interrupt]: each must end in the panic that says so.  That none is missing
 * here is what scripts/check-contexts compares.
 */
#include <string.h>

#include "system.h"

#define REFUSED "an interrupt handler calls what it may not"

static char block[64];
static void *word;
static const uintptr_t layout[1];

static bool is_refused(void (*fn)(void *arg))
{
	char text[160] = "";

	return hostctl_catch_panic(fn, NULL, text, sizeof text) &&
	       strstr(text, REFUSED);
}

static void visit_object(void *p, size_t size, unsigned int flags, void *arg)
{
}

static void visit_final(void *p, const struct kgc_finalizer *f, bool due,
			void *arg)
{
}

static void write_nothing(void *arg, const char *s, size_t n)
{
}

static void *call_nothing(void *arg)
{
	return arg;
}

/* Each call is a function of its own: the compiler has nested ones. */
#define CALLS(X)                                                   \
	X(kgc_init, NULL)                                          \
	X(kgc_alloc, 16, 0)                                        \
	X(kgc_alloc_array, 2, 16, 0)                               \
	X(kgc_alloc_aligned, 16, 64, 0)                            \
	X(kgc_realloc, NULL, 16)                                   \
	X(kgc_free, block)                                         \
	X(kgc_usable_size, block)                                  \
	X(kgc_lookup, block, NULL)                                 \
	X(kgc_flags, block)                                        \
	X(kgc_fit, block, 1)                                       \
	X(kgc_is_guarded, block)                                   \
	X(kgc_strdup, block)                                       \
	X(kgc_memdup, block, 8)                                    \
	X(kgc_collect)                                             \
	X(kgc_disable)                                             \
	X(kgc_enable)                                              \
	X(kgc_set_cycle_hook, NULL)                                \
	X(kgc_set_cycle_observer, NULL, NULL)                      \
	X(kgc_set_finalizer, block, NULL, NULL)                    \
	X(kgc_swap_finalizer, block, &(struct kgc_finalizer){ 0 }) \
	X(kgc_run_finalizers)                                      \
	X(kgc_queue_finalizers)                                    \
	X(kgc_finalize_on_demand, false)                           \
	X(kgc_set_weak, &word, block, 0)                           \
	X(kgc_clear_weak, &word, 0)                                \
	X(kgc_move_weak, &word, &word, 0)                          \
	X(kgc_read_weak, &word, false)                             \
	X(kgc_set_ephemeron, block, block)                         \
	X(kgc_clear_ephemeron, block, block)                       \
	X(kgc_type, layout, sizeof(void *))                        \
	X(kgc_alloc_typed, 16, 1, 0)                               \
	X(kgc_alloc_typed_array, 2, 1, 0)                          \
	X(kgc_add_root, block, block + 8)                          \
	X(kgc_remove_root, block, block + 8)                       \
	X(kgc_exclude_root, block, block + 8)                      \
	X(kgc_include_root, block, block + 8)                      \
	X(kgc_call_pinned, call_nothing, NULL)                     \
	X(kgc_retire, 0)                                           \
	X(kgc_set_percent, 100)                                    \
	X(kgc_set_share, 90)                                       \
	X(kgc_set_heap_max, (size_t)1 << 30)                       \
	X(kgc_set_oom_hook, NULL, NULL)                            \
	X(kgc_reserve, 100)                                        \
	X(kgc_release)                                             \
	X(kgc_set_atomic, 16, 1)                                   \
	X(kgc_adopt, block)                                        \
	X(kgc_trim, 0)                                             \
	X(kgc_read_memstats, (void *)block)                        \
	X(kgc_walk, visit_object, NULL)                            \
	X(kgc_find_leaks, visit_object, NULL)                      \
	X(kgc_check)                                               \
	X(kgc_who, block, write_nothing, NULL)                     \
	X(kgc_profile, write_nothing, NULL)                        \
	X(kgc_span, NULL, &(struct kgc_span){ 0 })                 \
	X(kgc_describe, block, &(struct kgc_object){ 0 })          \
	X(kgc_finalizers, visit_final, NULL)                       \
	X(kgc_sites, NULL, NULL)                                   \
	X(kgc_read_memory, &(struct kgc_memory){ 0 })              \
	X(kgc_set_trace, 0)                                        \
	X(kgc_set_debug, 0)                                        \
	X(kgc_set_stress, 0)                                       \
	X(kgc_why, block, NULL, NULL)                              \
	X(kgc_referrers, block, NULL, NULL)                        \
	X(kgc_audit, NULL, NULL)                                   \
	X(kgc_dump, write_nothing, NULL)

#define DEFINE(name, ...)                  \
	static void call_##name(void *arg) \
	{                                  \
		(void)name(__VA_ARGS__);   \
	}
CALLS(DEFINE)

#define ENTRY(name, ...) { call_##name, #name },
static const struct {
	void (*fn)(void *arg);
	const char *name;
} calls[] = { CALLS(ENTRY) };
enum { NCALLS = sizeof(calls) / sizeof(calls[0]) };

struct result {
	bool refused[NCALLS];
	enum kgc_context context;
};

static void call_all(void *arg)
{
	struct result *r = arg;
	unsigned int i;

	r->context = kgc_host_context();
	for (i = 0; i < NCALLS; i++)
		r->refused[i] = is_refused(calls[i].fn);
}

KTEST(system_interrupt, a_handler_is_refused_all_that_is_not_for_it)
{
	static struct result r;
	unsigned int i;

	if (KGC_CHECK < 1) {
		ktest_skip("checked at level 1 and above");
		return;
	}
	hostctl_interrupt(call_all, &r);
	EXPECT_EQ(r.context, KGC_INTERRUPT);
	for (i = 0; i < NCALLS; i++)
		EXPECT_STR(r.refused[i] ? calls[i].name : "it was taken",
			   calls[i].name);
	/* The task goes on as if nothing had been. */
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
	kgc_free(kgc_alloc(16, 0));
	EXPECT_EQ(kgc_check(), 0);
}

static void call_allowed(void *arg)
{
	struct kgc_cycle cycle[1];
	int *n = arg;
	size_t size;

	*n += kgc_cycles() > 0;
	*n += kgc_is_disabled() == false;
	*n += kgc_last_cycles(cycle, 1) == 1;
	kgc_last_failure(&size);
	*n += kgc_finalizers_due() < 1000;
	*n += kgc_explain((uintptr_t)&heap, write_nothing, NULL) > 0;
	*n += kgc_write_state(write_nothing, NULL) > 0;
	kgc_write_cycle(cycle, write_nothing, NULL);
	kgc_events_begin(write_nothing, NULL);
	kgc_events_cycle(cycle, write_nothing, NULL);
	kgc_events_mark("mark", 1, 2, write_nothing, NULL);
	kgc_events_end(write_nothing, NULL);
	*n += kgc_alloc_atomic(SMALL_MAX + 1) == NULL;
}

KTEST(system_interrupt, a_handler_may_call_what_is_for_it)
{
	int n = 0;

	kgc_collect();
	hostctl_interrupt(call_allowed, &n);
	EXPECT_EQ(n, 7);
}
