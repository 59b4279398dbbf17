/* SPDX-License-Identifier: MIT */
/*
 * lock-order.pml - spin locks that are taken in the order of their ranks
 *
 * Of mm/lock.h: what lock_take() asserts at level 1 is taken for granted here:
 * a slot takes a lock only if its rank is above those that it holds, and
 * lock_try() takes any that is free.  Then every path that any code can go is
 * among those tried: each slot takes up to three locks of four, in each rising
 * order, and may try one more while it holds them, as the host's way back into
 * kgc_trim() does.  A slot may also stop the world, which waits until nobody
 * else is pinned, and then take locks.
 *
 * Shown: nobody waits for ever, though each waits by spinning; a lock has one
 * holder; with the world stopped no lock is held by who was stopped, so the
 * collector never waits for one.
 *
 * prove: lock_order -DN=3
 * prove: lock_order_two_stop -DN=2 -DBOTH
 * refute: lock_order_needs_ranks -DN=2 -DNO_RANKS
 * refute: lock_order_needs_pin -DN=2 -DNO_PIN
 */
#define NLOCKS 4
#define NOBODY 255

byte holder[NLOCKS] = NOBODY;
byte pinned[N];			/* how deep */
byte stopper = NOBODY;
byte ndone;

inline pin() { atomic { (stopper == NOBODY || stopper == i ||
	pinned[i] > 0) -> pinned[i]++ } }
inline unpin() { assert(pinned[i] > 0); pinned[i]-- }

#ifdef NO_RANKS
#define MAY_TAKE(l) (holder[l] != i)
#else
#define MAY_TAKE(l) ((held >> (l)) == 0)
#endif

inline take(l) {
#ifndef NO_PIN
	pin();
#endif
	atomic { holder[l] == NOBODY -> holder[l] = i;
		assert(stopper == NOBODY || stopper == i) };
	held = held | (1 << l)
}

inline drop(l) {
	held = held & ~(1 << l);
	atomic { assert(holder[l] == i); holder[l] = NOBODY };
#ifndef NO_PIN
	unpin()
#endif
}

inline try(l) {
	pin();
	if
	:: atomic { holder[l] == NOBODY -> holder[l] = i };
		atomic { assert(holder[l] == i); holder[l] = NOBODY }
	:: atomic { holder[l] != NOBODY -> skip }
	fi;
	unpin()
}

/* Take some locks, and give them back, the last first. */
inline work() {
	n = 0;
	do
	:: n < 3 ->
		if
		:: MAY_TAKE(0) -> l = 0
		:: MAY_TAKE(1) -> l = 1
		:: MAY_TAKE(2) -> l = 2
		:: MAY_TAKE(3) -> l = 3
		:: n > 0 -> l = NLOCKS	/* that is all */
		fi;
		if
		:: l < NLOCKS -> take(l); stack[n] = l; n++
		:: else -> break
		fi
	:: else -> break
	od;
	if
	:: skip
	:: try(0)
	:: try(2)
	fi;
	do
	:: n > 0 -> n--; l = stack[n]; drop(l); stack[n] = 0
	:: else -> break
	od;
	l = 0
}

inline others_are_unpinned() {
	atomic { stopper == NOBODY && (i == 0 || pinned[0] == 0) &&
		(i == 1 || pinned[1] == 0) &&
		(i == N - 1 || pinned[N - 1] == 0) -> stopper = i }
}

proctype slot(byte i) {
	byte held, n, l, stack[3];

	if
	:: work()
#ifdef BOTH
	:: true ->
#else
	:: i == 0 ->
#endif
		others_are_unpinned();
		atomic { assert(holder[0] == NOBODY && holder[1] == NOBODY &&
			holder[2] == NOBODY && holder[3] == NOBODY) };
		pin();
		work();
		unpin();
		stopper = NOBODY;
		work()
	fi;
	assert(pinned[i] == 0 && held == 0);
	ndone++
}

init {
	byte i;

	atomic {
		for (i : 0 .. N - 1) {
			run slot(i)
		}
	}
}
