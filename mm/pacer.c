// SPDX-License-Identifier: MIT
/*
 * pacer.c - when to collect next
 *
 * The next cycle starts when the heap has grown by gcpercent of what the last
 * one found alive; that is known when marking ends.  Below heap_min nothing
 * is collected, and a heap with a limit collects before it reaches it.
 *
 * pacer.allocated counts the bytes of runs when they are taken, so it runs
 * ahead of what was handed out by at most a run for each class and kind.  What
 * the program freed is taken off when a cycle seems due, and not before.
 *
 * A heap that is full is not collected for ever.  Each cycle costs as many
 * bytes as it marks, and each byte allocated since the last pays for
 * gcshare / (100 - gcshare) of them; what is not paid for is a debt.  With
 * four cycles' worth of debt the next allocation that finds no memory gets
 * NULL at once, and the account begins anew.  Bytes are counted and not time,
 * so that the same program always gets the same answer.
 */
#include "internal.h"

#define PERCENT_MAX	 1000000   /* so that a product fits in 64 bits */
#define SHARE_DEFAULT	 90	   /* of marked and allocated bytes */
#define DEBT_CYCLES	 4	   /* in vain, before it is said so */
#define HEAP_MIN_DEFAULT (4 * MIB) /* at most an eighth of heap_max */

void pacer_init(struct heap *h, const struct kgc_config *config)
{
	struct pacer *p = &h->pacer;

	p->heap_min = config->heap_min
			      ? config->heap_min
			      : MIN(HEAP_MIN_DEFAULT, h->pageheap.max / 8);
	p->percent =
		config->percent || config->percent_zero ? config->percent : 100;
	p->stress = config->stress;
	p->countdown = config->stress;
	p->next_gc = p->heap_min;
	p->share = config->share ? MIN(config->share, 100) : SHARE_DEFAULT;
}

/* A run or a large object of @bytes was taken. */
void pacer_add(struct heap *h, size_t bytes)
{
	_Atomic size_t *n = &h->pacer.allocated;

	if (h->shared)
		atomic_fetch_add_explicit(n, bytes, memory_order_relaxed);
	else
		atomic_store_explicit(
			n,
			atomic_load_explicit(n, memory_order_relaxed) + bytes,
			memory_order_relaxed);
}

/* Under gcstress: an allocation is asked for. */
void pacer_count(struct heap *h)
{
	struct pacer *p = &h->pacer;

	uint32_t left = p->countdown;

	if (left)
		atomic_compare_exchange_strong(&p->countdown, &left, left - 1);
}

/* May a collection begin that nobody asked for? */
bool pacer_is_on(const struct heap *h)
{
	return h->pacer.percent >= 0 && !h->pacer.disabled;
}

/*
 * Take off what was freed; true if that makes the cycle one that is not due.
 * What the sweep has not come to counts as taken: then nothing is changed.
 */
static bool settle(struct heap *h)
{
	struct pacer *p = &h->pacer;
	size_t taken = stats_taken(h), before = p->allocated;

	if (taken >= before)
		return false;
	atomic_compare_exchange_strong(&p->allocated, &before, taken);
	return taken < p->next_gc;
}

/* Is there a reason to collect?  Under gcstress, every Nth allocation. */
bool pacer_is_due(struct heap *h)
{
	struct pacer *p = &h->pacer;

	if (!pacer_is_on(h))
		return false;
	if (p->allocated >= p->next_gc && !settle(h) &&
	    !(p->full && p->debt > p->debt_most))
		return true;
	return p->stress && !p->countdown;
}

/*
 * Memory is short: have collections marked too much of late for what could be
 * allocated?  If so, that is said once.
 */
bool pacer_is_in_vain(struct heap *h)
{
	struct pacer *p = &h->pacer;

	if (p->debt <= p->debt_most)
		return false;
	p->debt = 0;
	return true;
}

/* Marking found @live bytes. */
static void account(struct pacer *p, uint64_t live)
{
	const size_t before = p->allocated;
	const uint64_t grown = before > p->live ? before - p->live : 0;
	const uint64_t paid =
		p->share < 100 ? mul_div_u64(grown, p->share, 100 - p->share)
			       : UINT64_MAX / 2;
	const uint64_t most = DEBT_CYCLES * live;
	const uint64_t debt = ((uint64_t)p->debt << 10) + live;

	p->debt_most = most >> 10;
	p->debt = debt > paid ? MIN(debt - paid, 2 * most) >> 10 : 0;
	p->live = live;
}

/* Marking is done and found @live bytes. */
void pacer_set_trigger(struct heap *h, uint64_t live)
{
	struct pacer *p = &h->pacer;
	const size_t max = h->pageheap.max;
	const int percent = MAX(p->percent, 0);
	uint64_t next = live + mul_div_u64(live, percent, 100);

	account(p, live);
	next = MAX(next, p->heap_min);
	p->full = false;
	if (max != SIZE_MAX) { /* leave a sixteenth for what is not objects */
		const uint64_t most =
			MAX(max - max / 16, live + (max - MIN(max, live)) / 2);

		p->full = next > most;
		next = MIN(next, most);
	}
	p->next_gc = MIN(next, SIZE_MAX);
	p->allocated = live;
	p->countdown = p->stress;
}

int kgc_set_percent(int percent)
{
	const int old = heap.pacer.percent;

	context_check();
	heap.pacer.percent = MIN(percent, PERCENT_MAX);
	return old;
}

void kgc_set_stress(unsigned int nth)
{
	context_check();
	heap.pacer.countdown = nth;
	heap.pacer.stress = nth;
}

void kgc_disable(void)
{
	context_check();
	heap.pacer.disabled++;
}

void kgc_enable(void)
{
	context_check();
	if (heap.pacer.disabled == 0)
		kgc_host_panic("gc: enable %d: not disabled", 0);
	heap.pacer.disabled--;
}

bool kgc_is_disabled(void)
{
	return heap.pacer.disabled;
}

size_t kgc_set_heap_max(size_t bytes)
{
	struct pageheap *ph = &heap.pageheap;
	const size_t old = ph->max;

	context_check();
	ph->max = bytes;
	if (heap.pacer.next_gc > bytes - bytes / 16)
		heap.pacer.next_gc = bytes - bytes / 16;
	return old;
}

unsigned int kgc_set_share(unsigned int percent)
{
	const unsigned int old = heap.pacer.share;

	context_check();
	heap.pacer.share = MIN(percent, 100);
	return old;
}
