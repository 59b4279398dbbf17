// SPDX-License-Identifier: MIT
/*
 * observe.c - look into a heap whose contents are known
 *
 *	run=sites		three functions that allocate, and the profile
 *	run=dump:<graph>	a graph, as text lines of a heap dump;
 *				mode=size: how large it is, and how long it took
 *	run=why:<graph>		chains to 100 objects of it, word by word
 *	run=audit:<graph>	what each range of roots keeps of it
 *
 * What is written with the world stopped goes into a table first: printing
 * may wait for whoever is stopped.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <kgc/host.h>
#include <kgc/kgc.h>
#include <workloads/workload.h>
#include "internal.h"

/* --- sites ---------------------------------------------------------------- */

enum { SITES_ROUNDS = 1 << 14 };

/* Uncollectable, so that what it holds stays; NULL: no memory. */
static void **sites_kept;

/* Its caller does not end in a jump to kgc_alloc(), and so has a frame. */
static __attribute__((noinline)) void *site_made(void *p)
{
	void *volatile made = p;

	return made;
}

static __attribute__((noinline)) void *sites_hot(void)
{
	return site_made(kgc_alloc(400, KGC_NOSCAN));
}

static __attribute__((noinline)) void *sites_warm(void)
{
	return site_made(kgc_alloc(100, KGC_NOSCAN));
}

/* Of the hot one's class, in turns with it, and dropped. */
static __attribute__((noinline)) void *sites_brief(void)
{
	return site_made(kgc_alloc(390, KGC_NOSCAN));
}

static __attribute__((noinline)) void sites_fill(void)
{
	for (size_t i = 0; i < SITES_ROUNDS; i++) {
		sites_kept[2 * i] = sites_hot();
		sites_kept[2 * i + 1] = sites_warm();
		sites_brief();
	}
}

static void print(void *arg, const char *s, size_t n)
{
	fwrite(s, 1, n, stdout);
}

int sites_run(const char *argument)
{
	int status;

	sites_kept = kgc_alloc_array(2 * SITES_ROUNDS, sizeof(void *),
				     KGC_UNCOLLECTABLE | KGC_NOPROFILE);
	if (!sites_kept)
		return workload_no_memory("sites", "profile", 0, "objects");
	sites_fill();
	stack_clear();
	kgc_collect();
	status = kgc_profile(print, NULL);
	workload_write_maps(print, NULL);
	printf("--- end of profile\n");
	kgc_free(sites_kept);
	sites_kept = NULL;
	if (status)
		printf("sites: nothing is sampled: memprofilerate=0\n");
	return status != 0;
}

/* --- a graph -------------------------------------------------------------- */

/* Load @path and call @fn for it; prints what is wrong. */
static int with_graph(const char *name, const char *path,
		      int (*fn)(struct graph *g))
{
	struct workload_file file;
	struct fault fault;
	struct graph *g;
	int status = 1;

	if (!workload_need(name, path, &file))
		return 1;
	g = table_alloc(1, sizeof(*g));
	if (!g)
		return workload_no_memory(name, path, 0, "nodes");
	g->name = workload_base_name(path);
	if (!graph_file_open(&g->file, file.data, file.size, &fault)) {
		workload_bad(name, path, fault);
	} else {
		if (!graph_tables(g) || graph_load(g) < g->file.nnodes)
			workload_no_memory(name, g->name, 0, "nodes");
		else
			status = fn(g);
		graph_unload(g);
	}
	kgc_free(g);
	return status;
}

/* --- dump ----------------------------------------------------------------- */

struct sink {
	unsigned char *data; /* NULL: only count */
	size_t size, n;
};

static void sink_write(void *arg, const char *s, size_t n)
{
	struct sink *sink = arg;

	if (sink->data && sink->n + n <= sink->size)
		memcpy(sink->data + sink->n, s, n);
	sink->n += n;
}

/* Lines of 57 bytes in base64, so that a log can have others between. */
static void print_base64(const unsigned char *p, size_t n)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
				    "pqrstuvwxyz0123456789+/";
	char line[80];
	size_t i, out;

	for (; n; p += i, n -= i) {
		for (i = out = 0; i < n && i < 57; i += 3) {
			uint32_t v = (uint32_t)p[i] << 16;

			v |= i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0;
			v |= i + 2 < n ? p[i + 2] : 0;
			line[out++] = digit[v >> 18];
			line[out++] = digit[v >> 12 & 63];
			line[out++] = i + 1 < n ? digit[v >> 6 & 63] : '=';
			line[out++] = i + 2 < n ? digit[v & 63] : '=';
		}
		if (i > n)
			i = n;
		printf("dump: %.*s\n", (int)out, line);
	}
}

static uint64_t now_us(void)
{
	return kgc_host_nanotime() / 1000;
}

/* The first dump tells how large the second one is. */
static int dump_graph(struct graph *g)
{
	struct sink sink = { .data = NULL };
	const char *mode;
	uint64_t took;

	stack_clear();
	kgc_collect();
	kgc_dump(sink_write, &sink);
	sink.size = sink.n + (64 << 10);
	sink.data = table_alloc(1, sink.size);
	if (!sink.data)
		return workload_no_memory("dump", g->name, 0, "bytes");
	sink.n = 0;
	took = now_us();
	kgc_dump(sink_write, &sink);
	took = now_us() - took;
	printf("dump %s: %zu bytes, %" PRIu64 " us, roots at %p: %s\n", g->name,
	       sink.n, took, (void *)g->roots,
	       sink.n <= sink.size ? "ok" : "no room");
	mode = workload_option("mode");
	if (sink.n <= sink.size && (!mode || strcmp(mode, "size")))
		print_base64(sink.data, sink.n);
	kgc_free(sink.data);
	return sink.n > sink.size;
}

int dump_run(const char *path)
{
	return with_graph("dump", path, dump_graph);
}

/* --- why ------------------------------------------------------------------ */

enum { WHY_OBJECTS = 100 };

struct chain {
	const void *at; /* what the link before kept */
	unsigned int links, wrong;
};

/* Does the word lie in what the link before kept, and keep the target? */
static void why_link(const struct kgc_link *link, void *arg)
{
	struct chain *c = arg;
	size_t holds = 0, size = 0;

	if (c->links++) {
		kgc_lookup(c->at, &holds);
		c->wrong += link->root || link->holder != c->at ||
			    (uintptr_t)link->word - (uintptr_t)c->at >= holds;
	} else {
		c->wrong += !link->root || link->holder;
	}
	kgc_lookup(link->target, &size);
	c->wrong += !link->word ||
		    *(const uintptr_t *)link->word - (uintptr_t)link->target >=
			    size;
	c->at = link->target;
}

static uint32_t random_below(uint32_t *state, uint32_t n)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % n;
}

static int why_graph(struct graph *g)
{
	uint32_t state = (uint32_t)strtoul(workload_option("seed"), NULL, 0);
	unsigned int asked = 0, bad = 0, longest = 0;
	unsigned long links = 0;
	uint64_t took = 0, start;

	state = state * 2654435761u | 1;
	stack_clear();
	kgc_collect();
	while (asked < WHY_OBJECTS) {
		void *p = g->addr[random_below(&state, g->file.nnodes)];
		struct chain c = { .at = NULL };
		int n;

		if (kgc_lookup(p, NULL) != p)
			continue;
		start = now_us();
		n = kgc_why(p, why_link, &c);
		took += now_us() - start;
		asked++;
		bad += n <= 0 || (unsigned int)n != c.links || c.wrong ||
		       c.at != p;
		links += c.links;
		longest = c.links > longest ? c.links : longest;
	}
	printf("why %s: %u objects, %lu links, the longest chain %u, %" PRIu64
	       " us each: %s\n",
	       g->name, asked, links, longest, took / asked,
	       bad ? "MISMATCH" : "ok");
	return bad != 0;
}

int why_run(const char *path)
{
	return with_graph("why", path, why_graph);
}

/* --- audit ---------------------------------------------------------------- */

enum { RANGES = 64, NAME = 48 };

/* By range; the names that the audit shows do not last. */
struct ranges {
	unsigned int n;
	struct kgc_audit of[RANGES];
	char name[RANGES][NAME];
};

static void range_note(const struct kgc_audit *range, void *arg)
{
	struct ranges *r = arg;

	if (r->n == RANGES)
		return;
	r->of[r->n] = *range;
	strncpy(r->name[r->n++], range->name, NAME - 1);
}

static void ranges_print(const struct ranges *r)
{
	printf("%8s %6s %6s %6s %6s %6s %8s %9s\n", "words", "heap", "hits",
	       "inside", "freed", "pages", "objects", "bytes");
	for (unsigned int i = 0; i < r->n; i++) {
		const struct kgc_audit *a = &r->of[i];

		printf("%8zu %6zu %6zu %6zu %6zu %6zu %8" PRIu64 " %9" PRIu64
		       "  %s%s\n",
		       a->words, a->addresses, a->hits, a->inside,
		       a->free_objects, a->free_pages, a->objects, a->bytes,
		       a->ambiguous ? "? " : "", r->name[i]);
	}
}

/* The roots block keeps what the first case of the oracle says. */
static int audit_graph(struct graph *g)
{
	struct ranges *r = table_alloc(1, sizeof(*r));
	struct graph_case first;
	bool ok;

	if (!r)
		return workload_no_memory("audit", g->name, 0, "ranges");
	graph_case_read(&first, &g->file, 0);
	stack_clear();
	kgc_collect();
	kgc_audit(range_note, r);
	ranges_print(r);
	ok = r->of[0].objects >= first.live_nodes &&
	     r->of[0].objects < first.live_nodes + 50 &&
	     r->of[0].hits >= g->file.nroots;
	printf("audit %s: %u ranges: %s\n", g->name, r->n,
	       ok ? "ok" : "MISMATCH");
	kgc_free(r);
	return !ok;
}

int audit_run(const char *path)
{
	return with_graph("audit", path, audit_graph);
}
