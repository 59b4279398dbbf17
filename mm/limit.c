// SPDX-License-Identifier: MIT
/*
 * limit.c - the program is asked before it is told that memory is short
 *
 * The hook is called by the task whose allocation found no memory, after what
 * mm/ itself could do.  It may do all that a task may, allocate too; what it
 * does not find memory for then fails at once, as does what other tasks ask
 * for meanwhile.
 *
 * Locking: a flag; hook and argument change under cycle.lock.
 */
#include "internal.h"

enum { TRIES = 3 };

/* Ask the program for memory; true: try again. */
static bool ask(struct heap *h, size_t size, unsigned int tries)
{
	kgc_oom_fn *fn;
	bool again;
	void *arg;

	if (tries >= TRIES || atomic_exchange(&h->oom.asking, true))
		return false;
	lock_take(&h->cycles.lock);
	fn = h->oom.fn;
	arg = h->oom.arg;
	lock_drop(&h->cycles.lock);
	again = fn && fn(size, arg);
	atomic_store(&h->oom.asking, false);
	return again;
}

/* As kgc_set_oom_hook(), of @h. */
void limit_set_hook(struct heap *h, kgc_oom_fn *fn, void *arg)
{
	lock_take(&h->cycles.lock);
	h->oom.fn = fn;
	h->oom.arg = arg;
	h->oom.ask = fn ? ask : NULL;
	lock_drop(&h->cycles.lock);
}

void kgc_set_oom_hook(kgc_oom_fn *fn, void *arg)
{
	limit_set_hook(&heap, fn, arg);
}
