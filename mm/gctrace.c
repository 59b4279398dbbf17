// SPDX-License-Identifier: MIT
/*
 * gctrace.c - one line for each cycle
 *
 * The words and the order are Go's of 2011; times have three decimals,
 * megabytes (2^20) one.  Mark time includes stopping the world, sweep is with
 * the world running, rest is what remains.  The marker counts no lookups.
 */
#include "internal.h"

/* Print through the host: no lock of mm/ is held, the world runs. */
void kgc_printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kgc_host_vprintf(fmt, ap);
	va_end(ap);
}

struct fixed {
	unsigned long long whole;
	unsigned int part;
};

static struct fixed milliseconds(uint64_t ns)
{
	const uint64_t us = div_u64(ns, 1000), ms = div_u64(us, 1000);

	return (struct fixed){ ms, us - ms * 1000 };
}

static struct fixed megabytes(uint64_t bytes)
{
	return (struct fixed){ bytes >> 20, (bytes & (MIB - 1)) * 10 >> 20 };
}

void gctrace_print(const struct heap *h, const struct cycle *c)
{
	const struct fixed mark = milliseconds(c->marked_ns - c->start_ns);
	const struct fixed sweep = milliseconds(c->swept_ns - c->started_ns);
	const struct fixed rest = milliseconds((c->started_ns - c->marked_ns) +
					       (c->end_ns - c->swept_ns));
	const struct fixed before = megabytes(c->heap_before);
	const struct fixed after = megabytes(c->heap_after);

	kgc_printf("gc%u: %llu.%03u+%llu.%03u+%llu.%03u ms "
		   "%llu.%u -> %llu.%u MB %llu -> %llu (%llu-%llu) objects "
		   "%llu pointer lookups (%llu size, %llu addr)\n",
		   (unsigned int)c->number, mark.whole, mark.part, sweep.whole,
		   sweep.part, rest.whole, rest.part, before.whole, before.part,
		   after.whole, after.part,
		   (unsigned long long)c->objects_before,
		   (unsigned long long)c->objects_after,
		   (unsigned long long)c->nmalloc, (unsigned long long)c->nfree,
		   (unsigned long long)c->nlookup, 0ull, 0ull);
}

int kgc_set_trace(int trace)
{
	const int old = heap.trace;

	heap.trace = trace;
	return old;
}

int kgc_set_debug(int debug)
{
	const int old = heap.debug;

	heap.debug = debug;
	return old;
}
