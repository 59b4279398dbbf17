/* SPDX-License-Identifier: MIT */
/*
 * lock.h - spin locks with ranks
 *
 * A lock is taken in a pinned section that lasts until it is dropped, so a
 * stopped slot never holds one.  At level 1 and above each slot keeps the
 * ranks it holds and asserts that they rise.
 */
#ifndef KGC_LOCK_H
#define KGC_LOCK_H

/* The order in which locks are taken; internal.h says what each protects. */
enum rank {
	RANK_SPECIAL,
	RANK_CENTRAL,
	RANK_PAGEHEAP,
	RANK_MARK,
	RANK_ROOT,
	RANK_TYPE,
	RANK_META,
};

struct lock {
	_Atomic unsigned int held;
	enum rank rank;
};

/* Bit r is set while the slot holds a lock of rank r; owner slot only. */
extern unsigned int lock_ranks[SLOTS_MAX];

static inline void lock_init(struct lock *l, enum rank rank)
{
	atomic_init(&l->held, 0);
	l->rank = rank;
}

static inline void lock_take(struct lock *l)
{
	const unsigned int slot = kgc_host_pin();

	if (KGC_CHECK >= 1) {
		kgc_assert(lock_ranks[slot] >> l->rank == 0);
		lock_ranks[slot] |= 1u << l->rank;
	}
	/* Acquire pairs with the release in lock_drop(). */
	while (atomic_exchange_explicit(&l->held, 1, memory_order_acquire))
		kgc_host_relax();
}

/* False if the lock is taken, by whomever. */
static inline bool lock_try(struct lock *l)
{
	const unsigned int slot = kgc_host_pin();

	if (atomic_exchange_explicit(&l->held, 1, memory_order_acquire)) {
		kgc_host_unpin();
		return false;
	}
	if (KGC_CHECK >= 1)
		lock_ranks[slot] |= 1u << l->rank;
	return true;
}

static inline void lock_drop(struct lock *l)
{
	if (KGC_CHECK >= 1) {
		const unsigned int slot = kgc_host_pin();

		lock_ranks[slot] &= ~(1u << l->rank);
		kgc_host_unpin();
	}
	atomic_store_explicit(&l->held, 0, memory_order_release);
	kgc_host_unpin();
}

#endif /* KGC_LOCK_H */
