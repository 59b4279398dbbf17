// SPDX-License-Identifier: MIT
/*
 * trace.c - the mallocs and frees of a real program, replayed
 *
 * Where the peer collects, a free drops the block.  Blocks hold no pointers.
 * Each is touched at its start, at its end and once a page, so that what it
 * takes of memory is there; the events are read before the clock starts.  The
 * sum is over what the blocks hold when they go.
 */
#include "bench.h"
#include "heap.h"
#include "internal.h"
#include "peer.h"

enum { PAGE = 4096 };

struct event {
	uint32_t slot, size;
	uint32_t old; /* size before, of a block that is there already */
	enum trace_op op;
};

static struct event *events;
static uint32_t nevents;
static unsigned char **block; /* by slot; a root */

static void read_events(const struct trace_file *f, struct trace_slots *s)
{
	struct trace_walk w;

	trace_slots_reset(s);
	trace_walk_start(&w, f);
	while (trace_walk_event(&w, s)) {
		struct event *e = &events[nevents++];

		*e = (struct event){ w.slot, w.size, w.old_size, w.op };
		if (w.op == TRACE_ALIGNED)
			die("trace", "aligned blocks are not replayed");
	}
}

static void setup(char **args)
{
	struct trace_slots s = { .nslots = 0 };
	struct trace_file f;
	struct fault fault;
	size_t size;
	const unsigned char *data = file_read(args[0], &size);

	if (!trace_file_open(&f, data, size, &fault))
		die(args[0], fault.what);
	s.nslots = f.nslots;
	s.size = table_alloc(f.nslots, 4);
	s.freed = table_alloc(f.nslots, 4);
	if (!trace_file_check(&f, &s, &fault))
		die(args[0], fault.what);
	events = table_alloc(f.nevents, sizeof(*events));
	read_events(&f, &s);
	figures.ops = nevents;
	figures.bytes = f.peak_bytes + f.nslots * sizeof(*block);
	peak_start();
	block = (unsigned char **)heap_roots(f.nslots);
	if (!block)
		die("trace", "no memory");
}

static inline void touch(unsigned char *p, const struct event *e)
{
	if (!e->size)
		return;
	for (size_t at = 0; at < e->size; at += PAGE)
		p[at] = (unsigned char)e->slot;
	p[e->size - 1] = (unsigned char)e->slot;
}

static inline unsigned int held(const unsigned char *p, size_t size)
{
	return size ? p[0] + p[size - 1] : 0;
}

static unsigned char *block_of(const struct event *e)
{
	unsigned char *p = block[e->slot];

	if (e->op == TRACE_REALLOC)
		p = peer_realloc(p, e->size);
	else if (e->op == TRACE_CALLOC)
		p = peer_zeroed(e->size);
	else
		p = peer_noscan(e->size);
	if (!p)
		die("trace", "no memory");
	return p;
}

static uint64_t run(void)
{
	uint64_t sum = 0;

	for (const struct event *e = events; e < events + nevents; e++) {
		unsigned char *p = block[e->slot];

		if (e->op == TRACE_FREE) {
			sum += held(p, e->old);
			block[e->slot] = NULL;
			if (PEER_MANUAL)
				peer_free(p);
			continue;
		}
		if (e->op == TRACE_REALLOC)
			sum += held(p, e->old);
		p = block_of(e);
		touch(p, e);
		block[e->slot] = p;
	}
	return sum;
}

const struct workload trace_workload = {
	.name = "trace",
	.usage = "trace FILE",
	.nargs = 1,
	.setup = setup,
	.run = run,
};
