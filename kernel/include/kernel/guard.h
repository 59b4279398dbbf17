/* SPDX-License-Identifier: MIT */
/* kernel/guard.h - call what may fail, when all else is over */
#ifndef KERNEL_GUARD_H
#define KERNEL_GUARD_H

#include <stdbool.h>

/*
 * Call @fn, in a machine that does nothing else any more.  False if it
 * panicked, faulted, or took longer than 5 s since it began or since its last
 * guard_progress(): then guard_why() is a line that says so.  Interrupts are
 * on meanwhile, and off behind it.
 */
bool guard_call(void (*fn)(void));
const char *guard_why(void);
void guard_progress(void);

/* It failed: back to guard_call(), or return if nothing is guarded. */
void guard_fail(const char *why);
/* At each tick.  True: there is nothing else to do at it. */
bool guard_tick(void);

#endif /* KERNEL_GUARD_H */
