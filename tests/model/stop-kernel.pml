/* SPDX-License-Identifier: MIT */
/*
 * stop-kernel.pml - how tasks of one CPU stop for a collection
 *
 * Of kernel/host.c, sched.c, sync.c and inline/kgc/host_inline.h: the pin count
 * of the CPU, the tick that switches tasks or notes that a switch is due, the
 * last unpin that does it, and the spin lock of the world.  One CPU runs tasks;
 * what several need is in stop-process.pml.  Shown besides: with one CPU nobody
 * comes while the world is stopped, so the wait queue for those stays empty,
 * and a spin lock is never found taken.
 *
 * A task's steps are its memory accesses, made only while it runs.  The tick
 * may come between any two of them, 12 times in all.  Which ready task comes
 * next is left open.
 *
 * Left out: tasks that sleep or wait for others.
 *
 * prove: stop_kernel -DN=3
 * refute: stop_kernel_needs_pin -DN=2 -DNO_PIN
 * refute: stop_kernel_needs_pinned_tick -DN=2 -DNO_PIN_CHECK
 * refute: stop_kernel_needs_count -DN=2 -DNO_COUNT
 */
#define NOBODY 255

byte current;
byte pins;
bool resched;
bool ended[N];
bool locked;			/* world.lock */
byte stopper = NOBODY;		/* world.stopper */
byte inside = NOBODY;		/* who is in a pinned section of mm/ */
byte marking = NOBODY;		/* who collects */
byte ticks = 12;

#define STEP(cond, what) atomic { (current == i && (cond)) -> what }

/* Any task that can run, or nobody; the pin count stays as it is. */
inline switch() {
	resched = false;
	if
	:: !ended[0] -> current = 0
	:: !ended[1] -> current = 1
#if N > 2
	:: !ended[2] -> current = 2
#endif
	:: else -> current = NOBODY
	fi
}

inline pin() { STEP(true, pins++) }

inline unpin() {
	STEP(true, assert(pins > 0); pins--; outermost = (pins == 0));
	/* A tick here finds 0 and switches itself. */
	if
	:: STEP(outermost && resched, assert(pins == 0); switch())
	:: STEP(!(outermost && resched), skip)
	fi
}

/* Who has it is pinned and runs alone: nobody can be found to hold it. */
inline spin_lock() { pin(); STEP(true, assert(!locked); locked = true) }
inline spin_unlock() { STEP(true, locked = false); unpin() }

inline touch_heap() {
	pin();
	STEP(true, assert(inside == NOBODY && marking == NOBODY); inside = i);
#ifndef NO_COUNT
	pin();
	unpin();
#else
	STEP(true, pins = 0);
#endif
	STEP(true, assert(inside == i && marking == NOBODY); inside = NOBODY);
#ifdef NO_COUNT
	STEP(true, pins = 1);
#endif
	unpin()
}

inline collect() {
	spin_lock();
	STEP(true, assert(stopper == NOBODY); stopper = i);
#ifndef NO_PIN
	pin();
#endif
	spin_unlock();
	STEP(true, assert(inside == NOBODY && marking == NOBODY); marking = i);
	STEP(true, assert(marking == i && inside == NOBODY));
	STEP(true, marking = NOBODY);
	spin_lock();
	STEP(true, assert(stopper == i); stopper = NOBODY);
	spin_unlock();
#ifndef NO_PIN
	unpin()
#endif
}

proctype task(byte i) {
	byte turns = 3;
	bool outermost;

	do
	:: turns > 0 -> turns--; collect()
	:: turns > 0 -> turns--; touch_heap()
	:: else -> break
	od;
	STEP(true, assert(pins == 0); ended[i] = true; switch())
}

proctype tick() {
end:	do
	:: atomic { current != NOBODY && ticks > 0 -> ticks--;
		if
#ifndef NO_PIN_CHECK
		:: pins > 0 -> resched = true
		:: else -> switch()
#else
		:: switch()
#endif
		fi }
	od
}

init {
	atomic {
		run tick();
		run task(0);
		run task(1);
#if N > 2
		run task(2)
#endif
	}
}
