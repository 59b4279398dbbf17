/* SPDX-License-Identifier: MIT */
/*
 * mark.pml - marking comes to an end, with all that is reachable marked
 *
 * Of mm/mark.c and weak.c: the mark list, what happens when it is full (the
 * span is pending, its marked objects are scanned again), draining, and
 * ephemerons, whose values are marked when their keys are.  Four objects in two
 * spans, a list of one or two entries, each graph of four objects without loops
 * of one edge, and one ephemeron or none.
 *
 * The order in which a batch is scanned is left open where mm/ has one of its
 * own: any entry of the list may be next.  The world is stopped, so there is
 * one process; a state that comes again would be an endless loop.
 *
 * Shown: marking ends; then what is marked is what is reachable, no span is
 * pending and the list is empty; an object is listed at most once, and a span
 * becomes pending at most once for each object listed or marked.
 *
 * prove: mark_ends -DLIST=1 progress
 * prove: mark_complete -DLIST=1
 * prove: mark_complete_longer_list -DLIST=2
 * refute: mark_needs_pending -DLIST=1 -DNO_PENDING
 * refute: mark_needs_marked_test -DLIST=1 -DNO_MARKED_TEST progress
 * refute: mark_needs_values -DLIST=1 -DNO_VALUES
 */
#define OBJECTS	4
#define SPAN(o)	((o) / 2)
#define EDGE(a, b) ((edges[a] >> (b)) & 1)

byte edges[OBJECTS];		/* bit b of edges[a]: a refers to b */
bool marked[OBJECTS];
bool listed[OBJECTS];
byte nlisted;
bool pending[2];
byte nlistings, npendings, nscans;
byte key = OBJECTS, value;	/* of the ephemeron */

inline mark(o) {
	if
#ifndef NO_MARKED_TEST
	:: marked[o]
	:: else ->
#else
	:: true ->
#endif
		marked[o] = true;
		if
		:: nlisted < LIST && !listed[o] ->
			listed[o] = true; nlisted++; nlistings++
		:: else ->
#ifndef NO_PENDING
			if
			:: !pending[SPAN(o)] ->
				pending[SPAN(o)] = true; npendings++
			:: else
			fi
#else
			skip
#endif
		fi
	fi
}

inline scan(o) {
	nscans = (nscans + 1) % 64;
	to = 0;
	do
	:: to < OBJECTS ->
		if
		:: EDGE(o, to) -> mark(to)
		:: else
		fi;
		to++
	:: else -> break
	od;
	to = 0
}

inline take(o) { listed[o] = false; nlisted--; scan(o) }

inline drain() {
	do
	:: listed[0] -> take(0)
	:: listed[1] -> take(1)
	:: listed[2] -> take(2)
	:: listed[3] -> take(3)
	:: nlisted == 0 && pending[0] -> pending[0] = false; scan_span(0)
	:: nlisted == 0 && pending[1] -> pending[1] = false; scan_span(1)
	:: nlisted == 0 && !pending[0] && !pending[1] ->
#ifndef NO_VALUES
		if
		:: key < OBJECTS && marked[key] && !marked[value] ->
			mark(value)
		:: else -> break
		fi
#else
		break
#endif
	od
}

inline scan_span(s) {
	if
	:: marked[2 * s] -> scan(2 * s)
	:: else
	fi;
	if
	:: marked[2 * s + 1] -> scan(2 * s + 1)
	:: else
	fi
}

/* What is reachable, by going on until nothing changes: bits. */
inline reach(from) {
	all = from;
	do
	:: before = all;
		to = 0;
		do
		:: to < OBJECTS ->
			if
			:: (all >> to) & 1 -> all = all | edges[to]
			:: else
			fi;
			to++
		:: else -> break
		od;
		if
		:: key < OBJECTS && (all >> key) & 1 -> all = all | (1 << value)
		:: else
		fi;
		if
		:: all == before -> break
		:: else
		fi
	od;
	to = 0
}

init {
	byte to, all, before, roots, o;

	atomic {
		/* Any graph. */
		o = 0;
		do
		:: o < OBJECTS ->
			to = 0;
			do
			:: to < OBJECTS && to != o -> edges[o] = edges[o] | (1 << to); to++
			:: to < OBJECTS -> to++
			:: to >= OBJECTS -> break
			od;
			o++
		:: else -> break
		od;
		if
		:: roots = 1
		:: roots = 5
		fi;
		if
		:: skip			/* no ephemeron */
		:: key = 0; value = 3
		:: key = 1; value = 3
		:: key = 2; value = 1
		fi;
		to = 0
	};
	atomic {
		if
		:: roots & 1 -> mark(0)
		:: else
		fi;
		if
		:: roots & 4 -> mark(2)
		:: else
		fi
	};
	drain();
	atomic {
		assert(nlisted == 0 && !pending[0] && !pending[1]);
		assert(nlistings <= OBJECTS);
		assert(npendings <= nlistings + OBJECTS);
		reach(roots);
		assert(marked[0] == ((all >> 0) & 1));
		assert(marked[1] == ((all >> 1) & 1));
		assert(marked[2] == ((all >> 2) & 1));
		assert(marked[3] == ((all >> 3) & 1))
	}
}
