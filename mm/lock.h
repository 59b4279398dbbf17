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
	RANK_CYCLE,
	RANK_META,
};

struct lock {
	_Atomic unsigned int held;
	enum rank rank;
};

static inline void lock_init(struct lock *l, enum rank rank)
{
	atomic_init(&l->held, 0);
	l->rank = rank;
}

/* lock.c */
void lock_take(struct lock *l);
bool lock_try(struct lock *l); /* false if it is taken, by whomever */
void lock_drop(struct lock *l);
void lock_forget_ranks(void);

#endif /* KGC_LOCK_H */
