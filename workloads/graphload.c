// SPDX-License-Identifier: MIT
/*
 * graphload.c - a graph's nodes as objects of the heap
 *
 * Every node becomes an object of its recorded size with real pointers in its
 * first words.  The roots are one uncollectable block.  While it loads, the
 * table of addresses is a root; then it is one no more.
 *
 * What is not an edge in a scanned node is a small odd number, and in a noscan
 * node any number; both can be compared later, so a block handed out twice or
 * cleared in part shows.
 */
#include <string.h>
#include <kgc/kgc.h>
#include "internal.h"

/* --- contents ------------------------------------------------------------- */

/* Below 2^15, so below every heap; odd, so never what an empty word holds. */
static uintptr_t small_fill(uint32_t node, size_t i)
{
	return (node + i) % (1 << 14) << 1 | 1;
}

static uint32_t noscan_fill(uint32_t node, size_t i)
{
	return (node << 1 | 1) + (uint32_t)i * 0x10001;
}

/* A word of a scanned node, past its edges. */
static void *word_fill(uint32_t node, size_t i)
{
	return (void *)small_fill(node, i);
}

/* Bytes past the last whole word stay zero in a scanned node. */
static void fill_noscan(unsigned char *p, uint32_t node, size_t size)
{
	size_t i = 0;

	for (; size >= 4; size -= 4, p += 4) {
		uint32_t v = noscan_fill(node, i++);

		memcpy(p, &v, 4);
	}
	while (size--)
		*p++ = (unsigned char)node;
}

static bool check_noscan(const unsigned char *p, uint32_t node, size_t size)
{
	uint32_t wrong = 0;
	size_t i = 0;

	for (; size >= 4; size -= 4, p += 4) {
		uint32_t v;

		memcpy(&v, p, 4);
		wrong |= v ^ noscan_fill(node, i++);
	}
	while (size--)
		wrong |= *p++ ^ (unsigned char)node;
	return !wrong;
}

static bool check_scan(struct graph *g, struct graph_walk *w,
		       const struct graph_case *c, void **p)
{
	size_t size = graph_node_size(w);
	size_t nwords = size / sizeof(void *);
	const unsigned char *tail = (const unsigned char *)(p + nwords);
	uintptr_t wrong = 0;
	size_t i = 0;

	while (graph_walk_edge(w)) {
		bool cut = graph_case_cuts_edge(c, w->edge - 1);
		void *want = cut ? NULL : g->addr[w->target];

		wrong |= (uintptr_t)p[i++] ^ (uintptr_t)want;
	}
	for (; i < nwords; i++)
		wrong |= (uintptr_t)p[i] ^ (uintptr_t)word_fill(w->node, i);
	for (i = 0; i < size % sizeof(void *); i++)
		wrong |= tail[i];
	return !wrong;
}

/* Are the node's contents what graph_connect() and the cuts of @c made? */
bool graph_node_is_good(struct graph *g, struct graph_walk *w,
			const struct graph_case *c)
{
	void **p = g->addr[w->node];

	if (w->noscan)
		return check_noscan((unsigned char *)p, w->node,
				    graph_node_size(w));
	return check_scan(g, w, c, p);
}

/* --- load ----------------------------------------------------------------- */

void graph_unload(struct graph *g)
{
	if (g->roots)
		kgc_free(g->roots);
	kgc_free(g->addr);
	kgc_free(g->kept);
	kgc_free(g->start);
	kgc_free(g->edge0);
	kgc_free(g->queue);
	kgc_free(g->seen);
	kgc_free(g->inner);
	kgc_free(g->state);
	stack_clear();
	kgc_collect();
}

bool graph_tables(struct graph *g)
{
	const uint32_t n = g->file.nnodes;
	const uint32_t nbits = n / 32 + 1;

	g->addr = table_alloc(n, sizeof(void *));
	g->kept = table_alloc(nbits, 4);
	g->start = table_alloc(n, 4);
	g->edge0 = table_alloc(n, 4);
	g->queue = table_alloc(n, 4);
	g->seen = table_alloc(nbits, 4);
	g->inner = table_alloc(nbits, 4);
	g->state = table_alloc(1, sizeof(*g->state));
	g->roots = kgc_alloc_array(g->file.nroots ? g->file.nroots : 1,
				   sizeof(void *),
				   KGC_UNCOLLECTABLE | KGC_NOPROFILE);
	return g->addr && g->kept && g->start && g->edge0 && g->queue &&
	       g->seen && g->inner && g->state && g->roots;
}

/* Allocate every node; returns how many were. */
static __attribute__((noinline)) uint32_t graph_place(struct graph *g)
{
	struct graph_walk w;

	graph_walk_start(&w, &g->file);
	while (graph_walk_node(&w)) {
		void *p = kgc_alloc(graph_node_size(&w),
				    w.noscan ? KGC_NOSCAN | KGC_NOZERO : 0);

		if (!p)
			return w.node;
		g->addr[w.node] = p;
		g->start[w.node] = w.start;
		g->edge0[w.node] = w.edge0;
		bit_set(g->kept, w.node);
	}
	return g->file.nnodes;
}

static __attribute__((noinline)) void graph_connect(struct graph *g)
{
	struct graph_walk w;
	struct graph_roots r;

	graph_walk_start(&w, &g->file);
	while (graph_walk_node(&w)) {
		size_t size = graph_node_size(&w);
		void **p = g->addr[w.node];
		size_t i = 0;

		if (w.noscan) {
			fill_noscan((unsigned char *)p, w.node, size);
			continue;
		}
		while (graph_walk_edge(&w))
			p[i++] = g->addr[w.target];
		for (; i < size / sizeof(void *); i++)
			p[i] = word_fill(w.node, i);
	}
	graph_roots_start(&r, &g->file);
	for (uint32_t i = 0; graph_roots_next(&r); i++)
		g->roots[i] = g->addr[r.root];
}

/*
 * Returns how many nodes were placed; all, or the memory ran out.  Collecting
 * as it grows would only cost time: all of it is alive.
 */
uint32_t graph_load(struct graph *g)
{
	void **hi = g->addr + g->file.nnodes;
	int percent = kgc_set_percent(-1);
	uint32_t placed = 0;

	memset(g->addr, 0, g->file.nnodes * sizeof(void *));
	if (!kgc_add_root(g->addr, hi)) {
		placed = graph_place(g);
		if (placed == g->file.nnodes)
			graph_connect(g);
		kgc_remove_root(g->addr, hi);
	}
	kgc_set_percent(percent);
	return placed;
}

/* Drop the roots of all that is left, and load again. */
uint32_t graph_reload(struct graph *g)
{
	memset(g->roots, 0, g->file.nroots * sizeof(void *));
	stack_clear();
	kgc_collect();
	return graph_load(g);
}
