// SPDX-License-Identifier: MIT
/*
 * kgc.c - the benchmarks' view of our own heap
 *
 * Mark is the pause, so it has stopping the world in it; sweep is the rest of
 * kgc_collect(), which returns with every span swept.
 */
#include <stdio.h>
#include <stdlib.h>
#include <kgc/kgc.h>
#include "bench.h"

const char bench_name[] = "kgc";

static int percent;

void bench_init(void)
{
	int error = kgc_init(NULL);

	if (error && error != -KGC_EBUSY) {
		fprintf(stderr, "kgc_init: error %d\n", error);
		exit(1);
	}
}

void *bench_alloc(size_t size, bool noscan)
{
	return kgc_alloc(size, noscan ? KGC_NOSCAN | KGC_NOZERO : 0);
}

void **bench_roots(size_t n)
{
	return kgc_alloc_array(n, sizeof(void *), KGC_UNCOLLECTABLE);
}

void bench_collector(bool on)
{
	if (on)
		kgc_set_percent(percent);
	else
		percent = kgc_set_percent(-1);
}

void bench_collect(struct bench_times *times)
{
	static struct kgc_memstats stats;
	uint64_t before, start;

	kgc_read_memstats(&stats);
	before = stats.pause_total_ns;
	start = bench_now();
	kgc_collect();
	times->total_ns = bench_now() - start;
	kgc_read_memstats(&stats);
	times->mark_ns = stats.pause_total_ns - before;
	times->sweep_ns = times->total_ns - times->mark_ns;
}
