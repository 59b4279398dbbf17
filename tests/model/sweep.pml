/* SPDX-License-Identifier: MIT */
/*
 * sweep.pml - who sweeps a span, and that a cycle begins with all swept
 *
 * Of mm/sweep.c and collect.c: the sweep numbers of spans and of the heap, the
 * claim of a span by one exchange, slots that need a span and sweep it or wait,
 * the sweep of a batch that was found under the lock of the page heap, records
 * that go back to the page heap when a sweep finds nothing alive, and come
 * again, and cycles that begin in between.
 *
 * Stopping the world waits until nobody else is pinned (stop-process.pml).
 * Numbers count from 4 by 2 as in mm/.  A span's objects are one bit: whether
 * the next sweep finds any of them alive.
 *
 * Shown: in each cycle each span that was there when it began is swept once;
 * who uses a span finds it swept; no cycle begins while one is behind; nobody
 * waits for ever.
 *
 * prove: sweep_claim -DN=2 -DSPANS=2 -DCYCLES=2 -DTURNS=2
 * prove: sweep_claim_three -DN=3 -DSPANS=1 -DCYCLES=1 -DTURNS=1
 * refute: sweep_needs_claim -DN=2 -DSPANS=1 -DCYCLES=1 -DTURNS=2 -DNO_CLAIM
 * refute: sweep_needs_pin -DN=2 -DSPANS=2 -DCYCLES=2 -DTURNS=2 -DNO_PIN
 * refute: sweep_needs_all_swept -DN=2 -DSPANS=2 -DCYCLES=2 -DTURNS=2 -DNO_SWEEP_ALL
 */
byte gen = 4;			/* heap.sweepgen */
byte sweepgen[SPANS];
bool inuse[SPANS], alive[SPANS];
bool due[SPANS];		/* to be swept in this cycle, and not yet */
bool swept = true;		/* heap.swept */
bool stopped;			/* the world */
bool lock;			/* pageheap.lock */
byte npinned;			/* slots in pinned sections */
byte cycles = CYCLES;
bool ended[N];

/* A pinned section begins only while the world runs. */
inline pin() { atomic { !stopped -> npinned++ } }
inline unpin() { npinned-- }

/* Clears what is dead; without any object left the record goes. */
inline sweep_claimed(s) {
	atomic { assert(due[s] && inuse[s]); due[s] = false };
	if
	:: alive[s] -> sweepgen[s] = gen
	:: else ->
		sweepgen[s] = gen;
		atomic { !lock -> lock = true };
		inuse[s] = false;
		lock = false
	fi
}

/* Pinned.  See that s is swept. */
inline sweep_span(s) {
	behind = gen - 2;
	if
#ifndef NO_CLAIM
	:: atomic { sweepgen[s] == behind -> sweepgen[s] = behind + 1 };
		sweep_claimed(s)
	:: atomic { sweepgen[s] != behind -> skip };
		sweepgen[s] == gen
#else
	:: sweepgen[s] == behind ->
		sweepgen[s] = behind + 1;
		sweep_claimed(s)
	:: sweepgen[s] != behind ->
		sweepgen[s] == gen
#endif
	fi
}

/* Sweep the spans that are behind, two at a time; all, after some turns. */
inline sweep_batch(pinned) {
	if
	:: pinned -> pin()
	:: else
	fi;
	atomic { !lock -> lock = true; n = 0;
		do
		:: n < SPANS ->
			found[n] = inuse[n] && sweepgen[n] != gen; n++
		:: else -> break
		od; n = 0 };
	lock = false;
#ifdef NO_PIN
	if
	:: pinned -> unpin(); pin()
	:: else
	fi;
#endif
	do
	:: n < SPANS && found[n] -> sweep_span(n); found[n] = false; n++
	:: n < SPANS && !found[n] -> n++
	:: else -> break
	od;
	n = 0;
	if
	:: pinned -> unpin()
	:: else
	fi
}

inline sweep_all() {
	seen = gen;
	if
	:: swept
	:: else ->
		sweep_batch(true);
		sweep_batch(true);
		pin();
		if
		:: atomic { seen == gen -> swept = true }
		:: atomic { seen != gen -> skip }
		fi;
		unpin()
	fi
}

/* Free into a span, or look at it: it must have been swept. */
inline use() {
	pin();
	if
	:: atomic { inuse[0] -> skip };
		sweep_span(0);
		atomic { assert(!inuse[0] || sweepgen[0] == gen) }
	:: atomic { !lock && !inuse[0] -> lock = true };
		/* pageheap_alloc(): the record comes again. */
		sweepgen[0] = gen;
		inuse[0] = true;
		alive[0] = true;
		lock = false
	fi;
	unpin()
}

inline collect() {
	sweep_all();
	atomic { !stopped && npinned == 0 -> stopped = true };
#ifndef NO_SWEEP_ALL
	sweep_batch(false);
#endif
	atomic {
		n = 0;
		do
		:: n < SPANS ->
			assert(!inuse[n] || sweepgen[n] == gen);
			due[n] = inuse[n];
			if
			:: inuse[n] -> alive[n] = true
			:: inuse[n] -> alive[n] = false
			:: else
			fi;
			n++
		:: else -> break
		od;
		n = 0;
		gen = gen + 2;
		swept = false;
		stopped = false
	};
	sweep_all();
	/* Whatever was there when the cycle began is swept now. */
	atomic { assert(gen != seen || !due[0]) }
}

proctype slot(byte i) {
	byte n, behind, seen, turns = TURNS;
	bool found[SPANS];

	do
	:: atomic { cycles > 0 -> cycles-- }; collect()
	:: turns > 0 -> turns--; use()
	:: turns > 0 -> turns--; sweep_batch(true)
	:: turns == 0 && cycles == 0 -> break
	od;
	ended[i] = true
}

init {
	byte i;

	atomic {
		for (i : 0 .. SPANS - 1) {
			sweepgen[i] = gen;
			inuse[i] = true;
			alive[i] = true
		}
		for (i : 0 .. N - 1) {
			run slot(i)
		}
	}
}
