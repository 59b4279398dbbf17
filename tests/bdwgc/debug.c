// SPDX-License-Identifier: MIT
/*
 * debug.c - objects that know who made them, and notice being overrun
 */
#define GC_DEBUG
#define GC_REQUIRE_WCSDUP
#include <stdint.h>

#include <gc.h>
#include <gc/gc_backptr.h>

#include "tap.h"

static char *volatile kept;

static int failures;

static void failed(void *p, void *q)
{
	failures++;
}

int main(void)
{
	char *p, *q;
	int i;
	bool good = true;

	GC_INIT();
	for (i = 0; i < 1000; i++) {
		p = GC_MALLOC((size_t)i);
		good &= (uintptr_t)p % 16 == 0 && GC_base(p) == p &&
			GC_size(p) > (size_t)i;
		memset(p, 0xff, (size_t)i);
		GC_FREE(p);
	}
	ok(good, "GC_MALLOC");
	p = GC_STRDUP("word");
	q = GC_STRNDUP("words", 4);
	ok(!strcmp(p, "word") && !strcmp(p, q), "GC_STRDUP, GC_STRNDUP");
	p = GC_REALLOC(p, 5000);
	ok(!strcmp(p, "word"), "GC_REALLOC grows");
	p = GC_REALLOC(p, 3);
	ok(p[2] == 'r', "GC_REALLOC shrinks");
	p = GC_MALLOC_UNCOLLECTABLE(10);
	p = GC_REALLOC(p, 100);
	GC_FREE(p);

	GC_set_same_obj_print_proc(failed);
	p = GC_MALLOC(100);
	(void)GC_PTR_ADD(p, 50);
	ok(!failures, "a pointer inside its object is well");
	(void)GC_PTR_ADD(p, 100000);
	ok(failures == 1, "one outside is not");

	/* The caller looks for the line that tells of this. */
	kept = GC_MALLOC(40);
	kept[40] = 1;
	GC_gcollect();
	ok(GC_base(kept) == kept, "an overrun object is kept");
	GC_print_backtrace(kept);
	GC_dump();
	return done();
}
