// SPDX-License-Identifier: MIT
/*
 * check_test.c - a sound heap has no faults
 *
 * That a damaged one has, and which, is in tests/corrupt/.
 */
#include "own.h"

KTEST(mm_check, empty_heap_is_sound)
{
	ASSERT(own_open(NULL));
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_check, heap_of_all_kinds_is_sound)
{
	static const unsigned int flags[] = { 0, KGC_NOSCAN, KGC_UNCOLLECTABLE,
					      KGC_UNCOLLECTABLE | KGC_NOSCAN,
					      KGC_NOGC };
	void *p;
	int i;

	ASSERT(own_open(NULL));
	for (i = 0; i < 400; i++) {
		p = heap_alloc(&own, 1 + ktest_random() % 5000, flags[i % 5]);
		ASSERT(p);
		if (i % 3 == 0)
			heap_free(&own, p);
		if (i % 40 == 0)
			EXPECT_SOUND();
	}
	heap_alloc(&own, 100000, 0);
	EXPECT_SOUND();
	pageheap_release(&own, SIZE_MAX, 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_check, marks_of_a_finished_marking_are_sound)
{
	static struct faults faults;
	void *keep[2];

	ASSERT(own_open(NULL));
	keep[0] = heap_alloc(&own, 100, 0);
	keep[1] = heap_alloc(&own, 100000, 0);
	memset(&faults, 0, sizeof(faults));
	own_stop();
	mark_start(&own);
	mark_range(&own, keep, keep + 2);
	mark_drain(&own);
	check_heap(&own, &faults);
	EXPECT_EQ(faults.n, 0);
	sweep_start(&own);
	kgc_host_start_world();
	sweep_all(&own);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_check, program_is_sound)
{
	void *p = kgc_alloc(10, 0);

	EXPECT_EQ(kgc_check(), 0);
	kgc_free(p);
	EXPECT_EQ(kgc_check(), 0);
}
