/* SPDX-License-Identifier: MIT */
/*
 * stop-process.pml - how threads of a process stop for a collection
 *
 * Of hosted/world.c: pin, unpin, the signal, stop_here(), stop_world() and
 * start_world(), a thread that registers late and one that leaves.  A kernel
 * that stops its CPUs by an interrupt and lets pinned ones park at their last
 * unpin has the same protocol, with the interrupt for the signal.
 *
 * A thread's steps are its memory accesses, in order (they are seq_cst, or of
 * one thread and its handler).  Its handler is a process that runs instead of
 * it: the thread's steps wait while it does.  A handler has its signal masked.
 * A futex is waited for as long as its word has the value, since who changes
 * the word wakes all, or the only one.
 *
 * Left out: the shared slot (a lock that is taken unpinned, like registry
 * here), signals that others send, and a thread that blocks all signals.
 *
 * prove: stop_process -DN=3
 * prove: stop_process_ends -DN=2 -DENDS ltl ends
 * refute: stop_process_needs_depth -DN=2 -DNO_DEPTH
 * refute: stop_process_needs_second_look -DN=2 -DNO_PENDING
 * refute: stop_process_needs_registry -DN=3 -DNO_REGISTRY
 */
#define NOBODY	  255
#define STOPPED	  (world % 2 == 1)

byte world;		/* odd: stopped, or about to be */
byte nrunning;
bool registry;		/* a lock */
bool known[N];		/* registered */
byte depth[N];
bool pending[N], asked[N], signalled[N];
bool handling[N];	/* its handler runs, not the thread */
bool parked[N];		/* in stop_here(), counted */
bool inside[N];		/* in a pinned section, touching the heap */
byte stopper = NOBODY;	/* who has the world stopped, by its own account */
byte ndone;

/* A step of thread i, when its handler does not run. */
#define STEP(cond, what) atomic { (!handling[i] && (cond)) -> what }

/* By the thread itself, or by its handler: only that may run then. */
inline stop_here(mine, seen) {
	atomic { (mine || !handling[i]) -> seen = world };
	atomic { (mine || !handling[i]) -> parked[i] = true; nrunning-- };
	atomic { ((mine || !handling[i]) && world != seen) -> parked[i] = false }
}

inline unpin() {
	STEP(true, inside[i] = false);
	STEP(true, depth[i]--);
	if
	:: atomic { !handling[i] && depth[i] == 0 && pending[i] ->
		pending[i] = false };
#ifndef NO_PENDING
		stop_here(false, now)
#endif
	:: atomic { !handling[i] && !(depth[i] == 0 && pending[i]) }
	fi
}

inline touch_heap() {
	STEP(true, depth[i]++);
	STEP(true, inside[i] = true; assert(stopper == NOBODY));
	STEP(true, assert(stopper == NOBODY));
	unpin()
}

inline stop_others() {
	STEP(true, other = 0; nrunning = 0;
		do
		:: other < N -> nrunning = nrunning +
			(known[other] && other != i -> 1 : 0); other++
		:: else -> break
		od; other = 0);
	do
	:: other < N ->
		if
		:: known[other] && other != i ->
			STEP(true, asked[other] = true);
			STEP(true, signalled[other] = true)
		:: else
		fi;
		STEP(true, other++)
	:: else -> break
	od;
	STEP(nrunning == 0, skip)
}

inline check_all_parked() {
	other = 0;
	do
	:: other < N ->
		assert(other == i || !known[other] || parked[other]);
		assert(other == i || !inside[other]);
		other++
	:: else -> break
	od;
	other = 0
}

inline collect() {
	STEP(true, now = world);
	if
	:: STEP(now % 2 == 0 && world == now, world++; won = true)
	:: STEP(!(now % 2 == 0 && world == now), won = false)
	fi;
	if
	:: won ->
		STEP(true, depth[i]++);
#ifndef NO_REGISTRY
		STEP(!registry, registry = true);
#endif
		stop_others();
		STEP(true, stopper = i; check_all_parked());
		STEP(true, check_all_parked());
		STEP(true, stopper = NOBODY);
		STEP(true, world++);
		STEP(true, registry = false);
		unpin()
	:: else ->	/* sleep until that one is through */
		STEP(!(now % 2 == 1 && world == now), skip)
	fi
}

proctype thread(byte i) {
	byte other, now, turns = 2;
	bool won;

	if
	:: i == N - 1 ->	/* this one comes late */
		STEP(!registry, registry = true);
		STEP(true, known[i] = true);
		STEP(true, registry = false)
	:: else
	fi;
	do
	:: turns > 0 && i != N - 1 -> turns = 0; collect()
	:: turns > 0 -> turns--; touch_heap()
	:: else -> break
	od;
#ifndef NO_REGISTRY
	STEP(!registry, registry = true);
#endif
	/* A signal that is on its way is taken while the thread still is. */
	STEP(!signalled[i], known[i] = false);
	STEP(true, registry = false);
	ndone++
}

proctype handler(byte i) {
	byte seen;

end:	do
	:: atomic { signalled[i] && !handling[i] ->
		signalled[i] = false; handling[i] = true };
		if
		:: atomic { asked[i] -> asked[i] = false };
			if
#ifndef NO_DEPTH
			:: depth[i] > 0 -> pending[i] = true
			:: else -> stop_here(true, seen)
#else
			:: stop_here(true, seen)
#endif
			fi
		:: else
		fi;
		atomic { seen = 0; handling[i] = false }
	od
}

init {
	byte i;

	atomic {
		for (i : 0 .. N - 1) {
			known[i] = i < N - 1;
			run thread(i);
			run handler(i)
		}
	}
}

#ifdef ENDS
ltl ends { <> (ndone == N) }
#endif
