// SPDX-License-Identifier: MIT
/*
 * collector.c - the shell's commands on the collector
 */
#include <kernel/param.h>
#include <kgc/kgc.h>
#include <lib/format.h>
#include <lib/mem.h>
#include <lib/noroot.h>

#include "internal.h"

/* 4 KiB, and its numbers may look like addresses. */
static struct kgc_memstats stats NOROOT;

static void gc_run(int argc, char **argv)
{
	const uint32_t before = kgc_cycles();

	kgc_collect();
	if (kgc_cycles() == before)
		shell_printf("gc: not while collections are disabled\n");
}

/* Through the parameters, which so go on telling the truth. */
static void set_or_show(const char *name, int argc, char **argv)
{
	const char *value = param_string(name);

	if (argc == 1)
		shell_printf("%s is %s\n", name, value ? value : "0");
	else if (!shell_param_set(name, argv[1]))
		shell_printf("gc %s: cannot be '%s'\n", argv[0], argv[1]);
}

static void trace_run(int argc, char **argv)
{
	set_or_show("gctrace", argc, argv);
}

static void percent_run(int argc, char **argv)
{
	set_or_show("gcpercent", argc, argv);
}

/* --- stats --- */

static void stat_line(const char *name, uint64_t v)
{
	shell_printf("  %-16s %14llu\n", name, (unsigned long long)v);
}

static void show_counters(void)
{
	const struct {
		const char *name;
		uint64_t v;
	} line[] = {
		{ "alloc", stats.alloc },
		{ "total_alloc", stats.total_alloc },
		{ "sys", stats.sys },
		{ "nlookup", stats.nlookup },
		{ "nmalloc", stats.nmalloc },
		{ "nfree", stats.nfree },
		{ "heap_alloc", stats.heap_alloc },
		{ "heap_sys", stats.heap_sys },
		{ "heap_idle", stats.heap_idle },
		{ "heap_inuse", stats.heap_inuse },
		{ "heap_released", stats.heap_released },
		{ "heap_objects", stats.heap_objects },
		{ "stacks_inuse", stats.stacks_inuse },
		{ "stacks_sys", stats.stacks_sys },
		{ "mspan_inuse", stats.mspan_inuse },
		{ "mspan_sys", stats.mspan_sys },
		{ "mcache_inuse", stats.mcache_inuse },
		{ "mcache_sys", stats.mcache_sys },
		{ "buckhash_sys", stats.buckhash_sys },
		{ "bitmap_sys", stats.bitmap_sys },
		{ "gc_sys", stats.gc_sys },
		{ "other_sys", stats.other_sys },
		{ "next_gc", stats.next_gc },
		{ "pause_total_ns", stats.pause_total_ns },
		{ "numgc", stats.numgc },
		{ "enablegc", stats.enablegc },
		{ "debuggc", stats.debuggc },
	};
	unsigned int i;

	for (i = 0; i < sizeof(line) / sizeof(line[0]); i++)
		stat_line(line[i].name, line[i].v);
}

enum { RING = 256, BINS = 20, BAR = 40 };

/* Bin n has pauses below 2^n times 16 us; the last one all the rest. */
static unsigned int bin_of(uint64_t ns)
{
	unsigned int n = 0;

	for (ns >>= 14; ns && n < BINS - 1; ns >>= 1)
		n++;
	return n;
}

static void bar(unsigned int n, unsigned int most)
{
	static const char hashes[BAR + 1] =
		"########################################";

	shell_printf("%6u %.*s\n", n, (int)((n * BAR + most - 1) / most),
		     hashes);
}

static void show_pauses(void)
{
	const unsigned int total = stats.numgc < RING ? stats.numgc : RING;
	unsigned int count[BINS] = { 0 }, most = 1, first = BINS, last = 0, i;

	for (i = 0; i < total; i++)
		count[bin_of(stats.pause_ns[i])]++;
	for (i = 0; i < BINS; i++) {
		if (!count[i])
			continue;
		first = first < i ? first : i;
		last = i;
		most = most > count[i] ? most : count[i];
	}
	shell_printf("pauses of the last %u collections:\n", total);
	for (i = first; i <= last; i++) {
		shell_printf("  %7s %8u us", i < BINS - 1 ? "below" : "from",
			     16u << (i < BINS - 1 ? i : i - 1));
		bar(count[i], most);
	}
}

static void stats_run(int argc, char **argv)
{
	kgc_read_memstats(&stats);
	show_counters();
	if (stats.numgc)
		show_pauses();
}

/* --- classes and spans --- */

struct row {
	size_t size, spans, bytes, used, room, lost;
};
static struct row rows[KGC_NCLASSES] NOROOT;

static void count_span(const struct kgc_span *s, struct row *all)
{
	struct row *r = &rows[s->sizeclass];

	if (s->flags < 0 || s->flags & KGC_NOGC || !s->sizeclass)
		return;
	for (;; r = all) {
		r->size = s->size;
		r->spans++;
		r->bytes += s->bytes;
		r->used += s->used;
		r->room += s->room;
		r->lost += s->bytes - s->used * s->size;
		if (r == all)
			break;
	}
}

static void show_row(const struct row *r, const char *name)
{
	shell_printf("%8s %7zu %9zu %9zu %12zu %12zu %4u%%\n", name, r->spans,
		     r->used, r->room, r->bytes, r->lost,
		     (unsigned int)((uint64_t)r->lost * 100 / r->bytes));
}

static void classes_run(int argc, char **argv)
{
	struct kgc_span s = { .base = NULL };
	struct row all = { 0 };
	char name[16];
	unsigned int i;

	memset(rows, 0, sizeof(rows));
	while (kgc_span((char *)s.base + s.bytes, &s))
		count_span(&s, &all);
	shell_printf("%8s %7s %9s %9s %12s %12s %5s\n", "size", "spans",
		     "objects", "room for", "bytes", "waste", "");
	for (i = 1; i < KGC_NCLASSES; i++)
		if (rows[i].spans) {
			format_buffer(name, sizeof(name), "%zu", rows[i].size);
			show_row(&rows[i], name);
		}
	if (all.spans)
		show_row(&all, "all");
}

static void spans_run(int argc, char **argv)
{
	struct kgc_span s = { .base = NULL };
	unsigned int size = 0, n = 0;

	if (argc > 1 && !shell_number(argv[1], ~0u, &size))
		return;
	shell_printf("%*s %8s %10s %8s %8s  kind\n",
		     (int)sizeof(void *) * 2 + 2, "at", "pages", "size",
		     "objects", "room for");
	while (kgc_span((char *)s.base + s.bytes, &s)) {
		if (argc > 1 && s.size != size)
			continue;
		n++;
		shell_printf("0x%0*lx %8zu ", (int)sizeof(void *) * 2,
			     (unsigned long)s.base, s.bytes >> 12);
		if (s.flags < 0)
			shell_printf("%10s %8s %8s  %s\n", "", "", "", s.kind);
		else
			shell_printf("%10zu %8zu %8zu  %s\n", s.size, s.used,
				     s.room, s.kind);
	}
	shell_printf("%u spans\n", n);
}

/* --- audit and check --- */

/* The world is stopped: printing waits for nobody. */
static void show_range(const struct kgc_audit *a, void *arg)
{
	shell_printf("%8zu %6zu %6zu %6zu %6zu %6zu %8llu %9llu  %s%s\n",
		     a->words, a->addresses, a->hits, a->inside,
		     a->free_objects, a->free_pages,
		     (unsigned long long)a->objects,
		     (unsigned long long)a->bytes, a->ambiguous ? "? " : "",
		     a->name);
}

static void audit_run(int argc, char **argv)
{
	shell_printf("%8s %6s %6s %6s %6s %6s %8s %9s\n", "words", "heap",
		     "hits", "inside", "freed", "pages", "objects", "bytes");
	kgc_audit(show_range, NULL);
}

static void check_run(int argc, char **argv)
{
	const int n = kgc_check();

	if (n)
		shell_printf("gc check: %d faults\n", n);
	else
		shell_printf("gc check: sound\n");
}

static const struct shell_command subcommands[] = {
	{ .name = "trace",
	  .args = "[0|1|2]",
	  .help = "a line for each collection",
	  .run = trace_run,
	  .most = 1 },
	{ .name = "percent",
	  .args = "[N|off]",
	  .help = "growth of the heap between collections",
	  .run = percent_run,
	  .most = 1 },
	{ .name = "stats",
	  .args = "",
	  .help = "counters, and how long the pauses were",
	  .run = stats_run },
	{ .name = "classes",
	  .args = "",
	  .help = "objects, spans and waste of each size",
	  .run = classes_run },
	{ .name = "spans",
	  .args = "[SIZE]",
	  .help = "each run of pages; those with objects of SIZE",
	  .run = spans_run,
	  .most = 1 },
	{ .name = "audit",
	  .args = "",
	  .help = "what each range of roots holds on to",
	  .run = audit_run },
	{ .name = "check",
	  .args = "",
	  .help = "the whole heap against its invariants",
	  .run = check_run },
};

static const struct shell_command commands[] = {
	{ .name = "gc",
	  .args = "",
	  .help = "collect",
	  .run = gc_run,
	  .sub = subcommands,
	  .nsub = sizeof(subcommands) / sizeof(subcommands[0]) },
};
const struct shell_group shell_collector_group =
	SHELL_GROUP("The collector", commands);
