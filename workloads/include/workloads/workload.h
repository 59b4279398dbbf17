/* SPDX-License-Identifier: MIT */
/*
 * workloads/workload.h - programs that exercise the heap, in every host
 *
 * A run is written <name>[:<argument>]: heapgraph:<file>, alloctrace:<file>,
 * trees[:<depth>], tests[:<filter>].  kernel/run.c and hosted/main/main.c are
 * the two hosts; files come from the initrd or the file system.
 */
#ifndef WORKLOADS_WORKLOAD_H
#define WORKLOADS_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include <kgc/kgc.h>

struct workload_file {
	const unsigned char *data; /* lies outside the roots and the heap */
	size_t size;
};

/* Given by the host.  False: there is no such file. */
bool workload_open(const char *path, struct workload_file *file);
/* Value of the parameter @name ("cases", "mode"), or NULL.  By the host. */
const char *workload_option(const char *name);
/* The lines of Linux's /proc/self/maps, for return addresses.  By the host. */
void workload_write_maps(kgc_write_fn *write, void *arg);

/*
 * Run one.  Prints its lines on stdout, in column 1; returns 0 when it went
 * well, 1 otherwise.
 */
int workload_run(const char *spec);

#endif /* WORKLOADS_WORKLOAD_H */
