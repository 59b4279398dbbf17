// SPDX-License-Identifier: MIT
/*
 * cycle.c - records of the last cycles, and who is told of them
 *
 * A cycle notes when each of its phases begins, in a record of its slot's.
 * Before it starts the world the record goes into a ring, and after the sweep
 * the rest of it; a task that sweeps for long may find that others have run
 * cycles meanwhile.  Whatever reads cycles reads the ring.
 *
 * The observer is told of them in order: who finds another telling leaves its
 * own cycle to that one, and a cycle waits for those before it to end.
 *
 * Bad at: a task that sweeps for as long as the ring has cycles.  Its record is
 * lost by then, and so is the observer's call.
 *
 * Locking: cycle.lock, while the world runs.
 */
#include "internal.h"

void cycle_init(struct heap *h)
{
	lock_init(&h->cycles.lock, RANK_CYCLE);
	h->cycles.next = 1;
}

/* The cycle that has the world stopped, if there is one, enters @phase. */
void cycle_phase(struct heap *h, enum kgc_phase phase)
{
	struct kgc_cycle *c = h->cycles.now;

	if (c)
		c->begin_ns[phase] = kgc_host_nanotime();
}

static void no_later(uint64_t *ns, uint64_t limit)
{
	if (*ns > limit)
		*ns = limit;
}

/*
 * The world has stopped for @c.  Another task of the slot may have had the
 * record meanwhile, and left its times there.
 */
void cycle_begin(struct heap *h, struct kgc_cycle *c)
{
	const struct kgc_cycle *before =
		&h->cycles.last[h->numgc % KGC_LAST_CYCLES];
	int i;

	if (c->begin_ns[KGC_PHASE_STOP] < before->begin_ns[KGC_PHASE_SWEEP])
		c->begin_ns[KGC_PHASE_STOP] = before->begin_ns[KGC_PHASE_SWEEP];
	for (i = KGC_PHASE_FLUSH; i <= KGC_NPHASES; i++)
		c->begin_ns[i] = 0;
	c->number = h->numgc + 1;
	h->cycles.now = c;
	cycle_phase(h, KGC_PHASE_FLUSH);
}

/* The last that @c does with the world stopped: count it. */
void cycle_started(struct heap *h, struct kgc_cycle *c)
{
	uint64_t pause;

	cycle_phase(h, KGC_PHASE_SWEEP);
	pause = c->begin_ns[KGC_PHASE_SWEEP] - c->begin_ns[KGC_PHASE_STOP];
	h->pause_ns[h->numgc % 256] = pause;
	h->pause_total_ns += pause;
	h->numgc++;
	h->cycles.last[c->number % KGC_LAST_CYCLES] = *c;
	h->cycles.now = NULL;
}

/* @c has ended; had another one begun, its sweep was done by then. */
void cycle_finish(struct heap *h, const struct kgc_cycle *c)
{
	struct cycles *t = &h->cycles;
	const struct kgc_cycle *next;
	struct kgc_cycle *r = &t->last[c->number % KGC_LAST_CYCLES];

	lock_take(&t->lock);
	if (r->number == c->number) {
		*r = *c;
		next = &t->last[(c->number + 1) % KGC_LAST_CYCLES];
		if (next->number == c->number + 1) {
			const uint64_t limit = next->begin_ns[KGC_PHASE_SWEEP];

			no_later(&r->begin_ns[KGC_PHASE_RELEASE], limit);
			no_later(&r->begin_ns[KGC_NPHASES], limit);
		}
	}
	lock_drop(&t->lock);
}

/* Under the lock: the next cycle to tell of, if it has ended, or NULL. */
static const struct kgc_cycle *due(const struct heap *h)
{
	const struct cycles *t = &h->cycles;
	const struct kgc_cycle *c = &t->last[t->next % KGC_LAST_CYCLES];

	return t->fn && t->next <= h->numgc && c->begin_ns[KGC_NPHASES] ? c
									: NULL;
}

static bool is_due(struct heap *h)
{
	bool is;

	lock_take(&h->cycles.lock);
	if (h->numgc - h->cycles.next + 1 > KGC_LAST_CYCLES)
		h->cycles.next = h->numgc + 1 - KGC_LAST_CYCLES; /* lost some */
	is = due(h);
	lock_drop(&h->cycles.lock);
	return is;
}

static bool take(struct heap *h, struct kgc_cycle *copy)
{
	const struct kgc_cycle *c;

	lock_take(&h->cycles.lock);
	c = due(h);
	if (c) {
		*copy = *c;
		h->cycles.next++;
	}
	lock_drop(&h->cycles.lock);
	return c;
}

/* Tell the observer what it does not know. */
void cycle_tell(struct heap *h)
{
	struct cycles *t = &h->cycles;
	struct kgc_cycle c;

	while (is_due(h) && !atomic_exchange(&t->telling, true)) {
		while (take(h, &c))
			t->fn(&c, t->arg);
		atomic_store(&t->telling, false);
	}
}

/* Memory was told to be short. */
void cycle_failed(struct heap *h, size_t size)
{
	lock_take(&h->cycles.lock);
	h->cycles.oom_ns = kgc_host_nanotime();
	h->cycles.oom_size = size;
	lock_drop(&h->cycles.lock);
}

void cycle_observe(struct heap *h, kgc_cycle_fn *fn, void *arg)
{
	lock_take(&h->cycles.lock);
	h->cycles.fn = fn;
	h->cycles.arg = arg;
	h->cycles.next = h->numgc + 1;
	lock_drop(&h->cycles.lock);
}

void kgc_set_cycle_observer(kgc_cycle_fn *fn, void *arg)
{
	cycle_observe(&heap, fn, arg);
}

/* As kgc_last_cycles(). */
int cycle_last(const struct heap *h, struct kgc_cycle *cycles, int n)
{
	const struct cycles *t = &h->cycles;
	const int now = t->now != NULL, most = MIN(n, (int)KGC_LAST_CYCLES);
	const int ended = MIN((int)MIN(h->numgc, KGC_LAST_CYCLES), most - now);
	int i;

	for (i = 0; i < ended; i++)
		cycles[i] =
			t->last[(h->numgc - ended + 1 + i) % KGC_LAST_CYCLES];
	if (now && most)
		cycles[i++] = *t->now;
	return i;
}

int kgc_last_cycles(struct kgc_cycle *cycles, int n)
{
	return cycle_last(&heap, cycles, n);
}

uint64_t kgc_last_failure(size_t *size)
{
	*size = heap.cycles.oom_size;
	return heap.cycles.oom_ns;
}
