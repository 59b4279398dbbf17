// SPDX-License-Identifier: MIT
/*
 * heapgraph.c - load a real program's heap, cut it, collect, compare
 *
 * graphload.c makes the objects; what is alive then depends on the graph alone.
 * A case clears the roots and edges that its rule names, collects, and asks
 * for each node whether its block is still allocated.  A case that cuts all
 * that the one before it cut goes on with the same heap; another loads the
 * graph again.  A node once found freed is not asked for again: its block may
 * belong to somebody else by then.
 *
 * What it is bad at: a block freed wrongly and handed out again by another
 * task between the sweep and the question passes for kept.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <kgc/kgc.h>
#include <workloads/workload.h>
#include "internal.h"

enum {
	FIRST_CASES = 3, /* of cases=first */
	EXTRA_LIMIT = 16 /* blocks kept beyond the oracle that are still ok */
};

static const char name[] = "heapgraph";

/* --- cases ---------------------------------------------------------------- */

/* Clear what @c cuts, in the nodes that are left. */
static __attribute__((noinline)) void case_cut(struct graph *g,
					       const struct graph_case *c)
{
	struct graph_walk w;
	struct graph_roots r;

	graph_roots_start(&r, &g->file);
	for (uint32_t i = 0; graph_roots_next(&r); i++) {
		if (graph_case_cuts_root(c, r.root))
			g->roots[i] = NULL;
	}
	if (!c->edge_k || !c->edge_t)
		return;
	graph_walk_start(&w, &g->file);
	while (graph_walk_node(&w)) {
		void **p = g->addr[w.node];

		if (!bit_test(g->kept, w.node))
			continue;
		for (; graph_walk_edge(&w); p++) {
			if (graph_case_cuts_edge(c, w.edge - 1))
				*p = NULL;
		}
	}
}

static void survey_node(struct graph *g, const struct graph_case *c,
			struct graph_walk *w, struct graph_survey *s)
{
	void **p = g->addr[w->node];
	size_t size = graph_node_size(w), usable;

	if (kgc_lookup(p, &usable) != p) {
		bit_clear(g->kept, w->node);
		return;
	}
	s->kept.nodes++;
	s->kept.bytes += size;
	s->kept.hash += fmix32(w->node);
	if ((usable < size || !graph_node_is_good(g, w, c)) && !s->changed++)
		s->first_changed = w->node;
}

static __attribute__((noinline)) void case_survey(struct graph *g,
						  const struct graph_case *c,
						  struct graph_survey *s)
{
	struct graph_walk w;

	*s = (struct graph_survey){ .changed = 0 };
	graph_walk_start(&w, &g->file);
	while (graph_walk_node(&w)) {
		if (bit_test(g->kept, w.node))
			survey_node(g, c, &w, s);
	}
}

/* Nothing lost or changed, at most EXTRA_LIMIT kept beyond the oracle. */
static bool case_is_ok(struct graph *g, const struct graph_case *c,
		       const struct graph_survey *s, struct graph_verdict *v)
{
	if (!graph_sum_is(&s->kept, c))
		graph_search(g, c, v);
	else
		*v = (struct graph_verdict){ .reach = s->kept };
	return graph_sum_is(&v->reach, c) && !v->lost && !s->changed &&
	       v->extra <= EXTRA_LIMIT;
}

static void case_print(struct graph *g, const struct graph_case *c, uint32_t k,
		       const struct graph_survey *s,
		       const struct graph_verdict *v, bool ok)
{
	printf("%s %s case %" PRIu32 ": nodes %" PRIu32 " edges %" PRIu32
	       " kept %" PRIu32 " bytes %" PRIu64 " hash 0x%08" PRIx32
	       " expected %" PRIu32 " %" PRIu64 " 0x%08" PRIx32 ": %s\n",
	       name, g->name, k, g->file.nnodes, g->file.nedges, s->kept.nodes,
	       s->kept.bytes, s->kept.hash, c->live_nodes, c->live_bytes,
	       c->live_hash, ok ? "ok" : "MISMATCH");
	if (v->lost)
		printf("%s %s case %" PRIu32 ": lost %" PRIu32
		       ", the first node %" PRIu32 " at %p\n",
		       name, g->name, k, v->lost, v->first_lost,
		       g->addr[v->first_lost]);
	if (s->changed)
		printf("%s %s case %" PRIu32 ": changed %" PRIu32
		       ", the first node %" PRIu32 " at %p\n",
		       name, g->name, k, s->changed, s->first_changed,
		       g->addr[s->first_changed]);
	if (!graph_sum_is(&v->reach, c))
		printf("%s %s case %" PRIu32
		       ": the file's own oracle is wrong: %" PRIu32
		       " nodes can be reached\n",
		       name, g->name, k, v->reach.nodes);
	if (v->extra)
		graph_print_extra(g, c, k);
}

/*
 * The case is cut and the stack below the caller clear: what lies in this
 * frame, and in the collector's, was not left there by the loader.
 */
static __attribute__((noinline)) bool case_run(struct graph *g, uint32_t k)
{
	struct graph_state *state = g->state;
	bool ok;

	kgc_collect();
	case_survey(g, &state->now, &state->survey);
	ok = case_is_ok(g, &state->now, &state->survey, &state->verdict);
	case_print(g, &state->now, k, &state->survey, &state->verdict, ok);
	return ok;
}

/* Returns how many nodes could not be placed when loading again. */
static __attribute__((noinline)) int graph_cases(struct graph *g,
						 uint32_t ncases, bool *ok)
{
	struct graph_state *state = g->state;

	for (uint32_t k = 0; k < ncases; k++) {
		graph_case_read(&state->now, &g->file, k);
		if (!graph_case_covers(&state->now, &state->before)) {
			uint32_t placed = graph_reload(g);

			if (placed < g->file.nnodes)
				return workload_no_memory(name, g->name, placed,
							  "nodes");
		}
		case_cut(g, &state->now);
		stack_clear();
		*ok &= case_run(g, k);
		state->before = state->now;
	}
	return 0;
}

/* --- run ------------------------------------------------------------------ */

/* How many cases to run; false if the option is neither of the two. */
static bool cases_wanted(const struct graph_file *f, uint32_t *ncases)
{
	const char *cases = workload_option("cases");

	*ncases = f->ncases;
	if (cases && !strcmp(cases, "all"))
		return true;
	if (*ncases > FIRST_CASES)
		*ncases = FIRST_CASES;
	if (!cases || !*cases || !strcmp(cases, "first"))
		return true;
	printf("%s: cases=%s: first or all\n", name, cases);
	return false;
}

static int graph_run(struct graph *g)
{
	uint32_t ncases, placed;
	bool ok = true;

	if (!cases_wanted(&g->file, &ncases))
		return 1;
	if (!graph_tables(g))
		return workload_no_memory(name, g->name, 0, "nodes");
	placed = graph_load(g);
	if (placed < g->file.nnodes)
		return workload_no_memory(name, g->name, placed, "nodes");
	stack_clear();
	if (graph_cases(g, ncases, &ok))
		return 1;
	printf("%s %s: %s\n", name, g->name, ok ? "ok" : "MISMATCH");
	return !ok;
}

int heapgraph_run(const char *path)
{
	struct workload_file file;
	struct fault fault;
	struct graph *g;
	int status;

	if (!workload_need(name, path, &file))
		return 1;
	g = table_alloc(1, sizeof(*g));
	if (!g)
		return workload_no_memory(name, workload_base_name(path), 0,
					  "nodes");
	g->name = workload_base_name(path);
	if (!graph_file_open(&g->file, file.data, file.size, &fault)) {
		status = workload_bad(name, path, fault);
	} else {
		status = graph_run(g);
		graph_unload(g);
	}
	kgc_free(g);
	return status;
}
