// SPDX-License-Identifier: MIT
/*
 * graph.c - time full collections of a real program's heap
 *
 *	graph-<collector> FILE [COUNT]	median of COUNT collections (11)
 *	graph-<collector> FILE -i	one for each line on standard input
 *
 * The graph is loaded as the workload heapgraph does it, with the same reader
 * of the file; the table of addresses is mapped, so no collector scans it.
 * WARM collections come first and free what the program itself had let go.
 * With -i each answer is "total mark sweep" in nanoseconds: scripts/bench-graph
 * asks two collectors by turns, so that both meet the same noise.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "bench.h"
#include "internal.h"

enum { WARM = 2, COUNT = 11, MOST = 1000 };

uint64_t bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

static void *map(size_t size, int fd)
{
	int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_PRIVATE;
	int prot = fd < 0 ? PROT_READ | PROT_WRITE : PROT_READ;
	void *p = mmap(NULL, size, prot, flags, fd, 0);

	if (p == MAP_FAILED)
		die("mmap", "no memory");
	return p;
}

static void file_open(const char *path, struct graph_file *f)
{
	int fd = open(path, O_RDONLY);
	struct fault fault;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !st.st_size)
		die(path, "missing");
	if (!graph_file_open(f, map((size_t)st.st_size, fd), (size_t)st.st_size,
			     &fault))
		die(path, fault.what);
	close(fd);
}

static __attribute__((noinline)) void graph_place(const struct graph_file *f,
						  void **addr)
{
	struct graph_walk w;

	graph_walk_start(&w, f);
	while (graph_walk_node(&w)) {
		addr[w.node] = bench_alloc(graph_node_size(&w), w.noscan);
		if (!addr[w.node])
			die("graph", "no memory");
	}
}

static __attribute__((noinline)) void graph_connect(const struct graph_file *f,
						    void **addr, void **root)
{
	struct graph_walk w;
	struct graph_roots r;

	graph_walk_start(&w, f);
	while (graph_walk_node(&w)) {
		void **p = addr[w.node];

		/* Touched, as by a program that uses what it asked for. */
		if (w.noscan)
			memset(p, 1, graph_node_size(&w));
		while (graph_walk_edge(&w))
			*p++ = addr[w.target];
	}
	graph_roots_start(&r, f);
	while (graph_roots_next(&r))
		*root++ = addr[r.root];
}

static void bench_load(const struct graph_file *f)
{
	size_t size = (f->nnodes + (size_t)1) * sizeof(void *);
	void **addr = map(size, -1);
	void **root = bench_roots(f->nroots + (size_t)1);

	if (!root)
		die("graph", "no memory");
	bench_collector(false);
	graph_place(f, addr);
	graph_connect(f, addr, root);
	munmap(addr, size);
	bench_collector(true);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static double median_ms(uint64_t *ns, int n)
{
	qsort(ns, (size_t)n, sizeof(*ns), compare);
	return (double)ns[n / 2] / 1e6;
}

static void run_count(const char *path, int n)
{
	static uint64_t total[MOST], mark[MOST], sweep[MOST];
	struct bench_times t;

	for (int i = 0; i < n; i++) {
		bench_collect(&t);
		total[i] = t.total_ns;
		mark[i] = t.mark_ns;
		sweep[i] = t.sweep_ns;
	}
	printf("%s %s: %.3f ms, mark %.3f ms, sweep %.3f ms, "
	       "median of %d collections\n",
	       bench_name, path, median_ms(total, n), median_ms(mark, n),
	       median_ms(sweep, n), n);
}

static void run_asked(void)
{
	struct bench_times t;
	char line[16];

	while (fgets(line, sizeof(line), stdin)) {
		bench_collect(&t);
		printf("%llu %llu %llu\n", (unsigned long long)t.total_ns,
		       (unsigned long long)t.mark_ns,
		       (unsigned long long)t.sweep_ns);
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	struct graph_file file;
	struct bench_times t;
	int n = argc > 2 ? atoi(argv[2]) : COUNT;
	bool asked = argc > 2 && !strcmp(argv[2], "-i");

	if (argc < 2 || (!asked && (n < 1 || n > MOST)))
		die("usage", "graph-<collector> FILE [COUNT | -i]");
	bench_init();
	file_open(argv[1], &file);
	bench_load(&file);
	for (int i = 0; i < WARM; i++)
		bench_collect(&t);
	if (asked)
		run_asked();
	else
		run_count(argv[1], n);
	return 0;
}
