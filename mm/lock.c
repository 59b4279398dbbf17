// SPDX-License-Identifier: MIT
/*
 * lock.c - taking and dropping a lock
 *
 * Not inline: no fast path locks, and there are many that do.
 */
#include "internal.h"

/* Bit r is set while the slot holds a lock of rank r; owner slot only. */
static unsigned int ranks[SLOTS_MAX];

void lock_take(struct lock *l)
{
	const unsigned int slot = kgc_host_pin();

	if (KGC_CHECK >= 1) {
		context_refuse();
		kgc_assert(ranks[slot] >> l->rank == 0);
		ranks[slot] |= 1u << l->rank;
	}
	/* Acquire pairs with the release in lock_drop(). */
	while (atomic_exchange_explicit(&l->held, 1, memory_order_acquire))
		kgc_host_relax();
}

bool lock_try(struct lock *l)
{
	const unsigned int slot = kgc_host_pin();

	if (atomic_exchange_explicit(&l->held, 1, memory_order_acquire)) {
		kgc_host_unpin();
		return false;
	}
	if (KGC_CHECK >= 1)
		ranks[slot] |= 1u << l->rank;
	return true;
}

void lock_drop(struct lock *l)
{
	if (KGC_CHECK >= 1) {
		const unsigned int slot = kgc_host_pin();

		ranks[slot] &= ~(1u << l->rank);
		kgc_host_unpin();
	}
	atomic_store_explicit(&l->held, 0, memory_order_release);
	kgc_host_unpin();
}

/* Whoever held a lock never runs again. */
void lock_forget_ranks(void)
{
	memset(ranks, 0, sizeof(ranks));
}
