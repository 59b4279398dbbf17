// SPDX-License-Identifier: MIT
/*
 * extra.c - which nodes a graph's case keeps, by our own search
 *
 * When the sums of what was kept are not the oracle's, a search
 * over the file's edges tells the nodes apart: lost ones, which can be reached
 * and were freed, and extra ones, which cannot be reached and were kept.  Of
 * the extra ones those are the start of a chain that no other extra node
 * points to, and of a ring that nothing outside points to, its first node.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <kgc/kgc.h>
#include "internal.h"

enum { STARTS_PRINTED = 16 };

static void put(void *arg, const char *s, size_t n)
{
	printf("%.*s", (int)n, s);
}

/* Say what the extra node at @p is, and which roots refer to it. */
static void explain_extra(const void *p)
{
	kgc_explain((uintptr_t)p, put, NULL);
	printf("; from ");
	if (!kgc_who(p, put, NULL))
		printf("no root now");
}

static void walk_at(struct graph_walk *w, const struct graph *g, uint32_t node)
{
	graph_walk_seek(w, node, g->start[node], g->edge0[node]);
	graph_walk_node(w);
}

/* Add @node to the set and all that it leads to by the edges left. */
static void search_from(struct graph *g, const struct graph_case *c,
			uint32_t node)
{
	struct graph_walk w;
	uint32_t n = 0;

	if (bit_test(g->seen, node))
		return;
	graph_walk_start(&w, &g->file);
	bit_set(g->seen, node);
	g->queue[n++] = node;
	while (n) {
		walk_at(&w, g, g->queue[--n]);
		while (graph_walk_edge(&w)) {
			if (bit_test(g->seen, w.target) ||
			    graph_case_cuts_edge(c, w.edge - 1))
				continue;
			bit_set(g->seen, w.target);
			g->queue[n++] = w.target;
		}
	}
}

static void compare(struct graph *g, struct graph_verdict *v)
{
	struct graph_walk w;

	graph_walk_start(&w, &g->file);
	while (graph_walk_node(&w)) {
		bool seen = bit_test(g->seen, w.node);
		bool kept = bit_test(g->kept, w.node);

		if (seen) {
			v->reach.nodes++;
			v->reach.bytes += graph_node_size(&w);
			v->reach.hash += fmix32(w.node);
		}
		if (seen && !kept && !v->lost++)
			v->first_lost = w.node;
		v->extra += kept && !seen;
	}
}

void graph_search(struct graph *g, const struct graph_case *c,
		  struct graph_verdict *v)
{
	struct graph_roots r;

	*v = (struct graph_verdict){ .lost = 0 };
	memset(g->seen, 0, (g->file.nnodes / 32 + 1) * sizeof(uint32_t));
	graph_roots_start(&r, &g->file);
	while (graph_roots_next(&r)) {
		if (!graph_case_cuts_root(c, r.root))
			search_from(g, c, r.root);
	}
	compare(g, v);
}

static bool is_extra(const struct graph *g, uint32_t node)
{
	return bit_test(g->kept, node) && !bit_test(g->seen, node);
}

/* Note in g->inner what extra nodes point to; returns how many are extra. */
static uint32_t mark_inner(struct graph *g, const struct graph_case *c)
{
	struct graph_walk w;
	uint32_t n = 0;

	memset(g->inner, 0, (g->file.nnodes / 32 + 1) * sizeof(uint32_t));
	graph_walk_start(&w, &g->file);
	while (graph_walk_node(&w)) {
		if (!is_extra(g, w.node))
			continue;
		n++;
		while (graph_walk_edge(&w)) {
			if (w.target != w.node &&
			    !graph_case_cuts_edge(c, w.edge - 1))
				bit_set(g->inner, w.target);
		}
	}
	return n;
}

/* What hangs on a start that was printed counts as seen from then on. */
void graph_print_extra(struct graph *g, const struct graph_case *c,
		       uint32_t number)
{
	uint32_t printed = 0;

	printf("heapgraph %s case %" PRIu32 ": extra %" PRIu32 "\n", g->name,
	       number, mark_inner(g, c));
	for (int rings = 0; rings <= 1; rings++) {
		for (uint32_t i = 0; i < g->file.nnodes; i++) {
			if (!is_extra(g, i) ||
			    (!rings && bit_test(g->inner, i)))
				continue;
			search_from(g, c, i);
			if (printed++ >= STARTS_PRINTED)
				continue;
			printf("heapgraph %s case %" PRIu32
			       ": extra node %" PRIu32 " %p: ",
			       g->name, number, i, g->addr[i]);
			explain_extra(g->addr[i]);
			printf("\n");
		}
	}
	if (printed > STARTS_PRINTED)
		printf("heapgraph %s case %" PRIu32 ": %" PRIu32
		       " more chains\n",
		       g->name, number, printed - STARTS_PRINTED);
}
