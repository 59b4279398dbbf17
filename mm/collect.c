// SPDX-License-Identifier: MIT
/*
 * collect.c - one cycle, as a table of contents
 *
 * A cycle is non-moving, stop-the-world mark, then sweep with the world
 * running.  What other tasks need while it is stopped they get afterwards;
 * interrupts stay on all the time.
 */
#include "internal.h"

struct cycle_arg {
	struct heap *heap;
	struct kgc_cycle *cycle;
};

static void visit_root(const void *lo, const void *hi, enum kgc_root kind,
		       const void *owner, void *arg)
{
	mark_range(arg, lo, hi);
}

static _Noreturn void panic_of(struct heap *h, const struct faults *faults)
{
	char text[CHECK_TEXT];

	h->suspect = faults->fault[0].at;
	check_text(h, &faults->fault[0], text, sizeof(text));
	kgc_host_panic("%s (%d faults)", text, faults->n);
}

/* At level 2: the heap as the marker leaves it. */
static void check_cycle(struct heap *h)
{
	struct faults faults = { 0 };

	if (KGC_CHECK < 2)
		return;
	check_heap(h, &faults);
	if (faults.n)
		panic_of(h, &faults);
}

/* The roots are scanned: mark what they reach, then what deaths ask for. */
void collect_mark_rest(struct heap *h)
{
	final_mark_held(h); /* arguments; objects queued and not yet run */
	mark_drain(h);
	cycle_phase(h, KGC_PHASE_FINALIZERS);
	weak_clear_short(h);
	final_mark_contents(h); /* what finalizable objects point to: order */
	mark_drain(h);
	final_queue_unmarked(h); /* and mark them, and what they point to */
	weak_clear_long(h);
}

/* Everything between stop and start, on the collector's stack. */
static void cycle_stopped(void *p)
{
	const struct cycle_arg *arg = p;
	struct heap *h = arg->heap;
	struct kgc_cycle *c = arg->cycle;

	sweep_all(h);	    /* what others left behind since */
	cache_flush_all(h); /* from here the bitmap tells the truth */

	cycle_phase(h, KGC_PHASE_ROOTS);
	mark_start(h);
	root_visit(h, visit_root, h);
	cycle_phase(h, KGC_PHASE_MARK);
	collect_mark_rest(h);

	cycle_phase(h, KGC_PHASE_COUNT);
	stats_live(h, &c->objects_after, &c->heap_after);
	pacer_set_trigger(h, c->heap_after);
	c->next_gc = h->pacer.next_gc;
	check_cycle(h);
	sweep_start(h);
	cycle_phase(h, KGC_PHASE_START);
}

static void call_hook(const struct heap *h, bool begins)
{
	void (*hook)(bool begins) = h->cycle_hook;

	if (hook)
		hook(begins);
}

static __attribute__((noinline)) void cycle_before(struct heap *h,
						   struct kgc_cycle *c)
{
	struct totals t;

	cycle_begin(h, c);
	stats_totals(h, &t);
	c->heap_before = t.alloc_bytes - t.free_bytes;
	c->objects_before = t.nmalloc - t.nfree;
}

/* Start the world; sweep, tell, and wake who waits for this. */
static __attribute__((noinline)) void cycle_after(
	struct heap *h, const struct kgc_cycle *record)
{
	struct kgc_cycle c = *record; /* the next one may begin at once */
	struct totals t;

	kgc_host_start_world();
	sweep_all(h);
	c.begin_ns[KGC_PHASE_RELEASE] = kgc_host_nanotime();
	stats_totals(h, &t);
	c.nmalloc = t.nmalloc;
	c.nfree = t.nfree;
	c.nlookup = t.nlookup;
	pageheap_release(h, SIZE_MAX, 2);
	if (h->specials.nqueued && !h->specials.on_demand)
		kgc_host_wake_finalizer();
	c.begin_ns[KGC_NPHASES] = kgc_host_nanotime();
	cycle_finish(h, &c);
	if (h->debug)
		kgc_printf("pause %llu\n",
			   (unsigned long long)(c.begin_ns[KGC_PHASE_SWEEP] -
						c.begin_ns[KGC_PHASE_STOP]));
	if (h->trace)
		gctrace_print(h, &c);
	cycle_tell(h);
	call_hook(h, false);
}

/*
 * The slot's cycle record.  If two tasks of one slot begin at once, the one
 * that does not stop the world may have reset the other's start time.
 */
static struct kgc_cycle *cycle_record(struct heap *h, bool force)
{
	struct kgc_cycle *c = &h->cache[kgc_host_pin()]->cycle;

	*c = (struct kgc_cycle){ .forced = force };
	c->begin_ns[KGC_PHASE_STOP] = kgc_host_nanotime();
	kgc_host_unpin();
	return c;
}

/*
 * Run a cycle.  False: another slot's came first, collections were disabled,
 * or, unless @force, there is no reason any more.  This frame is scanned: it
 * holds no numbers.
 */
static bool cycle(struct heap *h, bool force)
{
	struct cycle_arg arg = { .heap = h };

	sweep_all(h);
	mark_prepare(h);
	call_hook(h, true);
	arg.cycle = cycle_record(h, force);
	if (!kgc_host_stop_world()) {
		call_hook(h, false);
		return false;
	}
	if (force ? h->pacer.disabled : !pacer_is_due(h)) {
		kgc_host_start_world();
		call_hook(h, false);
		return false;
	}
	cycle_before(h, arg.cycle);
	kgc_host_call_saved(cycle_stopped, &arg);
	cycle_started(h, arg.cycle);
	cycle_after(h, arg.cycle);
	return true;
}

/*
 * Collect; if @force, a whole cycle that began after the call.  In task
 * context; the caller's slot has a cache.
 */
void collect(struct heap *h, bool force)
{
	bool ran;

	do
		ran = cycle(h, force);
	while (force && !ran && !h->pacer.disabled);
	if (ran && !force && h->trace > 1)
		cycle(h, true);
}

void kgc_collect(void)
{
	if (!cache_attach(&heap))
		return;
	collect(&heap, true);
	heap.pacer.debt = 0; /* it was asked for */
}

void kgc_set_cycle_hook(void (*fn)(bool begins))
{
	context_check();
	heap.cycle_hook = fn;
}

uint32_t kgc_cycles(void)
{
	return heap.numgc;
}
