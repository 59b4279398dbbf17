// SPDX-License-Identifier: MIT
/*
 * graphfile.c - read and check heap graphs (HGRAPH1)
 *
 * The file is decoded where it lies, again each time it is gone through:
 * 7 to 30 ms for a million nodes, against 20 MB for a table of edges.
 * graph_file_open() goes through all of it once and compares every figure of
 * the header, then the CRC, so that a fault is told by the byte that shows it
 * where there is one.  What the oracle cases promise is not checked here; a
 * run does that.
 */
#include <string.h>
#include "internal.h"

enum {
	HEADER_SIZE = 104,
	CASE_SIZE = 56,
	FLAGS = 3,
	/* offsets of the header's fields */
	AT_VERSION = 8,
	AT_FLAGS = 12,
	AT_NNODES = 16,
	AT_NEDGES = 20,
	AT_NROOTS = 24,
	AT_MAXDEG = 28,
	AT_TOTAL = 32,
	AT_NODES_OFF = 40,
	AT_NODES_LEN = 44,
	AT_ROOTS_OFF = 48,
	AT_ROOTS_LEN = 52,
	AT_CASES_OFF = 56,
	AT_NCASES = 60,
	AT_MAX_SIZE = 64,
	AT_NNOSCAN = 68,
	AT_TOTAL32 = 72,
	AT_CRC = 80,
	AT_ZERO = 84,
	/* and of a case's */
	CASE_LIVE = 20,
	CASE_ZERO = 52,
};

/* --- nodes and edges ------------------------------------------------------ */

void graph_walk_start(struct graph_walk *w, const struct graph_file *f)
{
	*w = (struct graph_walk){
		.in = { f->data, f->nodes_off, f->nodes_end, { NULL, 0 } },
		.file = f,
	};
}

void graph_walk_seek(struct graph_walk *w, uint32_t node, uint32_t start,
		     uint32_t edge0)
{
	w->in.at = start;
	w->next = node;
	w->edge = edge0;
	w->left = 0;
}

/* False at the end, or at a fault. */
bool graph_walk_node(struct graph_walk *w)
{
	uint32_t v;
	size_t at;

	while (graph_walk_edge(w))
		;
	if (w->next == w->file->nnodes || w->in.fault.what)
		return false;
	w->start = (uint32_t)w->in.at;
	w->edge0 = w->edge;
	w->node = w->target = w->next++;
	v = reader_leb(&w->in);
	w->size = v >> 1;
	w->noscan = v & 1;
	if (!w->size)
		fault_set(&w->in.fault, "node of size 0", w->start);
	at = w->in.at;
	w->deg = w->left = w->noscan ? 0 : reader_leb(&w->in);
	if (w->deg > w->size / 8) {
		fault_set(&w->in.fault, "more edges than the node has room for",
			  at);
		w->left = 0;
	}
	return !w->in.fault.what;
}

/*
 * False when the node has no more.  The number of the edge read is
 * w->edge - 1.
 */
bool graph_walk_edge(struct graph_walk *w)
{
	size_t at = w->in.at;
	uint32_t z;

	if (!w->left)
		return false;
	z = reader_leb(&w->in);
	/*
	 * Of 32 bits: what wraps lands where a difference of 33 bits would, so
	 * the bound on the sum is the only one.
	 */
	w->target += z >> 1 ^ -(z & 1);
	if (w->target >= w->file->nnodes)
		fault_set(&w->in.fault, "edge to no node", at);
	if (w->in.fault.what) {
		w->left = 0;
		return false;
	}
	w->left--;
	w->edge++;
	return true;
}

static uint32_t size32(const struct graph_walk *w)
{
	uint32_t half = (w->size / 2 + w->size % 2 + 3) & ~(uint32_t)3;

	if (w->noscan)
		return w->size;
	return half > 4 * w->deg ? half : 4 * w->deg;
}

size_t graph_node_size(const struct graph_walk *w)
{
	return sizeof(void *) == 4 ? size32(w) : w->size;
}

/* --- roots ---------------------------------------------------------------- */

void graph_roots_start(struct graph_roots *r, const struct graph_file *f)
{
	*r = (struct graph_roots){
		.in = { f->data, f->roots_off, f->roots_end, { NULL, 0 } },
		.left = f->nroots,
		.nnodes = f->nnodes,
		.first = true,
	};
}

bool graph_roots_next(struct graph_roots *r)
{
	size_t at = r->in.at;
	uint32_t d;

	if (!r->left)
		return false;
	d = reader_leb(&r->in);
	if (!d && !r->first)
		fault_set(&r->in.fault, "root there twice", at);
	if (d >= r->nnodes - r->root)
		fault_set(&r->in.fault, "root is no node", at);
	if (r->in.fault.what)
		return false;
	r->first = false;
	r->root += d;
	r->left--;
	return true;
}

/* --- cases ---------------------------------------------------------------- */

void graph_case_read(struct graph_case *c, const struct graph_file *f,
		     uint32_t number)
{
	const unsigned char *p =
		f->data + f->cases_off + (size_t)number * CASE_SIZE;

	*c = (struct graph_case){
		.seed = get32(p),
		.root_k = get32(p + 4),
		.root_t = get32(p + 8),
		.edge_k = get32(p + 12),
		.edge_t = get32(p + 16),
		.live_nodes = get32(p + CASE_LIVE),
		.live_bytes = get64(p + (sizeof(void *) == 4 ? 32 : 24)),
		.live_hash = get32(p + 40),
	};
}

static bool cuts(uint32_t seed, uint32_t k, uint32_t t, uint32_t n)
{
	return k && t && fmix32(n ^ seed) % k < t;
}

bool graph_case_cuts_root(const struct graph_case *c, uint32_t root)
{
	return cuts(c->seed, c->root_k, c->root_t, root);
}

bool graph_case_cuts_edge(const struct graph_case *c, uint32_t edge)
{
	return cuts(c->seed, c->edge_k, c->edge_t, edge);
}

/* For one k, what a smaller t cuts a greater one cuts too. */
static bool covers(uint32_t k, uint32_t t, uint32_t earlier_k,
		   uint32_t earlier_t)
{
	return !earlier_k || !earlier_t || (k == earlier_k && t >= earlier_t);
}

bool graph_case_covers(const struct graph_case *c, const struct graph_case *e)
{
	bool nothing = (!e->root_k || !e->root_t) && (!e->edge_k || !e->edge_t);

	return nothing || (c->seed == e->seed &&
			   covers(c->root_k, c->root_t, e->root_k, e->root_t) &&
			   covers(c->edge_k, c->edge_t, e->edge_k, e->edge_t));
}

/* --- check ---------------------------------------------------------------- */

/* The sections lie in order, one after another, within the file. */
static void check_layout(struct graph_file *f, struct fault *fault)
{
	const unsigned char *p = f->data;
	uint64_t nodes_off = get32(p + AT_NODES_OFF);
	uint64_t nodes_end = nodes_off + get32(p + AT_NODES_LEN);
	uint64_t roots_off = get32(p + AT_ROOTS_OFF);
	uint64_t roots_end = roots_off + get32(p + AT_ROOTS_LEN);
	uint64_t cases_off = get32(p + AT_CASES_OFF);
	uint64_t end = cases_off + (uint64_t)f->ncases * CASE_SIZE;

	if (nodes_off < HEADER_SIZE)
		fault_set(fault, "nodes_off in the header", AT_NODES_OFF);
	if (nodes_end > roots_off)
		fault_set(fault, "nodes_len past the roots", AT_NODES_LEN);
	if (roots_end > cases_off)
		fault_set(fault, "roots_len past the cases", AT_ROOTS_LEN);
	if (cases_off % 8)
		fault_set(fault, "cases_off not a multiple of 8", AT_CASES_OFF);
	if (end > UINT32_MAX)
		fault_set(fault, "ncases past 4 GiB", AT_NCASES);
	if (end > f->size)
		fault_set(fault, "truncated", f->size);
	/* A node takes a byte at least, and so does a root. */
	if (f->nnodes > nodes_end - nodes_off)
		fault_set(fault, "more nodes than bytes", AT_NNODES);
	if (f->nroots > roots_end - roots_off)
		fault_set(fault, "more roots than bytes", AT_NROOTS);
	f->nodes_off = (uint32_t)nodes_off;
	f->nodes_end = (uint32_t)nodes_end;
	f->roots_off = (uint32_t)roots_off;
	f->roots_end = (uint32_t)roots_end;
	f->cases_off = (uint32_t)cases_off;
}

static void check_nodes(const struct graph_file *f, struct fault *fault)
{
	struct graph_walk w;
	uint64_t total = 0, total32 = 0;
	uint32_t maxdeg = 0, max_size = 0, nnoscan = 0;

	graph_walk_start(&w, f);
	while (graph_walk_node(&w)) {
		total += w.size;
		total32 += size32(&w);
		nnoscan += w.noscan;
		maxdeg = w.deg > maxdeg ? w.deg : maxdeg;
		max_size = w.size > max_size ? w.size : max_size;
	}
	*fault = w.in.fault;
	if (w.in.at != f->nodes_end)
		fault_set(fault, "nodes_len is not their length", AT_NODES_LEN);
	header_compare(
		f->data,
		(const struct header_field[]){
			{ "nedges is not their number", AT_NEDGES, 4, w.edge },
			{ "maxdeg is not the most", AT_MAXDEG, 4, maxdeg },
			{ "total_bytes is not the sum", AT_TOTAL, 8, total },
			{ "max_size is not the greatest", AT_MAX_SIZE, 4,
			  max_size },
			{ "nnoscan is not their number", AT_NNOSCAN, 4,
			  nnoscan },
			{ "total_bytes32 is not the sum", AT_TOTAL32, 8,
			  total32 },
		},
		6, fault);
}

static void check_roots(const struct graph_file *f, struct fault *fault)
{
	struct graph_roots r;

	graph_roots_start(&r, f);
	while (graph_roots_next(&r))
		;
	*fault = r.in.fault;
	if (r.in.at != f->roots_end)
		fault_set(fault, "roots_len is not their length", AT_ROOTS_LEN);
}

static void check_cases(const struct graph_file *f, struct fault *fault)
{
	for (uint32_t i = 0; i < f->ncases && !fault->what; i++) {
		size_t at = f->cases_off + (size_t)i * CASE_SIZE;

		if (get32(f->data + at + CASE_LIVE) > f->nnodes)
			fault_set(fault, "case of more nodes than there are",
				  at + CASE_LIVE);
		zeros_check(f->data, at + CASE_ZERO, at + CASE_SIZE, fault);
	}
}

static void check_header(const struct graph_file *f, struct fault *fault)
{
	const unsigned char *p = f->data;

	if (f->size >= 8 && memcmp(p, "HGRAPH1\n", 8))
		fault_set(fault, "magic", 0);
	if (f->size < HEADER_SIZE) {
		fault_set(fault, "truncated", f->size);
		return;
	}
	if (get32(p + AT_VERSION) != 1)
		fault_set(fault, "version", AT_VERSION);
	if (get32(p + AT_FLAGS) & ~(uint32_t)FLAGS)
		fault_set(fault, "flags", AT_FLAGS);
	zeros_check(p, AT_ZERO, HEADER_SIZE, fault);
}

bool graph_file_open(struct graph_file *f, const unsigned char *data,
		     size_t size, struct fault *fault)
{
	*fault = (struct fault){ NULL, 0 };
	*f = (struct graph_file){ .data = data, .size = size };
	check_header(f, fault);
	if (fault->what)
		return false;
	f->nnodes = get32(data + AT_NNODES);
	f->nedges = get32(data + AT_NEDGES);
	f->nroots = get32(data + AT_NROOTS);
	f->ncases = get32(data + AT_NCASES);
	check_layout(f, fault);
	if (!fault->what)
		check_nodes(f, fault);
	if (!fault->what)
		check_roots(f, fault);
	if (!fault->what)
		check_cases(f, fault);
	if (!fault->what && crc32_of(data + HEADER_SIZE, size - HEADER_SIZE) !=
				    get32(data + AT_CRC))
		fault_set(fault, "crc", AT_CRC);
	return !fault->what;
}
