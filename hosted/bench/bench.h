/* SPDX-License-Identifier: MIT */
/*
 * bench.h - what a benchmark asks of a collector
 *
 * kgc.c and bdwgc.c each give all of it; a benchmark is linked with one.
 */
#ifndef HOSTED_BENCH_H
#define HOSTED_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of one collection.  What is neither mark nor sweep is in total alone. */
struct bench_times {
	uint64_t total_ns, mark_ns, sweep_ns;
};

extern const char bench_name[];

void bench_init(void);
/* Zeroed unless @noscan; NULL if there is no memory. */
void *bench_alloc(size_t size, bool noscan);
/* @n pointers, zeroed, that the collector takes for roots. */
void **bench_roots(size_t n);
/* While off, nothing is collected. */
void bench_collector(bool on);
void bench_collect(struct bench_times *times);

uint64_t bench_now(void);

#endif /* HOSTED_BENCH_H */
