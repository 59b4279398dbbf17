// SPDX-License-Identifier: MIT
/*
 * tracefile.c - read and check allocation traces (ATRACE1)
 *
 * An event only makes sense with what went before: which slots are taken, and
 * which one a new block gets.  struct trace_slots is that state; it is lent by
 * the caller, two words a slot.  trace_walk_event() reads an event, refuses one
 * that does not fit the state, and takes it in.  trace_file_check() does so
 * for all of them and compares every figure of the header, so that a replay
 * meets no fault.  What the checkpoints promise is left to the replay.
 */
#include <string.h>
#include "internal.h"

enum {
	HEADER_SIZE = 128,
	POINT_SIZE = 24,
	FLAGS = 1,
	SIZE_LIMIT = 1 << 29,
	ALIGN_LIMIT = 20, /* log2: what kgc_alloc_aligned() takes */
	/* offsets of the header's fields */
	AT_VERSION = 8,
	AT_FLAGS = 12,
	AT_NEVENTS = 16,
	AT_NSLOTS = 20,
	AT_NALLOCS = 24,
	AT_NREALLOCS = 28,
	AT_NFREES = 32,
	AT_PEAK_OBJECTS = 36,
	AT_PEAK_BYTES = 40,
	AT_TOTAL = 48,
	AT_FINAL_BYTES = 56,
	AT_FINAL_OBJECTS = 64,
	AT_MAX_SIZE = 68,
	AT_MAX_ALIGN = 72,
	AT_PEAK_EVENT = 76,
	AT_EVENTS_OFF = 80,
	AT_EVENTS_LEN = 84,
	AT_POINTS_OFF = 88,
	AT_NPOINTS = 92,
	AT_CRC = 96,
	AT_ZERO = 100,
};

uint32_t trace_slot_hash(uint32_t slot, uint32_t size)
{
	return fmix32(slot * 0x9e3779b9 + size);
}

/* --- events --------------------------------------------------------------- */

void trace_slots_reset(struct trace_slots *s)
{
	struct trace_slots empty = {
		.size = s->size,
		.freed = s->freed,
		.nslots = s->nslots,
	};

	*s = empty;
	for (uint32_t i = 0; i < s->nslots; i++)
		s->size[i] = TRACE_NONE;
}

static void slot_drop(struct trace_slots *s, uint32_t slot, uint32_t size)
{
	s->live--;
	s->live_bytes -= size;
	s->live_hash -= trace_slot_hash(slot, size);
	s->size[slot] = TRACE_NONE;
}

static void slot_hold(struct trace_slots *s, uint32_t slot, uint32_t size)
{
	s->live++;
	s->live_bytes += size;
	s->live_hash += trace_slot_hash(slot, size);
	s->size[slot] = size;
	s->total_bytes += size;
	if (size > s->max_size)
		s->max_size = size;
}

static void take_peaks(struct trace_slots *s, uint32_t event)
{
	if (s->live > s->peak)
		s->peak = s->live;
	if (s->live_bytes > s->peak_bytes) {
		s->peak_bytes = s->live_bytes;
		s->peak_event = event;
	}
}

/* The slot that a new block takes, still on its stack. */
static uint32_t slot_next(const struct trace_slots *s)
{
	return s->nfree ? s->freed[s->nfree - 1] : s->used;
}

static void read_old(struct trace_walk *w, const struct trace_slots *s,
		     uint32_t x)
{
	w->slot = x;
	w->old_size = x < s->used ? s->size[x] : TRACE_NONE;
	if (w->old_size == TRACE_NONE)
		fault_set(&w->in.fault, "slot that holds nothing", w->start);
}

static void read_new(struct trace_walk *w, const struct trace_slots *s,
		     uint32_t x)
{
	w->slot = slot_next(s);
	w->size = x;
	if (w->slot >= s->nslots)
		fault_set(&w->in.fault, "more slots than nslots", w->start);
}

static void read_event(struct trace_walk *w, const struct trace_slots *s)
{
	uint32_t v = reader_leb(&w->in);
	size_t at = w->in.at;

	if ((v & 7) >= TRACE_NOPS) {
		fault_set(&w->in.fault, "no such op", w->start);
		return;
	}
	w->op = v & 7;
	w->size = w->align = 0;
	w->old_size = TRACE_NONE;
	if (w->op == TRACE_FREE || w->op == TRACE_REALLOC)
		read_old(w, s, v >> 3);
	else
		read_new(w, s, v >> 3);
	if (w->op == TRACE_REALLOC)
		w->size = reader_leb(&w->in);
	if (w->size >= SIZE_LIMIT)
		fault_set(&w->in.fault, "size of 2^29 or more", at);
	if (w->op == TRACE_ALIGNED)
		w->align = reader_leb(&w->in);
	if (w->align > ALIGN_LIMIT)
		fault_set(&w->in.fault, "alignment over 2^20", at);
}

void trace_walk_start(struct trace_walk *w, const struct trace_file *f)
{
	*w = (struct trace_walk){
		.in = { f->data, f->events_off, f->events_end, { NULL, 0 } },
	};
}

bool trace_walk_event(struct trace_walk *w, struct trace_slots *s)
{
	if (w->in.at == w->in.end)
		return false;
	w->start = w->in.at;
	read_event(w, s);
	if (w->in.fault.what)
		return false;
	w->done++;
	s->nops[w->op]++;
	if (w->old_size != TRACE_NONE)
		slot_drop(s, w->slot, w->old_size);
	else if (s->nfree)
		s->nfree--;
	else
		s->used++;
	if (w->op == TRACE_FREE)
		s->freed[s->nfree++] = w->slot;
	else
		slot_hold(s, w->slot, w->size);
	if (w->align > s->max_align)
		s->max_align = w->align;
	take_peaks(s, w->done);
	return true;
}

/* --- checkpoints ---------------------------------------------------------- */

void trace_point_read(struct trace_point *p, const struct trace_file *f,
		      uint32_t number)
{
	const unsigned char *at =
		f->data + f->points_off + (size_t)number * POINT_SIZE;

	*p = (struct trace_point){
		.after = get32(at),
		.live_objects = get32(at + 4),
		.live_bytes = get64(at + 8),
		.live_hash = get32(at + 16),
	};
}

static void check_points(const struct trace_file *f, struct fault *fault)
{
	uint32_t last = 0;

	for (uint32_t i = 0; i < f->npoints && !fault->what; i++) {
		size_t at = f->points_off + (size_t)i * POINT_SIZE;
		uint32_t after = get32(f->data + at);

		if (after <= last || after > f->nevents)
			fault_set(fault, "checkpoint out of order", at);
		zeros_check(f->data, at + 20, at + POINT_SIZE, fault);
		last = after;
	}
}

/* --- check ---------------------------------------------------------------- */

static void check_layout(struct trace_file *f, struct fault *fault)
{
	const unsigned char *p = f->data;
	uint64_t events_off = get32(p + AT_EVENTS_OFF);
	uint64_t events_end = events_off + get32(p + AT_EVENTS_LEN);
	uint64_t points_off = get32(p + AT_POINTS_OFF);
	uint64_t end = points_off + (uint64_t)f->npoints * POINT_SIZE;

	if (events_off < HEADER_SIZE)
		fault_set(fault, "events_off in the header", AT_EVENTS_OFF);
	if (events_end > points_off)
		fault_set(fault, "events_len past the checkpoints",
			  AT_EVENTS_LEN);
	if (points_off % 8)
		fault_set(fault, "points_off not a multiple of 8",
			  AT_POINTS_OFF);
	if (end > UINT32_MAX)
		fault_set(fault, "npoints past 4 GiB", AT_NPOINTS);
	if (end > f->size)
		fault_set(fault, "truncated", f->size);
	/* An event takes a byte at least, a slot an event. */
	if (f->nevents > events_end - events_off)
		fault_set(fault, "more events than bytes", AT_NEVENTS);
	if (f->nslots > f->nevents)
		fault_set(fault, "more slots than events", AT_NSLOTS);
	f->events_off = (uint32_t)events_off;
	f->events_end = (uint32_t)events_end;
	f->points_off = (uint32_t)points_off;
}

static void check_figures(const struct trace_file *f,
			  const struct trace_slots *s, uint32_t nevents,
			  struct fault *fault)
{
	const struct header_field field[] = {
		{ "nevents is not their number", AT_NEVENTS, 4, nevents },
		{ "nslots is not their number", AT_NSLOTS, 4, s->used },
		{ "nallocs is not their number", AT_NALLOCS, 4,
		  (uint64_t)s->nops[TRACE_MALLOC] + s->nops[TRACE_CALLOC] +
			  s->nops[TRACE_ALIGNED] },
		{ "nreallocs is not their number", AT_NREALLOCS, 4,
		  s->nops[TRACE_REALLOC] },
		{ "nfrees is not their number", AT_NFREES, 4,
		  s->nops[TRACE_FREE] },
		{ "peak_objects is not the peak", AT_PEAK_OBJECTS, 4, s->peak },
		{ "peak_bytes is not the peak", AT_PEAK_BYTES, 8,
		  s->peak_bytes },
		{ "total_bytes is not the sum", AT_TOTAL, 8, s->total_bytes },
		{ "final_bytes is not what is left", AT_FINAL_BYTES, 8,
		  s->live_bytes },
		{ "final_objects is not what is left", AT_FINAL_OBJECTS, 4,
		  s->live },
		{ "max_size is not the greatest", AT_MAX_SIZE, 4, s->max_size },
		{ "max_align is not the greatest", AT_MAX_ALIGN, 4,
		  s->max_align },
		{ "peak_event is not the first", AT_PEAK_EVENT, 4,
		  s->peak_event },
	};

	header_compare(f->data, field, sizeof(field) / sizeof(field[0]), fault);
}

bool trace_file_check(const struct trace_file *f, struct trace_slots *s,
		      struct fault *fault)
{
	struct trace_walk w;

	trace_slots_reset(s);
	trace_walk_start(&w, f);
	while (trace_walk_event(&w, s))
		;
	*fault = w.in.fault;
	check_figures(f, s, w.done, fault);
	check_points(f, fault);
	if (!fault->what &&
	    crc32_of(f->data + HEADER_SIZE, f->size - HEADER_SIZE) !=
		    get32(f->data + AT_CRC))
		fault_set(fault, "crc", AT_CRC);
	return !fault->what;
}

bool trace_file_open(struct trace_file *f, const unsigned char *data,
		     size_t size, struct fault *fault)
{
	*fault = (struct fault){ NULL, 0 };
	*f = (struct trace_file){ .data = data, .size = size };
	if (size >= 8 && memcmp(data, "ATRACE1\n", 8))
		fault_set(fault, "magic", 0);
	if (size < HEADER_SIZE) {
		fault_set(fault, "truncated", size);
		return false;
	}
	if (get32(data + AT_VERSION) != 1)
		fault_set(fault, "version", AT_VERSION);
	if (get32(data + AT_FLAGS) & ~(uint32_t)FLAGS)
		fault_set(fault, "flags", AT_FLAGS);
	zeros_check(data, AT_ZERO, HEADER_SIZE, fault);
	if (fault->what)
		return false;
	f->nevents = get32(data + AT_NEVENTS);
	f->nslots = get32(data + AT_NSLOTS);
	f->npoints = get32(data + AT_NPOINTS);
	f->peak_bytes = get64(data + AT_PEAK_BYTES);
	check_layout(f, fault);
	return !fault->what;
}
