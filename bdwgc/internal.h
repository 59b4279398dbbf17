/* SPDX-License-Identifier: MIT */
/*
 * internal.h - what the parts of bdwgc/ share
 *
 * This folder is bdwgc's interface written in terms of <kgc/kgc.h>; it keeps
 * little state of its own.  An allocation goes
 *
 *	GC_malloc -> bdw_alloc -> kgc_alloc -> bdw_after
 *
 * where bdw_after() finds out by the number of collections that one has been,
 * and then tells the client's callbacks and runs its finalizers.
 *
 * Every block is asked for one byte larger than the client says, so that a
 * pointer one past the end keeps it, and is at least 16 bytes, so that it is
 * aligned to 16.
 *
 * Objects of the debug functions and of kinds that the client made end in a
 * struct tail, which says what kgc does not know of them.
 *
 * Locking: there is one lock, bdw_lock(), for the lists of roots, kinds and
 * layouts.  Nothing is allocated and no callback is called with it held.
 */
#ifndef BDWGC_INTERNAL_H
#define BDWGC_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef GC_THREADS
#define GC_THREADS
#endif
#define GC_NO_THREAD_REDIRECTS
#define GC_REQUIRE_WCSDUP
#define GC_OOM_FUNC_RETURNS_ALIAS
#include <gc/gc.h>
#include <gc/gc_backptr.h>
#include <gc/gc_disclaim.h>
#include <gc/gc_gcj.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
#include <gc/gc_typed.h>
#include <gc/javaxfc.h>
#include <kgc/kgc.h>

#pragma GCC visibility push(hidden)

/* --- init.c: the first call ---------------------------------------------- */

extern bool bdw_is_up;
void bdw_start(void);
static inline void bdw_ready(void)
{
	if (!__atomic_load_n(&bdw_is_up, __ATOMIC_ACQUIRE))
		bdw_start();
}

void bdw_lock(void);
void bdw_unlock(void);

/* --- alloc.c: sizes, and what follows an allocation ---------------------- */

#define BDW_MAX_SIZE ((size_t)PTRDIFF_MAX - 4096)

/* Bytes to ask of kgc for @size bytes of the client, above 0. */
static inline size_t bdw_block_size(size_t size)
{
	return size < 15 ? 16 : size + 1;
}
void *bdw_alloc(size_t size, unsigned int flags);
/* @p, after the work that an allocation of @size brings; NULL: no memory. */
void *bdw_allocated(void *p, size_t size);

/* --- tail.c: what stands at the end of an object ------------------------- */

struct tail {
	uintptr_t magic;  /* belongs to this address */
	const char *file; /* NULL: not known */
	int line;
	short kind;	 /* as of GC_new_kind() */
	short is_marked; /* by GC_set_mark_bit() */
	size_t size;	 /* as the client asked */
};
void *bdw_alloc_tail(size_t size, int kind, const char *file, int line);
/* NULL if @p is no base of an object with a tail. */
struct tail *bdw_tail_of(const void *p);
/* The same for a block that is known to have its base at @p. */
struct tail *bdw_tail_at(const void *p, size_t block_size);
/* The first byte behind the object that was overwritten, or NULL. */
const char *bdw_smashed(const void *p, const struct tail *t);
int bdw_report_smashed(void);

/* --- kinds.c ------------------------------------------------------------- */

enum {
	KIND_NOSCAN,
	KIND_NORMAL,
	KIND_UNCOLLECTABLE,
	KIND_NOSCAN_UNCOLLECTABLE,
	KIND_FIRST, /* that GC_new_kind() gives */
};
/* Allocate as the kind wants it scanned, with no tail. */
void *bdw_alloc_kind(size_t size, int kind);
/* Have the kind's disclaim procedure, if any, called when @p dies. */
void bdw_kind_watch(void *p, int kind);

/* --- typed.c ------------------------------------------------------------- */

/* As kgc_alloc_typed(), for the layout that @d stands for. */
void *bdw_alloc_described(size_t block_size, GC_descr d);

/* --- collect.c: what happens around a collection ------------------------- */

extern uint32_t bdw_cycles_seen;
void bdw_collect_start(void);
void bdw_cycle_over(void);
static inline void bdw_after(void)
{
	if (kgc_cycles() != __atomic_load_n(&bdw_cycles_seen, __ATOMIC_RELAXED))
		bdw_cycle_over();
}
void bdw_warn(const char *msg, GC_word arg);
/* Note the statistics as they are at the end of a collection. */
void bdw_stats_cycle(void);

/* --- leak.c -------------------------------------------------------------- */

/* Count an allocation; look for leaks when enough have come together. */
void bdw_leak_count(size_t size);
void bdw_leak_check(void);
void bdw_leak_mode(bool on);

/* Every object, or every unreachable one, of a moment. */
struct object {
	char *p;
	size_t size;
	unsigned int flags;
};
struct objects {
	struct object *list; /* sorted by address */
	size_t n, room;
};
bool bdw_objects(struct objects *o, bool leaks_only);
void bdw_objects_free(struct objects *o);

/* --- params.c ------------------------------------------------------------ */

void bdw_params_start(void);
size_t bdw_heap_max(void);

#pragma GCC visibility pop

#endif /* BDWGC_INTERNAL_H */
