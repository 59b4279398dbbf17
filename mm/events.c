// SPDX-License-Identifier: MIT
/*
 * events.c - cycles in the Trace Event Format
 *
 * A viewer draws a track for each thread: what happens with the world stopped
 * is one, the sweep another, since a task that sweeps may be overtaken by the
 * next cycle.  Times are microseconds.  Each event but the first is written
 * behind a comma, so that the array can be closed at any time; a viewer reads
 * one that nobody closed, too.
 *
 * Bad at: brevity; a cycle takes about 1600 bytes.
 */
#include "internal.h"

enum { TRACK_STOPPED = 1, TRACK_SWEEP, TRACK_MARKS };

static const char *const names[KGC_NPHASES] = {
	[KGC_PHASE_STOP] = "stop the world",   [KGC_PHASE_FLUSH] = "flush",
	[KGC_PHASE_ROOTS] = "roots",	       [KGC_PHASE_MARK] = "mark",
	[KGC_PHASE_FINALIZERS] = "finalizers", [KGC_PHASE_COUNT] = "count",
	[KGC_PHASE_START] = "start the world", [KGC_PHASE_SWEEP] = "sweep",
	[KGC_PHASE_RELEASE] = "release",
};

const char *events_phase_name(int phase)
{
	return names[phase];
}

static void field(struct out *o, const char *name, uint64_t v)
{
	out_text(o, name);
	out_number(o, v);
}

/* All of an event but what is its own: @phase is a letter of the format. */
static void event(struct out *o, char phase, unsigned int track, uint64_t ns)
{
	const char letter[] = { phase, 0 };

	out_text(o, ",\n{\"ph\":\"");
	out_text(o, letter);
	field(o, "\",\"pid\":1,\"tid\":", track);
	out_text(o, ",\"ts\":");
	out_thousandths(o, ns);
}

/* The format does without the name of an end; Chromium's viewer does not. */
static void bound(struct out *o, char phase, unsigned int track, uint64_t ns,
		  const char *name)
{
	event(o, phase, track, ns);
	out_text(o, ",\"name\":\"");
	out_text(o, name);
	out_text(o, "\"}");
}

static void counter(struct out *o, const char *name, uint64_t ns, uint64_t v)
{
	event(o, 'C', TRACK_STOPPED, ns);
	out_text(o, ",\"name\":\"");
	out_text(o, name);
	field(o, "\",\"args\":{\"bytes\":", v);
	out_text(o, "}}");
}

/* The phase @i of @c, if it has begun; what has not ended ends @now. */
static void phase(struct out *o, const struct kgc_cycle *c, int i, uint64_t now)
{
	const unsigned int track =
		i < KGC_PHASE_SWEEP ? TRACK_STOPPED : TRACK_SWEEP;

	if (!c->begin_ns[i])
		return;
	bound(o, 'B', track, c->begin_ns[i], names[i]);
	bound(o, 'E', track, c->begin_ns[i + 1] ? c->begin_ns[i + 1] : now,
	      names[i]);
}

static void stopped(struct out *o, const struct kgc_cycle *c, uint64_t now)
{
	const uint64_t *t = c->begin_ns;
	int i;

	event(o, 'B', TRACK_STOPPED, t[KGC_PHASE_STOP]);
	field(o, ",\"name\":\"gc\",\"args\":{\"number\":", c->number);
	out_text(o, c->forced ? ",\"forced\":true" : ",\"forced\":false");
	field(o, ",\"objects\":", c->objects_before);
	out_text(o, "}}");
	for (i = KGC_PHASE_STOP; i < KGC_PHASE_SWEEP; i++)
		phase(o, c, i, now);
	bound(o, 'E', TRACK_STOPPED,
	      t[KGC_PHASE_SWEEP] ? t[KGC_PHASE_SWEEP] : now, "gc");
}

void kgc_events_cycle(const struct kgc_cycle *cycle, kgc_write_fn *write,
		      void *arg)
{
	struct out o = { write, arg, 0 };
	const uint64_t *t = cycle->begin_ns;
	const uint64_t now = t[KGC_NPHASES] ? 0 : kgc_host_nanotime();

	counter(&o, "heap_alloc", t[KGC_PHASE_STOP], cycle->heap_before);
	stopped(&o, cycle, now);
	if (t[KGC_PHASE_START]) {
		counter(&o, "heap_alloc", t[KGC_PHASE_START],
			cycle->heap_after);
		counter(&o, "live", t[KGC_PHASE_START], cycle->heap_after);
		counter(&o, "next_gc", t[KGC_PHASE_START], cycle->next_gc);
	}
	phase(&o, cycle, KGC_PHASE_SWEEP, now);
	phase(&o, cycle, KGC_PHASE_RELEASE, now);
}

void kgc_events_mark(const char *name, uint64_t ns, uint64_t bytes,
		     kgc_write_fn *write, void *arg)
{
	struct out o = { write, arg, 0 };

	event(&o, 'i', TRACK_MARKS, ns);
	out_text(&o, ",\"s\":\"g\",\"name\":\"");
	out_text(&o, name);
	out_text(&o, "\"");
	if (bytes)
		field(&o, ",\"args\":{\"bytes\":", bytes);
	out_text(&o, bytes ? "}}" : "}");
}

static void name_track(struct out *o, unsigned int track, const char *name)
{
	field(o, ",\n{\"ph\":\"M\",\"pid\":1,\"tid\":", track);
	out_text(o, ",\"name\":\"thread_name\",\"args\":{\"name\":\"");
	out_text(o, name);
	out_text(o, "\"}}");
}

void kgc_events_begin(kgc_write_fn *write, void *arg)
{
	struct out o = { write, arg, 0 };

	out_text(&o, "[\n{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\","
		     "\"args\":{\"name\":\"kgc\"}}");
	name_track(&o, TRACK_STOPPED, "world stopped");
	name_track(&o, TRACK_SWEEP, "sweep");
	name_track(&o, TRACK_MARKS, "marks");
}

void kgc_events_end(kgc_write_fn *write, void *arg)
{
	write(arg, "\n]\n", 3);
}
