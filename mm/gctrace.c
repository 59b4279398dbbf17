// SPDX-License-Identifier: MIT
/*
 * gctrace.c - one line for each cycle
 *
 * The words and the order are Go's of 2011; times have three decimals,
 * megabytes (2^20) one.  Mark time includes stopping the world, sweep is with
 * the world running, rest is what remains.  The marker counts no lookups.
 */
#include "internal.h"

enum { LINE_MOST = 384 }; /* thirteen numbers of 20 digits, and words */

/* Print through the host: no lock of mm/ is held, the world runs. */
void kgc_printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kgc_host_vprintf(fmt, ap);
	va_end(ap);
}

static void write_ms(struct out *o, uint64_t ns)
{
	out_thousandths(o, div_u64(ns, 1000));
}

static void write_mb(struct out *o, uint64_t bytes)
{
	out_number(o, bytes >> 20);
	out_text(o, ".");
	out_number(o, (bytes & (MIB - 1)) * 10 >> 20);
}

/* Two numbers and what stands before, between and behind them. */
static void write_pair(struct out *o, uint64_t a, const char *between,
		       uint64_t b, const char *behind)
{
	out_number(o, a);
	out_text(o, between);
	out_number(o, b);
	out_text(o, behind);
}

void gctrace_write(struct out *o, const struct kgc_cycle *c)
{
	const uint64_t *t = c->begin_ns;

	out_text(o, "gc");
	out_number(o, c->number);
	out_text(o, ": ");
	write_ms(o, t[KGC_PHASE_START] - t[KGC_PHASE_STOP]);
	out_text(o, "+");
	write_ms(o, t[KGC_PHASE_RELEASE] - t[KGC_PHASE_SWEEP]);
	out_text(o, "+");
	write_ms(o, t[KGC_PHASE_SWEEP] - t[KGC_PHASE_START] + t[KGC_NPHASES] -
			    t[KGC_PHASE_RELEASE]);
	out_text(o, " ms ");
	write_mb(o, c->heap_before);
	out_text(o, " -> ");
	write_mb(o, c->heap_after);
	out_text(o, " MB ");
	write_pair(o, c->objects_before, " -> ", c->objects_after, " (");
	write_pair(o, c->nmalloc, "-", c->nfree, ") objects ");
	out_number(o, c->nlookup);
	out_text(o, " pointer lookups (0 size, 0 addr)\n");
}

void kgc_write_cycle(const struct kgc_cycle *cycle, kgc_write_fn *write,
		     void *arg)
{
	struct out o = { write, arg, 0 };

	gctrace_write(&o, cycle);
}

/* In one call, so that nothing of others' comes between. */
void gctrace_print(const struct heap *h, const struct kgc_cycle *c)
{
	char buf[LINE_MOST];
	struct line line = { .buf = buf, .size = sizeof(buf) };

	kgc_write_cycle(c, line_write, &line);
	kgc_printf("%s", buf);
}

int kgc_set_trace(int trace)
{
	const int old = heap.trace;

	context_check();
	heap.trace = trace;
	return old;
}

int kgc_set_debug(int debug)
{
	const int old = heap.debug;

	context_check();
	heap.debug = debug;
	return old;
}
