// SPDX-License-Identifier: MIT
/*
 * trace.c - fuzz target: the reader of allocation traces
 */
#include <string.h>

#include "internal.h"
#include "fuzz.h"

enum { HEADER = 128, AT_CRC = 96, SLOTS_MAX = 1 << 16 };

static void walk(const struct trace_file *f, struct trace_slots *s)
{
	struct trace_point point;
	struct trace_walk w;

	trace_slots_reset(s);
	trace_walk_start(&w, f);
	while (trace_walk_event(&w, s)) {
		must(w.op < TRACE_NOPS);
		must(w.slot < f->nslots);
	}
	must(w.done == f->nevents);
	for (uint32_t i = 0; i < f->npoints; i++)
		trace_point_read(&point, f, i);
}

static void take(const uint8_t *data, size_t size)
{
	struct fault fault = { 0 };
	struct trace_slots s = { 0 };
	struct trace_file f;

	if (!trace_file_open(&f, data, size, &fault)) {
		must(fault.what && fault.at <= size);
		return;
	}
	if (f.nslots > SLOTS_MAX)
		return;
	s.nslots = f.nslots;
	s.size = calloc(f.nslots + 1, sizeof(*s.size));
	s.freed = calloc(f.nslots + 1, sizeof(*s.freed));
	if (trace_file_check(&f, &s, &fault))
		walk(&f, &s);
	else
		must(fault.what && fault.at <= size);
	free(s.size);
	free(s.freed);
}

/* As it is, and with the sum that it should have: the rest is read then. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *sealed;
	uint32_t crc;

	take(data, size);
	if (size < HEADER)
		return 0;
	sealed = malloc(size);
	memcpy(sealed, data, size);
	crc = crc32_of(data + HEADER, size - HEADER);
	memcpy(sealed + AT_CRC, &crc, sizeof(crc));
	take(sealed, size);
	free(sealed);
	return 0;
}
