// SPDX-License-Identifier: MIT
/*
 * graph.c - a full collection of a real program's heap
 *
 * The graph is loaded as the workload heapgraph does it, with the same reader
 * of the file.  The first collection frees what the program itself had let go.
 * The sum is over the edges of every 64th node that is reached.
 */
#include <string.h>
#include "bench.h"
#include "heap.h"
#include "internal.h"
#include "peer.h"

enum { SAMPLE = 64 };

static struct graph_file file;
static void **addr, **root;
static uint32_t *start, *edge0; /* by node: where its edges are */
static uint32_t *seen;		/* bit by node: it is reached */

static __attribute__((noinline)) void nodes_place(void)
{
	struct graph_walk w;

	graph_walk_start(&w, &file);
	while (graph_walk_node(&w)) {
		size_t size = graph_node_size(&w);

		addr[w.node] = w.noscan ? peer_noscan(size) : peer_alloc(size);
		if (!addr[w.node])
			die("graph", "no memory");
		start[w.node] = w.start;
		edge0[w.node] = w.edge0;
	}
}

static __attribute__((noinline)) void nodes_connect(void)
{
	struct graph_walk w;
	struct graph_roots r;

	graph_walk_start(&w, &file);
	while (graph_walk_node(&w)) {
		void **p = addr[w.node];

		/* Touched, as by a program that uses what it asked for. */
		if (w.noscan)
			memset(p, 1, graph_node_size(&w));
		while (graph_walk_edge(&w))
			*p++ = addr[w.target];
	}
	graph_roots_start(&r, &file);
	while (graph_roots_next(&r))
		*root++ = addr[r.root];
}

/* Which nodes are reached, and how many they are. */
static void nodes_search(void)
{
	uint32_t *queue = table_alloc(file.nnodes, 4), n = 0, done = 0;
	struct graph_roots r;
	struct graph_walk w;

	graph_roots_start(&r, &file);
	while (graph_roots_next(&r)) {
		bit_set(seen, r.root);
		queue[n++] = r.root;
	}
	graph_walk_start(&w, &file);
	while (done < n) {
		graph_walk_seek(&w, queue[done], start[queue[done]],
				edge0[queue[done]]);
		done++;
		graph_walk_node(&w);
		while (graph_walk_edge(&w)) {
			if (bit_test(seen, w.target))
				continue;
			bit_set(seen, w.target);
			queue[n++] = w.target;
		}
	}
	figures.ops = n;
}

static void setup(char **args)
{
	struct fault fault;
	size_t size;
	const unsigned char *data = file_read(args[0], &size);

	if (!graph_file_open(&file, data, size, &fault))
		die(args[0], fault.what);
	addr = table_alloc(file.nnodes, sizeof(void *));
	start = table_alloc(file.nnodes, 4);
	edge0 = table_alloc(file.nnodes, 4);
	seen = table_alloc(file.nnodes / 32 + 1, 4);
	root = heap_roots(file.nroots + (size_t)1);
	if (!root)
		die("graph", "no memory");
	heap_collector(false);
	nodes_place();
	nodes_connect();
	heap_collector(true);
	nodes_search();
}

static uint64_t run(void)
{
	heap_collect(&figures.times);
	return 0;
}

static uint64_t check(void)
{
	struct graph_walk w;
	uint64_t sum = 0;

	graph_walk_start(&w, &file);
	for (uint32_t i = 0; i < file.nnodes; i += SAMPLE) {
		void **p = addr[i];

		if (!bit_test(seen, i))
			continue;
		graph_walk_seek(&w, i, start[i], edge0[i]);
		graph_walk_node(&w);
		while (graph_walk_edge(&w))
			sum += *p++ == addr[w.target] ? fmix32(w.edge) : 0;
	}
	return sum;
}

const struct workload graph_workload = {
	.name = "graph",
	.usage = "graph FILE",
	.nargs = 1,
	.setup = setup,
	.run = run,
	.check = check,
};
