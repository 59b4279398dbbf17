// SPDX-License-Identifier: MIT
/*
 * alloc.c - GC_malloc and its family: what they give, and what they keep
 */
#include <errno.h>
#include <stdint.h>
#include <wchar.h>

#define GC_REQUIRE_WCSDUP
#include <gc.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>

#include "tap.h"

static bool is_zero(const char *p, size_t n)
{
	while (n--)
		if (*p++)
			return false;
	return true;
}

static void test_sizes(void)
{
	bool aligned = true, zero = true, large = true;
	size_t n;

	for (n = 0; n < 5000; n += 7) {
		char *p = GC_malloc(n);

		aligned &= (uintptr_t)p % 16 == 0;
		zero &= is_zero(p, n);
		large &= GC_size(p) > n && GC_base(p + n) == p;
		memset(p, 0xff, n);
		GC_free(p);
	}
	ok(aligned, "objects are aligned to 16");
	ok(zero, "objects are zero, also where others were freed");
	ok(large, "a pointer one past the end belongs to the object");
	ok(GC_malloc(0) != GC_malloc(0), "objects of no bytes differ");
}

static void test_pointers(void)
{
	char *p = GC_malloc(100);
	int local;

	ok(GC_base(p + 99) == p && GC_base(p) == p, "GC_base");
	ok(!GC_base(&local) && !GC_base(NULL), "GC_base outside the heap");
	ok(GC_size(p) >= 101 && !GC_size(NULL), "GC_size");
	ok(GC_is_heap_ptr(p + 5) && !GC_is_heap_ptr(&local) &&
		   !GC_is_heap_ptr(NULL),
	   "GC_is_heap_ptr");
	ok(GC_same_obj(p + 50, p) == p + 50, "GC_same_obj");
	GC_free(NULL);
}

static void test_realloc(void)
{
	char *p = GC_realloc(NULL, 10);

	memset(p, 'a', 10);
	p = GC_realloc(p, 100000);
	ok(p[9] == 'a' && is_zero(p + 10, 99990), "GC_realloc grows");
	p = GC_realloc(p, 5);
	ok(p[4] == 'a', "GC_realloc shrinks");
	ok(!GC_realloc(p, 0), "GC_realloc to nothing frees");
	p = GC_malloc_uncollectable(10);
	p = GC_realloc(p, 1000);
	ok(GC_get_kind_and_size(p, NULL) == 2, "GC_realloc keeps the kind");
	GC_free(p);
}

static void test_aligned(void)
{
	bool good = true;
	void *p = NULL;
	size_t a;

	for (a = 1; a <= 4096; a *= 2)
		good &= (uintptr_t)GC_memalign(a, 17) % a == 0;
	ok(good, "GC_memalign");
	ok(!GC_posix_memalign(&p, 256, 3) && (uintptr_t)p % 256 == 0,
	   "GC_posix_memalign");
	ok(GC_posix_memalign(&p, 24, 3) == EINVAL &&
		   GC_posix_memalign(&p, 1, 3) == EINVAL,
	   "GC_posix_memalign refuses an odd alignment");
	ok((uintptr_t)GC_valloc(5) % 4096 == 0 &&
		   GC_size(GC_pvalloc(4097)) >= 8192,
	   "GC_valloc, GC_pvalloc");
}

static void test_strings(void)
{
	char *p = GC_strdup("word"), *q = GC_strndup("words", 3);
	wchar_t *w = GC_wcsdup(L"wide");

	ok(!strcmp(p, "word") && !strcmp(q, "wor"), "GC_strdup, GC_strndup");
	ok(!GC_strdup(NULL), "GC_strdup of nothing");
	ok(w[0] == L'w' && w[3] == L'e' && !w[4], "GC_wcsdup");
	ok(GC_get_kind_and_size(p, NULL) == 0, "strings are not scanned");
}

static void test_kinds(void)
{
	void *list = NULL, *p;
	int kind, n = 0;
	bool good = true;

	for (kind = 0; kind < 4; kind++)
		good &= GC_get_kind_and_size(GC_malloc_kind(20, kind), NULL) ==
			kind;
	ok(good, "GC_malloc_kind");
	list = GC_malloc_many(24);
	for (p = list; p; p = GC_NEXT(p), n++)
		good &= GC_size(p) >= 24;
	ok(n > 1 && good, "GC_malloc_many");
	GC_MALLOC_WORDS(p, 3, &list);
	ok(GC_size(p) >= 3 * sizeof(void *), "GC_MALLOC_WORDS");
}

static void test_limits(void)
{
	volatile size_t huge = SIZE_MAX;

	GC_set_warn_proc(GC_ignore_warn_proc);
	ok(!GC_malloc(huge) && !GC_malloc(huge / 2) &&
		   !GC_malloc_atomic(huge - 16),
	   "more than there can be is NULL");
	ok(!GC_realloc(GC_malloc(1), huge), "GC_realloc to that, too");
}

/* Uncollectable blocks are roots; atomic ones keep nothing. */
static void **hold, **hide;

__attribute__((noinline)) static void fill(void)
{
	int i;

	hold = GC_malloc_uncollectable(MANY * sizeof(void *));
	hide = GC_malloc_atomic_uncollectable(MANY * sizeof(void *));
	for (i = 0; i < MANY; i++) {
		hold[i] = GC_malloc(100);
		hide[i] = GC_malloc(100);
	}
}

static void test_roots(void)
{
	int kept = 0, gone = 0, i;

	fill();
	TAP_COLLECT(2);
	for (i = 0; i < MANY; i++) {
		kept += GC_base(hold[i]) == hold[i];
		gone += !GC_base(hide[i]);
	}
	ok(kept == MANY, "an uncollectable object keeps others");
	ok(gone >= NEARLY, "an atomic one does not");
	GC_free(hold);
	GC_free(hide);
}

int main(void)
{
	ok(GC_malloc(10) != NULL, "it works without GC_INIT");
	GC_INIT();
	ok(GC_is_init_called(), "GC_INIT");
	test_sizes();
	test_pointers();
	test_realloc();
	test_aligned();
	test_strings();
	test_kinds();
	test_limits();
	test_roots();
	return done();
}
