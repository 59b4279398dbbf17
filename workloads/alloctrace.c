// SPDX-License-Identifier: MIT
/*
 * alloctrace.c - replay a real program's calls of malloc
 *
 * The table of blocks is a root, the blocks are noscan.  In mode free a freed
 * block goes to kgc_free(); in mode gc it only loses its pointer in the table,
 * and the collector finds it.  Each block is filled with a pattern made of its
 * slot and size, which is compared before the block goes, across a realloc,
 * and at the end.
 *
 * At a checkpoint of the file, after a collection in mode gc, every block of
 * the table must still be an allocated one, their number, bytes and hash those
 * of the file, and the heap must hold no more and no fewer objects than that
 * beside what it held before, give or take SLACK: a stale word on a stack may
 * hold on to a block.
 *
 * Statistics are taken every SAMPLE events, so a peak between two of them may
 * be missed, and of more than 256 collections between two the earliest pauses.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <kgc/kgc.h>
#include <workloads/workload.h>
#include "internal.h"

enum {
	SAMPLE = 4096,
	SLACK = 16,
	WRONG_PRINTED = 8 /* of a mode; more only count */
};

static const char name[] = "alloctrace";

struct replay {
	const char *name; /* of the file */
	const char *mode;
	bool gc;
	struct trace_file file;
	struct trace_slots slots;
	struct trace_walk walk;
	void **block;	   /* by slot; a root */
	uint32_t point;	   /* number of the checkpoint that comes next */
	uint32_t wrong;	   /* things that were not as they should be */
	uint64_t objects0; /* in the heap before */
	/* figures of the mode's line */
	uint32_t numgc0, numgc;
	uint64_t pause0_ns, pause_ns, longest_ns;
	uint64_t heap_peak;
	struct kgc_memstats stats;
};

static void wrong(struct replay *r, const char *what, uint32_t slot)
{
	if (r->wrong++ < WRONG_PRINTED)
		printf("%s %s mode %s: event %" PRIu32 " slot %" PRIu32
		       ": %s\n",
		       name, r->name, r->mode, r->walk.done, slot, what);
}

/* --- contents ------------------------------------------------------------- */

/* Word @i of the pattern; the last one of a block may be cut. */
static uintptr_t pattern(uint32_t key, size_t i)
{
	return (uintptr_t)0x9e3779b97f4a7c15u * (key + i);
}

static void block_fill(unsigned char *p, uint32_t slot, uint32_t size)
{
	const uint32_t key = trace_slot_hash(slot, size);
	size_t i = 0, left = size;
	uintptr_t v;

	for (; left >= sizeof(v); left -= sizeof(v), p += sizeof(v)) {
		v = pattern(key, i++);
		memcpy(p, &v, sizeof(v));
	}
	v = pattern(key, i);
	memcpy(p, &v, left);
}

/* Are the first @left bytes those that block_fill(@slot, @size) wrote? */
static bool block_is_filled(const unsigned char *p, uint32_t slot,
			    uint32_t size, uint32_t left)
{
	const uint32_t key = trace_slot_hash(slot, size);
	uintptr_t v, differs = 0;
	size_t i = 0;

	for (; left >= sizeof(v); left -= sizeof(v), p += sizeof(v)) {
		memcpy(&v, p, sizeof(v));
		differs |= v ^ pattern(key, i++);
	}
	v = pattern(key, i);
	return !differs && !memcmp(p, &v, left);
}

static bool block_is_zero(const unsigned char *p, size_t size)
{
	return !size || (!*p && !memcmp(p, p + 1, size - 1));
}

/* --- events --------------------------------------------------------------- */

static void *event_alloc(const struct trace_walk *w)
{
	if (w->op == TRACE_ALIGNED)
		return kgc_alloc_aligned(w->size, (size_t)1 << w->align,
					 KGC_NOSCAN | KGC_NOZERO);
	if (w->op == TRACE_CALLOC)
		return kgc_alloc(w->size, KGC_NOSCAN);
	return kgc_alloc(w->size, KGC_NOSCAN | KGC_NOZERO);
}

static bool replay_alloc(struct replay *r, const struct trace_walk *w)
{
	void *p = event_alloc(w);

	if (!p)
		return false;
	if ((uintptr_t)p & (((uintptr_t)1 << w->align) - 1))
		wrong(r, "not aligned", w->slot);
	if (w->op == TRACE_CALLOC && !block_is_zero(p, w->size))
		wrong(r, "calloc not zero", w->slot);
	block_fill(p, w->slot, w->size);
	r->block[w->slot] = p;
	return true;
}

static bool replay_realloc(struct replay *r, const struct trace_walk *w)
{
	uint32_t least = w->size < w->old_size ? w->size : w->old_size;
	void *p = r->block[w->slot];

	if (!block_is_filled(p, w->slot, w->old_size, w->old_size))
		wrong(r, "changed", w->slot);
	p = kgc_realloc(p, w->size);
	if (!p)
		return false;
	if (!block_is_filled(p, w->slot, w->old_size, least))
		wrong(r, "changed by realloc", w->slot);
	block_fill(p, w->slot, w->size);
	r->block[w->slot] = p;
	return true;
}

static void replay_free(struct replay *r, uint32_t slot, uint32_t size)
{
	void *p = r->block[slot];

	if (!block_is_filled(p, slot, size, size))
		wrong(r, "changed", slot);
	r->block[slot] = NULL;
	if (!r->gc)
		kgc_free(p);
}

/* False if there is no memory. */
static bool replay_event(struct replay *r, const struct trace_walk *w)
{
	if (w->op == TRACE_FREE) {
		replay_free(r, w->slot, w->old_size);
		return true;
	}
	return w->op == TRACE_REALLOC ? replay_realloc(r, w)
				      : replay_alloc(r, w);
}

/* --- figures and checkpoints ---------------------------------------------- */

static void sample(struct replay *r)
{
	const struct kgc_memstats *s = &r->stats;

	kgc_read_memstats(&r->stats);
	if (s->heap_sys - s->heap_released > r->heap_peak)
		r->heap_peak = s->heap_sys - s->heap_released;
	for (; r->numgc != s->numgc; r->numgc++) {
		uint64_t ns = s->pause_ns[r->numgc % 256];

		if (s->numgc - r->numgc <= 256 && ns > r->longest_ns)
			r->longest_ns = ns;
	}
	r->pause_ns = s->pause_total_ns;
}

/* The figures of a checkpoint, of blocks that the heap still knows. */
static void survey(const struct replay *r, struct trace_point *p)
{
	const struct trace_slots *s = &r->slots;
	size_t usable;

	*p = (struct trace_point){ .after = r->walk.done };
	for (uint32_t i = 0; i < s->used; i++) {
		if (s->size[i] == TRACE_NONE)
			continue;
		if (kgc_lookup(r->block[i], &usable) != r->block[i] ||
		    usable < s->size[i])
			continue;
		p->live_objects++;
		p->live_bytes += s->size[i];
		p->live_hash += trace_slot_hash(i, s->size[i]);
	}
}

/* Objects in the heap beyond those of before and those of the table. */
static int64_t objects_beyond(struct replay *r)
{
	kgc_read_memstats(&r->stats);
	return (int64_t)(r->stats.heap_objects - r->objects0 - r->slots.live);
}

static void checkpoint(struct replay *r, const struct trace_point *want)
{
	struct trace_point got;
	int64_t beyond;

	sample(r);
	if (r->gc) {
		stack_clear();
		kgc_collect();
	}
	beyond = objects_beyond(r);
	survey(r, &got);
	if (got.live_objects == want->live_objects &&
	    got.live_bytes == want->live_bytes &&
	    got.live_hash == want->live_hash && beyond <= SLACK &&
	    beyond >= -SLACK)
		return;
	r->wrong++;
	printf("%s %s mode %s: checkpoint after %" PRIu32 ": live %" PRIu32
	       " bytes %" PRIu64 " hash 0x%08" PRIx32 " expected %" PRIu32
	       " %" PRIu64 " 0x%08" PRIx32 ", %" PRId64
	       " objects beyond: MISMATCH\n",
	       name, r->name, r->mode, got.after, got.live_objects,
	       got.live_bytes, got.live_hash, want->live_objects,
	       want->live_bytes, want->live_hash, beyond);
}

static void checkpoint_if_due(struct replay *r)
{
	struct trace_point want;

	if (r->walk.done % SAMPLE == 0)
		sample(r);
	if (r->point == r->file.npoints)
		return;
	trace_point_read(&want, &r->file, r->point);
	if (want.after != r->walk.done)
		return;
	r->point++;
	checkpoint(r, &want);
}

/* --- a mode --------------------------------------------------------------- */

static void replay_start(struct replay *r, bool gc)
{
	r->gc = gc;
	r->mode = gc ? "gc" : "free";
	r->point = r->wrong = 0;
	r->heap_peak = r->longest_ns = 0;
	trace_slots_reset(&r->slots);
	trace_walk_start(&r->walk, &r->file);
	stack_clear();
	kgc_collect();
	kgc_trim(SIZE_MAX);
	kgc_read_memstats(&r->stats);
	r->objects0 = r->stats.heap_objects;
	r->numgc0 = r->numgc = r->stats.numgc;
	r->pause0_ns = r->stats.pause_total_ns;
}

/* Compare what is left, and let it go. */
static __attribute__((noinline)) void replay_finish(struct replay *r)
{
	sample(r);
	for (uint32_t i = 0; i < r->slots.used; i++) {
		if (r->slots.size[i] != TRACE_NONE)
			replay_free(r, i, r->slots.size[i]);
	}
}

/* After memory ran out: nothing to compare, the model is a step ahead. */
static void replay_abandon(struct replay *r)
{
	memset(r->block, 0, r->file.nslots * sizeof(void *));
	stack_clear();
	kgc_collect();
}

static __attribute__((noinline)) bool replay_events(struct replay *r)
{
	while (trace_walk_event(&r->walk, &r->slots)) {
		if (!replay_event(r, &r->walk))
			return false;
		checkpoint_if_due(r);
	}
	return true;
}

static void print_ms(const char *what, uint64_t ns)
{
	unsigned long long us = ns / 1000;

	printf(" %s %llu.%03llu ms", what, us / 1000, us % 1000);
}

static int replay_mode(struct replay *r, bool gc, bool *ok)
{
	replay_start(r, gc);
	if (!replay_events(r)) {
		replay_abandon(r);
		return workload_no_memory(name, r->name, r->walk.done - 1,
					  "events");
	}
	replay_finish(r);
	printf("%s %s mode %s: events %" PRIu32 " peak live %" PRIu64
	       " heap peak %" PRIu64 " collections %" PRIu32,
	       name, r->name, r->mode, r->walk.done, r->slots.peak_bytes,
	       r->heap_peak, r->numgc - r->numgc0);
	print_ms("total pause", r->pause_ns - r->pause0_ns);
	print_ms("longest pause", r->longest_ns);
	printf(": %s\n", r->wrong ? "MISMATCH" : "ok");
	*ok &= !r->wrong;
	return 0;
}

/* --- run ------------------------------------------------------------------ */

static bool modes_wanted(bool want[2])
{
	const char *mode = workload_option("mode");
	bool both = !mode || !*mode || !strcmp(mode, "both");

	want[0] = both || !strcmp(mode, "free");
	want[1] = both || !strcmp(mode, "gc");
	if (!want[0] && !want[1])
		printf("%s: mode=%s: free, gc or both\n", name, mode);
	return want[0] || want[1];
}

static int replay_modes(struct replay *r, const bool want[2])
{
	bool ok = true;

	for (int gc = 0; gc < 2; gc++) {
		if (want[gc] && replay_mode(r, gc, &ok))
			return 1;
	}
	printf("%s %s: %s\n", name, r->name, ok ? "ok" : "MISMATCH");
	return !ok;
}

static bool replay_tables(struct replay *r)
{
	const uint32_t n = r->file.nslots;

	r->slots.nslots = n;
	r->slots.size = table_alloc(n, sizeof(uint32_t));
	r->slots.freed = table_alloc(n, sizeof(uint32_t));
	r->block = table_alloc(n, sizeof(void *));
	return r->slots.size && r->slots.freed && r->block;
}

static int replay_run(struct replay *r, const char *path)
{
	struct fault fault;
	bool want[2];
	int status;

	if (!modes_wanted(want))
		return 1;
	if (!replay_tables(r))
		return workload_no_memory(name, r->name, 0, "events");
	if (!trace_file_check(&r->file, &r->slots, &fault))
		return workload_bad(name, path, fault);
	if (kgc_add_root(r->block, r->block + r->file.nslots))
		return workload_no_memory(name, r->name, 0, "events");
	status = replay_modes(r, want);
	kgc_remove_root(r->block, r->block + r->file.nslots);
	return status;
}

int alloctrace_run(const char *path)
{
	struct replay r = { .name = workload_base_name(path) };
	struct workload_file file;
	struct fault fault;
	int status;

	if (!workload_need(name, path, &file))
		return 1;
	if (!trace_file_open(&r.file, file.data, file.size, &fault))
		return workload_bad(name, path, fault);
	status = replay_run(&r, path);
	kgc_free(r.slots.size);
	kgc_free(r.slots.freed);
	kgc_free(r.block);
	stack_clear();
	kgc_collect();
	return status;
}
