/* SPDX-License-Identifier: MIT */
/*
 * central.pml - a span that is freed into while a cache gives it up
 *
 * Of mm/central.c: where a span is, its count of used objects, the list of its
 * class, and its pages, which go back when nothing is used and may come again
 * as a span of another class with the same record.  Several slots take the span
 * from the list, take objects from it and give it up; others free objects.
 *
 * A step is one access to memory that others see; where, nused and state are
 * seq_cst in mm/, and the list has its lock.
 *
 * At the end, and whenever nobody is in the middle of something, a span with
 * free objects is in its list or a cache, one without used objects is neither,
 * and its pages went back, once.
 *
 * Left out: the objects themselves (a slot frees one that it or another took),
 * and sweeping, which is in sweep.pml.
 *
 * prove: central_freed -DN=3
 * refute: central_freed_needs_second_look -DN=2 -DNO_SECOND_LOOK
 * refute: central_freed_needs_leaving -DN=3 -DNO_LEAVING
 * refute: central_freed_needs_class -DN=3 -DNO_CLASS
 */
#define NELEMS	2
#define NOBODY	255

mtype = { NOWHERE, LISTED, CACHED, LEAVING };
mtype where = LISTED;
bool inuse = true;		/* state == SPAN_INUSE */
byte class;			/* 0 or 1: kind and class */
byte nused;
byte owner = NOBODY;		/* whose window it is */
bool lock[2], listed[2];	/* of each class: the span is in its list */
byte held;			/* objects handed out and not yet being freed */
byte turns = 3;			/* what is begun in all */
byte ndone;

inline take(c) { atomic { !lock[c] -> lock[c] = true } }
inline drop(c) { lock[c] = false }

/* Under the lock of list c; each look at nused is a step of its own. */
inline settle(c) {
	if
	:: atomic { nused == 0 ->
		assert(inuse && class == c);
		if
		:: where == LISTED -> assert(listed[c]); listed[c] = false
		:: else -> assert(!listed[c])
		fi };
#ifndef NO_LEAVING
		where = LEAVING;
#else
		where = NOWHERE;
#endif
		gone = true
	:: atomic { nused != 0 -> gone = false };
		if
		:: atomic { nused < NELEMS && where != LISTED ->
			assert(!listed[c] && owner == NOBODY);
			listed[c] = true };
			where = LISTED
		:: atomic { !(nused < NELEMS && where != LISTED) }
		fi
	fi
}

/* span_free_pages(), then the page heap, under its own lock. */
inline free_pages() {
	atomic { assert(inuse && nused == 0 && !listed[0] && !listed[1] &&
			owner == NOBODY);
		inuse = false }
}

inline release() {
	take(class);
	atomic { where = NOWHERE; owner = NOBODY };
	settle(was);
	drop(was);
	if
	:: gone -> free_pages()
	:: else
	fi
}

/* One of the objects that are handed out is freed: of class was. */
inline free_object() {
	atomic { nused--; left = nused };
#ifdef NO_SECOND_LOOK
	/* Only who lowers a full span's count looks. */
	seen = (left == NELEMS - 1 -> NOWHERE : CACHED);
#else
	seen = where;
#endif
	if
	:: seen == NOWHERE || (left == 0 && seen == LISTED) ->
		take(was);
		if
#ifndef NO_CLASS
		:: atomic { inuse && class == was &&
			(where == NOWHERE || where == LISTED) };
#else
		:: atomic { inuse && (where == NOWHERE || where == LISTED) };
#endif
			settle(was)
		:: else -> gone = false
		fi;
		drop(was);
		if
		:: gone -> free_pages()
		:: else
		fi
	:: else
	fi
}

inline pop() {
	take(0);
	if
	:: listed[0] ->
		atomic { listed[0] = false; where = CACHED; owner = me; got = true }
	:: else -> got = false
	fi;
	drop(0)
}

/* The record comes back from the page heap as a span of either class. */
inline carve() {
	atomic { !inuse -> inuse = true; where = LEAVING; nused = 0;
		owner = me; got = true;
		if
		:: class = 0
		:: class = 1
		fi };
	where = CACHED
}

/* Take one object, or all; then the span is given up, full or not. */
inline use_span() {
	was = class;
	do
	:: atomic { nused < NELEMS -> nused++; held++ }
	:: break
	od;
	release()
}

proctype slot(byte me) {
	byte left, was;
	bool got, gone;
	mtype seen;

	do
	:: atomic { turns > 0 -> turns-- };
		if
		:: pop();
			if
			:: got -> use_span()
			:: else
			fi
		:: atomic { !inuse -> skip };
			got = false;
			if
			:: carve(); use_span()
			:: inuse
			fi
		fi
	:: atomic { held > 0 -> held--; was = class }; free_object()
	:: turns == 0 && held == 0 -> break
	od;
	ndone++
}

init {
	byte i;

	atomic {
		/* A listed span, one object of it handed out. */
		listed[0] = true;
		nused = 1;
		held = 1;
		for (i : 0 .. N - 1) {
			run slot(i)
		}
	};
	ndone == N;
	/* Nothing is used any more: the pages went back. */
	assert(!inuse && !listed[0] && !listed[1])
}
