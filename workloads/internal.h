/* SPDX-License-Identifier: MIT */
/*
 * internal.h - what the workloads share
 *
 * A workload is one function that takes its argument and returns 0 or 1.  The
 * readers of the two file formats (reader.c, graphfile.c, tracefile.c) call
 * nothing of the heap, so that a benchmark of another heap can use them.
 *
 * Tables.  A table of object addresses would keep the objects alive if it
 * were scanned, so every table comes from table_alloc(): nogc memory, which
 * the collector neither marks nor scans nor sweeps.  No address of an object
 * stays in a static variable; those that are left behind on the stack are
 * wiped by stack_clear() before a collection that is measured.
 */
#ifndef WORKLOADS_INTERNAL_H
#define WORKLOADS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- reader.c: bytes, numbers, what is wrong with them -------------------- */

/* A file is good as long as @what is NULL; the first fault stays. */
struct fault {
	const char *what;
	size_t at; /* offset in the file */
};

struct reader {
	const unsigned char *data; /* the whole file */
	size_t at, end;		   /* read [at, end) of it */
	struct fault fault;
};

uint32_t fmix32(uint32_t h);
uint32_t get32(const unsigned char *p);
uint64_t get64(const unsigned char *p);
uint32_t crc32_of(const unsigned char *p, size_t n);
void fault_set(struct fault *f, const char *what, size_t at);
uint32_t reader_leb(struct reader *r);

/* A number of the header and what it must be. */
struct header_field {
	const char *what;
	size_t at;
	unsigned int size; /* 4 or 8 */
	uint64_t value;
};
void header_compare(const unsigned char *data, const struct header_field *field,
		    size_t n, struct fault *fault);
void zeros_check(const unsigned char *data, size_t lo, size_t hi,
		 struct fault *fault);

static inline bool bit_test(const uint32_t *bits, uint32_t i)
{
	return bits[i / 32] >> i % 32 & 1;
}

static inline void bit_set(uint32_t *bits, uint32_t i)
{
	bits[i / 32] |= (uint32_t)1 << i % 32;
}

static inline void bit_clear(uint32_t *bits, uint32_t i)
{
	bits[i / 32] &= ~((uint32_t)1 << i % 32);
}

/* --- graphfile.c: HGRAPH1 ------------------------------------------------- */

struct graph_file {
	const unsigned char *data;
	size_t size;
	uint32_t nnodes, nedges, nroots, ncases;
	uint32_t nodes_off, nodes_end;
	uint32_t roots_off, roots_end;
	uint32_t cases_off;
};

struct graph_case {
	uint32_t seed, root_k, root_t, edge_k, edge_t;
	uint32_t live_nodes, live_hash;
	uint64_t live_bytes; /* on this machine: live_bytes or live_bytes32 */
};

/* Goes through the nodes in order, and through the edges of each. */
struct graph_walk {
	struct reader in;
	const struct graph_file *file;
	uint32_t next; /* number of the node that comes next */
	/* the node read last */
	uint32_t node;
	uint32_t start; /* its offset in the file */
	uint32_t size;	/* as recorded; graph_node_size() for this machine */
	bool noscan;
	uint32_t deg;
	uint32_t edge0;	 /* number of its first edge over the file */
	uint32_t left;	 /* of its edges */
	uint32_t edge;	 /* number of the edge that comes next */
	uint32_t target; /* of the edge read last */
};

/* Check all of it; returns false with *@fault set. */
bool graph_file_open(struct graph_file *f, const unsigned char *data,
		     size_t size, struct fault *fault);
void graph_walk_start(struct graph_walk *w, const struct graph_file *f);
/* Go on with @node, whose offset and first edge were noted before. */
void graph_walk_seek(struct graph_walk *w, uint32_t node, uint32_t start,
		     uint32_t edge0);
bool graph_walk_node(struct graph_walk *w);
bool graph_walk_edge(struct graph_walk *w);
size_t graph_node_size(const struct graph_walk *w);
/* The roots, one a call, from a reader that graph_roots_start() set up. */
struct graph_roots {
	struct reader in;
	uint32_t left, root;
	uint32_t nnodes;
	bool first;
};
void graph_roots_start(struct graph_roots *r, const struct graph_file *f);
bool graph_roots_next(struct graph_roots *r);

void graph_case_read(struct graph_case *c, const struct graph_file *f,
		     uint32_t number);
bool graph_case_cuts_root(const struct graph_case *c, uint32_t root);
bool graph_case_cuts_edge(const struct graph_case *c, uint32_t edge);
/* Does @c cut all that @earlier cuts? */
bool graph_case_covers(const struct graph_case *c,
		       const struct graph_case *earlier);

/* --- tracefile.c: ATRACE1 ------------------------------------------------- */

enum trace_op {
	TRACE_MALLOC,
	TRACE_CALLOC,
	TRACE_FREE,
	TRACE_REALLOC,
	TRACE_ALIGNED,
	TRACE_NOPS,
};

struct trace_file {
	const unsigned char *data;
	size_t size;
	uint32_t nevents, nslots, npoints;
	uint32_t events_off, events_end;
	uint32_t points_off;
	uint64_t peak_bytes;
};

struct trace_point {
	uint32_t after, live_objects, live_hash;
	uint64_t live_bytes;
};

/* What a replay knows without a heap: which slots hold how many bytes. */
struct trace_slots {
	uint32_t *size;	 /* by slot; TRACE_NONE: free */
	uint32_t *freed; /* stack of the slots that were freed */
	uint32_t nfree, used, nslots;
	uint32_t live, live_hash, peak;
	uint64_t live_bytes, peak_bytes, total_bytes;
	uint32_t peak_event, max_size, max_align;
	uint32_t nops[TRACE_NOPS];
};
#define TRACE_NONE UINT32_MAX

struct trace_walk {
	struct reader in;
	uint32_t done; /* events read */
	/* the event read last */
	size_t start;
	enum trace_op op;
	uint32_t slot;	   /* the one it takes, resizes or frees */
	uint32_t size;	   /* bytes asked for; of a free: 0 */
	uint32_t old_size; /* TRACE_NONE for a new block */
	uint32_t align;	   /* log2 */
};

/* Check the header and the extent of the sections; not yet the events. */
bool trace_file_open(struct trace_file *f, const unsigned char *data,
		     size_t size, struct fault *fault);
/* Go through all events with @s, which is lent and empty. */
bool trace_file_check(const struct trace_file *f, struct trace_slots *s,
		      struct fault *fault);
void trace_slots_reset(struct trace_slots *s);
void trace_walk_start(struct trace_walk *w, const struct trace_file *f);
/* Read one event and take it into @s; false at the end or at a fault. */
bool trace_walk_event(struct trace_walk *w, struct trace_slots *s);
uint32_t trace_slot_hash(uint32_t slot, uint32_t size);
void trace_point_read(struct trace_point *p, const struct trace_file *f,
		      uint32_t number);

/* --- workload.c ----------------------------------------------------------- */

struct workload_file;

const char *workload_base_name(const char *path);
/* Open @path or say that it is missing. */
bool workload_need(const char *workload, const char *path,
		   struct workload_file *file);
int workload_bad(const char *workload, const char *path, struct fault fault);
int workload_no_memory(const char *workload, const char *name, uint32_t n,
		       const char *what);
uint32_t random_next(uint32_t *state);
void *table_alloc(size_t n, size_t size);
/* Overwrite the stack below the caller. */
void stack_clear(void);

int heapgraph_run(const char *path);
int alloctrace_run(const char *path);
int trees_run(const char *depth);
int retention_run(const char *mib);
int soak_run(const char *seconds);
int sites_run(const char *argument);
int dump_run(const char *path);
int why_run(const char *path);
int audit_run(const char *path);

/* --- heapgraph.c, graphload.c and extra.c ------------------------------------
 */

/* A graph in the heap.  Everything but @roots lies outside the roots. */
struct graph_state;

struct graph {
	const char *name;
	struct graph_file file;
	void **addr;	/* by node */
	uint32_t *kept; /* bit by node: its block has not been freed */
	void **roots;	/* uncollectable: what the collector sees */
	/* the search of extra.c */
	uint32_t *start; /* by node: its offset in the file */
	uint32_t *edge0; /* by node: number of its first edge */
	uint32_t *queue; /* nodes seen and not yet followed */
	uint32_t *seen;	 /* bit by node */
	uint32_t *inner; /* bit by node: another extra node points to it */
	struct graph_state *state;
};

/* False if there is no memory; graph_unload() is due all the same. */
bool graph_tables(struct graph *g);
/* Return how many nodes were placed: all, or the memory ran out. */
uint32_t graph_load(struct graph *g);
uint32_t graph_reload(struct graph *g);
void graph_unload(struct graph *g);
bool graph_node_is_good(struct graph *g, struct graph_walk *w,
			const struct graph_case *c);

/* Sums over a set of nodes, as an oracle case states them. */
struct graph_sum {
	uint32_t nodes, hash;
	uint64_t bytes;
};

static inline bool graph_sum_is(const struct graph_sum *s,
				const struct graph_case *c)
{
	return s->nodes == c->live_nodes && s->hash == c->live_hash &&
	       s->bytes == c->live_bytes;
}

/* What was kept, compared with what can be reached. */
struct graph_verdict {
	struct graph_sum reach; /* by our own search */
	uint32_t lost, extra;	/* reached and freed; kept and not reached */
	uint32_t first_lost;
};

/* What is still allocated, and whether its contents are as they were. */
struct graph_survey {
	struct graph_sum kept;
	uint32_t changed, first_changed;
};

/*
 * The case being run.  Apart from the stack: a hash or a sum that lies there
 * while a collection runs may look like a pointer.
 */
struct graph_state {
	struct graph_case now, before; /* before: cuts nothing, at first */
	struct graph_survey survey;
	struct graph_verdict verdict;
};

void graph_search(struct graph *g, const struct graph_case *c,
		  struct graph_verdict *v);
/* A line for the start of each chain of extra nodes; after graph_search. */
void graph_print_extra(struct graph *g, const struct graph_case *c,
		       uint32_t number);

#endif /* WORKLOADS_INTERNAL_H */
