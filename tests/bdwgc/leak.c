// SPDX-License-Identifier: MIT
/*
 * leak.c - what was forgotten is reported on stderr, by file and line
 *
 * The lines on stderr are the caller's to look at: it wants each of the files
 * "planted:1" to "planted:MANY" once, but for a few, and nothing else.
 */
#include <gc/leak_detector.h>

#include "tap.h"

static void *kept[MANY];

__attribute__((noinline)) static void plant(void)
{
	int i;

	for (i = 0; i < MANY; i++) {
		void **p = GC_debug_malloc(100, "planted", i + 1);

		/* What hangs from a leak is one, too; this does not. */
		p[0] = NULL;
		kept[i] = malloc(50);
		free(strdup("freed"));
	}
}

int main(void)
{
	int i;
	bool good = true;

	GC_set_find_leak(1);
	GC_INIT();
	plant();
	clear_stack();
	CHECK_LEAKS();
	for (i = 0; i < MANY; i++)
		good &= GC_base(kept[i]) == kept[i];
	ok(good, "what is reachable is kept");
	for (i = 0; i < MANY; i++)
		free(kept[i]);
	CHECK_LEAKS();
	ok(GC_get_find_leak(), "leaks are looked for");
	return done();
}
