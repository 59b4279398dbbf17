// SPDX-License-Identifier: MIT
/*
 * state.c - what is left to say of a heap whose program is over
 *
 * The state is read without a lock, from counters.  Then the heap is abandoned:
 * locks are broken, heap.dead keeps readers from stopping, sweeping and
 * flushing, and the checker may look at it, in whatever state that is.
 *
 * Bad at: a change that was under way.  The checker cannot tell it from damage;
 * the line that names the locks held can.
 *
 * Locking: none; all else has stopped.
 */
#include "internal.h"

enum { FAULTS_SHOWN = 4 };

static void megabytes(struct out *o, uint64_t bytes)
{
	out_number(o, bytes >> 20);
	out_text(o, ".");
	out_number(o, (bytes & (MIB - 1)) * 10 >> 20);
	out_text(o, " MB");
}

static void counted(struct out *o, uint64_t n, const char *what)
{
	out_number(o, n);
	out_text(o, what);
}

static void write_allocated(const struct heap *h, struct out *o)
{
	struct totals t;

	stats_totals((struct heap *)h, &t);
	megabytes(o, t.alloc_bytes - t.free_bytes);
	out_text(o, " in ");
	counted(o, t.nmalloc - t.nfree, " objects, next cycle at ");
	megabytes(o, h->pacer.next_gc);
	out_text(o, "; ");
	counted(o, h->numgc, " cycles, ");
	out_thousandths(o, div_u64(h->pause_total_ns, 1000));
	out_text(o, " ms of pauses\n");
}

static void write_pages(const struct heap *h, struct out *o)
{
	const struct pageheap *ph = &h->pageheap;

	out_text(o, "pages: ");
	counted(o, ph->inuse >> PAGE_SHIFT, " in use, ");
	counted(o, (ph->sys - ph->inuse) >> PAGE_SHIFT, " free, ");
	counted(o, ph->released_bytes >> PAGE_SHIFT, " of them given back; ");
	out_address(o, h->arena.start);
	out_text(o, " to ");
	out_address(o, h->arena.start + h->arena.used);
	out_text(o, "\n");
}

static void write_phase(const struct heap *h, struct out *o)
{
	const struct kgc_cycle *c = h->cycles.now;
	int i = KGC_PHASE_SWEEP;

	if (!c) {
		out_text(o, h->swept ? "no cycle, all is swept"
				     : "no cycle, spans wait to be swept");
		return;
	}
	while (i > 0 && !c->begin_ns[i])
		i--;
	counted(o, c->number, ", ");
	out_text(o, events_phase_name(i));
	out_text(o, " for ");
	out_thousandths(o, div_u64(kgc_host_nanotime() - c->begin_ns[i], 1000));
	out_text(o, " ms");
}

static bool central_is_held(const struct heap *h)
{
	unsigned int kind, class;

	for (kind = 0; kind < NKINDS; kind++)
		for (class = 0; class < KGC_NCLASSES; class ++)
			if (h->central[kind][class].lock.held)
				return true;
	return false;
}

static void write_locks(const struct heap *h, struct out *o)
{
	const struct {
		const char *name;
		bool held;
	} locks[] = {
		{ " special", h->specials.lock.held },
		{ " central", central_is_held(h) },
		{ " pageheap", h->pageheap.lock.held },
		{ " mark", h->marker.lock.held },
		{ " root", h->roots.lock.held },
		{ " type", h->types.lock.held },
		{ " cycle", h->cycles.lock.held },
		{ " meta", h->meta.lock.held },
	};
	bool any = false;
	size_t i;

	for (i = 0; i < sizeof(locks) / sizeof(locks[0]); i++) {
		if (!locks[i].held)
			continue;
		if (!any)
			out_text(o, "; locks held:");
		any = true;
		out_text(o, locks[i].name);
	}
}

void state_write(const struct heap *h, struct out *o)
{
	if (!h->ready)
		return;
	out_text(o, "allocated: ");
	write_allocated(h, o);
	write_pages(h, o);
	out_text(o, h->cycles.now ? "now: gc" : "now: ");
	write_phase(h, o);
	write_locks(h, o);
	out_text(o, "\n");
}

int kgc_write_state(kgc_write_fn *write, void *arg)
{
	struct out o = { write, arg, 0 };

	state_write(&heap, &o);
	return o.n;
}

void state_abandon(struct heap *h)
{
	unsigned int kind, class;

	h->dead = true;
	lock_forget_ranks();
	h->specials.lock.held = h->pageheap.lock.held = 0;
	h->marker.lock.held = h->roots.lock.held = h->types.lock.held = 0;
	h->cycles.lock.held = h->meta.lock.held = 0;
	for (kind = 0; kind < NKINDS; kind++)
		for (class = 0; class < KGC_NCLASSES; class ++)
			h->central[kind][class].lock.held = 0;
}

void kgc_abandon(void)
{
	state_abandon(&heap);
}

static void write_place(struct heap *h, struct out *o, uintptr_t at)
{
	out_address(o, at);
	out_text(o, ": ");
	explain_write(h, o, at);
	out_text(o, "\n");
}

static void write_fault(struct heap *h, struct out *o, const struct fault *f)
{
	out_text(o, f->what);
	out_text(o, ": ");
	counted(o, f->is, ", not ");
	counted(o, f->should, "\n");
	if (f->at) {
		out_text(o, "  at ");
		write_place(h, o, f->at);
	}
}

/* Where a check was that did not return. */
static int write_end(const struct heap *h, struct out *o)
{
	if (h->looks_at) {
		out_text(o, "it looked at the page ");
		out_address(o, h->looks_at);
		out_text(o, "\n");
	}
	return 1;
}

int state_check(struct heap *h, struct out *o)
{
	struct faults faults = { 0 };
	int i;

	if (!h->ready)
		return 0;
	if (h->checked)
		return write_end(h, o);
	h->checked = true;
	if (h->suspect)
		write_place(h, o, h->suspect);
	cache_settle(h);
	check_heap(h, &faults);
	for (i = 0; i < MIN(faults.n, FAULTS_SHOWN); i++)
		write_fault(h, o, &faults.fault[i]);
	if (faults.n > FAULTS_SHOWN)
		counted(o, faults.n - FAULTS_SHOWN, " further faults\n");
	if (!faults.n)
		out_text(o, "every invariant holds\n");
	h->checked = false;
	return faults.n;
}

int kgc_write_check(kgc_write_fn *write, void *arg)
{
	struct out o = { write, arg, 0 };

	return state_check(&heap, &o);
}
