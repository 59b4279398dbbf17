/* SPDX-License-Identifier: MIT */
/*
 * bench.h - what the benchmarks share
 *
 * A workload is one file; main.c has their table.  It is compiled once for
 * each peer, against that peer's peer.h, and linked with its heap.c: the source
 * is the same for all.  In the image it is a program by kgc-cc.
 *
 * Tables of addresses come from table_alloc(): memory that no collector scans.
 */
#ifndef HOSTED_BENCH_H
#define HOSTED_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "heap.h"

struct workload {
	const char *name;
	const char *usage; /* of its arguments */
	int nargs;
	void (*setup)(char **args);
	/* What is timed.  Returns a sum that is the same for every peer. */
	uint64_t (*run)(void);
	/* NULL, or a sum that is made with the clock stopped, and counts too */
	uint64_t (*check)(void);
};

extern const struct workload graph_workload, shape_workload, trace_workload,
	trees_workload, churn_workload, tasks_workload, final_workload,
	calls_workload;

/* Set by setup() or run(): printed with the times. */
struct figures {
	uint64_t ops;	/* operations of a run, or live objects */
	uint64_t bytes; /* most bytes that the program itself has at a time */
	struct heap_times times; /* of a workload that is a collection */
};
extern struct figures figures;

/* --- main.c --------------------------------------------------------------- */

_Noreturn void die(const char *what, const char *why);
uint64_t number(const char *text);
uint64_t bench_now(void); /* nanoseconds */

/* A random sequence that is the same for every peer, Go's too. */
static inline uint64_t bench_random(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/* --- process.c, or image.c ------------------------------------------------ */

/* Zeroed, unscanned, never freed. */
void *table_alloc(size_t n, size_t size);
/* The whole file in such memory. */
const unsigned char *file_read(const char *path, size_t *size);
/* Call heap_init(): what it takes counts in peak_memory(). */
void peak_init(void (*init)(void));
/* From here on peak_memory() counts. */
void peak_start(void);
/* Most bytes in memory since then beyond those of then; 0: not known. */
uint64_t peak_memory(void);

#endif /* HOSTED_BENCH_H */
