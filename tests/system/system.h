/* SPDX-License-Identifier: MIT */
/*
 * system.h - what the tests of the whole collector share
 *
 * Marking is conservative, so a pointer that a case forgot on a stack keeps its
 * object.  Cases therefore make their objects in functions of their own, keep
 * inverted addresses, overwrite the stack below, and where objects have to die
 * count a batch and let a few live.
 */
#ifndef TESTS_SYSTEM_H
#define TESTS_SYSTEM_H

#include "internal.h"

#include <lib/noroot.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

/* Objects of a batch, and how many of them have to die when none is held. */
enum { SYS_BATCH = 64, SYS_MOST = 60 };

struct sys_batch {
	uintptr_t inverse[SYS_BATCH];
};

/*
 * A further heap, its struct outside of all roots; 0 in @config takes small
 * sizes.  NULL: no memory.
 */
struct heap *sys_heap_new(const struct kgc_config *config);
void sys_heap_drop(struct heap *h);
/* Memory for a heap that is not initialised yet. */
struct heap *sys_heap_room(void);
void sys_heap_room_drop(struct heap *h);

/* What check_heap() finds in @h. */
int sys_faults(struct heap *h);

void sys_clear_stack(void);

/* Clear the stack, then collect @h. */
void sys_collect(struct heap *h);

/* Collect until the host's task has no finalizer left to run. */
void sys_settle(void);

void sys_batch_make(struct sys_batch *b, struct heap *h, size_t size,
		    unsigned int flags);
bool sys_is_live(struct heap *h, uintptr_t inverse);
unsigned int sys_batch_live(struct heap *h, const struct sys_batch *b);

/* From here on sys_lines() counts lines printed that begin with @prefix. */
void sys_output_mark(void);
unsigned int sys_lines(const char *prefix);

/* --- registers: the assembly is in x86_64/ and i386/ --------------------- */

/* Call @fn() with nothing but one register holding ~@inverse. */
typedef void sys_hold_fn(uintptr_t inverse, void (*fn)(void));

/* Set held, then loop until stop is set, one register holding ~@inverse. */
struct sys_spin {
	volatile int held, stop;
};
typedef void sys_spin_fn(uintptr_t inverse, struct sys_spin *spin);

/* One of a batch is in the register, alone: it lives, the others do not. */
void sys_check_held(sys_hold_fn *hold);
void sys_check_preempted(sys_spin_fn *spin);
/* The same with no register: it dies too. */
void sys_check_not_held(sys_hold_fn *hold);
void sys_check_not_preempted(sys_spin_fn *spin);

#endif /* TESTS_SYSTEM_H */
