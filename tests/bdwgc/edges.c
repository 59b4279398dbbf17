// SPDX-License-Identifier: MIT
/*
 * edges.c - sizes at the ends, oom_fn, and finalizers that do a lot
 */
#include <pthread.h>
#include <stdint.h>

#define GC_OOM_FUNC_RETURNS_ALIAS
#include <gc.h>
#include <gc/gc_mark.h>

#include "tap.h"

/* --- sizes --------------------------------------------------------------- */

static size_t asked;
static volatile size_t most = SIZE_MAX; /* gcc would know better */
static char spare[16];

static void *give_spare(size_t size)
{
	asked = size;
	return spare;
}

static void test_huge(void)
{
	static const size_t sizes[] = {
		SIZE_MAX,	 SIZE_MAX - 1,
		SIZE_MAX - 4096, (size_t)1 << (8 * sizeof(size_t) - 1),
		PTRDIFF_MAX,	 PTRDIFF_MAX - 64
	};
	bool good = true, told = true;
	size_t i;

	GC_set_warn_proc(GC_ignore_warn_proc);
	GC_set_oom_fn(give_spare);
	ok(GC_get_oom_fn() == give_spare, "GC_get_oom_fn");
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		good &= GC_malloc(sizes[i]) == spare;
		told &= asked == sizes[i];
		good &= GC_malloc_atomic(sizes[i]) == spare;
		good &= GC_malloc_uncollectable(sizes[i]) == spare;
		good &= GC_malloc_ignore_off_page(sizes[i]) == spare;
	}
	ok(good, "what cannot be is oom_fn's");
	ok(told, "which is told the size");
}

static void *none(size_t size)
{
	asked = size;
	return NULL;
}

static void test_sizes(void)
{
	char *p;

	GC_set_oom_fn(none);
	p = GC_realloc(NULL, 100);
	ok(p && GC_base(p) == p && GC_size(p) >= 100, "GC_realloc of nothing");
	memset(p, 'a', 100);
	ok(!GC_realloc(p, most) && p[99] == 'a',
	   "an object that cannot grow stays");
	ok(!GC_realloc(p, 0), "GC_realloc to nothing is NULL");
	ok(!GC_realloc(NULL, most), "so is too much of nothing");
	GC_free(NULL);
	p = GC_malloc(0);
	ok(p && GC_base(p) == p && GC_size(p) > 0, "GC_malloc(0) is an object");
	GC_free(p);
}

/* --- numbers ------------------------------------------------------------- */

static void test_numbers(void)
{
	enum { N = 64, SIZE = 100000 };
	void **p = GC_MALLOC(N * sizeof(*p));
	size_t before, used;
	int i;

	GC_gcollect();
	before = GC_get_memory_use();
	for (i = 0; i < N; i++)
		p[i] = GC_MALLOC_ATOMIC(SIZE);
	used = GC_get_memory_use() - before;
	ok(used >= (size_t)N * SIZE && used < (size_t)N * SIZE * 5 / 4,
	   "GC_get_memory_use");
	ok(GC_get_heap_size() >= (size_t)N * SIZE, "the heap holds them");
	for (i = 0; i < N; i++) {
		GC_free(p[i]);
		p[i] = NULL;
	}
	ok(GC_get_free_bytes() >= (size_t)N * SIZE * 9 / 10,
	   "and is free after GC_free");
	ok(GC_get_free_bytes() <= GC_get_heap_size(), "in part");
}

/* --- finalizers ---------------------------------------------------------- */

static int runs, depth, deepest, elsewhere;
static pthread_t self;
static GC_word cycles;

static void *count(void *n)
{
	++*(int *)n;
	return n;
}

/* It collects, takes the allocation lock and registers another. */
static void busy(void *p, void *data)
{
	GC_word n = GC_get_gc_no();
	int i;

	if (++depth > deepest)
		deepest = depth;
	elsewhere += !pthread_equal(self, pthread_self());
	for (i = 0; i < 100; i++)
		(void)GC_MALLOC(1000);
	GC_gcollect();
	cycles += GC_get_gc_no() - n;
	GC_call_with_alloc_lock(count, &runs);
	if (data)
		GC_REGISTER_FINALIZER(p, busy, NULL, NULL, NULL);
	depth--;
}

__attribute__((noinline)) static void make(void)
{
	int i;

	for (i = 0; i < MANY; i++)
		GC_REGISTER_FINALIZER(GC_MALLOC(40), busy, &runs, NULL, NULL);
}

static void test_busy(void)
{
	self = pthread_self();
	make();
	TAP_COLLECT(4);
	ok(runs >= 2 * NEARLY && runs <= 2 * MANY,
	   "finalizers may collect, lock and register");
	ok(cycles >= (GC_word)runs, "each collected");
	ok(deepest == 1, "none runs within another");
	ok(!elsewhere, "all in the thread that collects");
}

static void nothing(void *p, void *data)
{
	runs++;
}

__attribute__((noinline)) static void make_many(int n)
{
	while (n--)
		GC_REGISTER_FINALIZER_NO_ORDER(GC_MALLOC(16), nothing, NULL,
					       NULL, NULL);
}

/* What GC_invoke_finalizers() returns is how many it called. */
static void test_demand(void)
{
	int n;

	runs = 0;
	GC_set_finalize_on_demand(1);
	ok(!GC_invoke_finalizers(), "nothing is due");
	make_many(50000);
	TAP_COLLECT(1);
	ok(!runs && GC_should_invoke_finalizers(), "what is due waits");
	n = GC_invoke_finalizers();
	ok(n == runs && n > 49000, "GC_invoke_finalizers says how many");
	ok(!GC_invoke_finalizers() && !GC_should_invoke_finalizers(),
	   "then there are none");
	GC_set_finalize_on_demand(0);
}

int main(void)
{
	GC_INIT();
	test_sizes();
	test_huge();
	GC_set_oom_fn(none);
	test_numbers();
	test_busy();
	test_demand();
	return done();
}
