/* SPDX-License-Identifier: MIT */
/*
 * kernel/libc.h - what the kernel asks of libc/, whichever library that is
 *
 * The kernel itself calls no C library; it gives each task room for the
 * library's state and says whose turn it is.
 */
#ifndef KERNEL_LIBC_H
#define KERNEL_LIBC_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Room that a task's state takes, 16-aligned; fill it. */
size_t libc_task_size(void);
void libc_task_init(void *state);
/*
 * The task with @state runs from here on.  Called at each switch, interrupts
 * off: no more than a store, no vector register.
 */
void libc_task_switch(void *state);
/*
 * The current task, with @state, ends: end its thread, which may run code of
 * the program, and give back what the library keeps for it.
 */
void libc_task_exit(void *state);

/* Streams, environment, constructors.  In the main task, with the heap up. */
void libc_init(void);
/* main() has returned: clear the stack below, so that no word of it is a root.
 */
void libc_main_ended(void);
/* Write out what the standard streams hold. */
void libc_flush(void);
/* exit(): destructors, streams, then kernel_exit(). */
_Noreturn void libc_exit(int status);

#pragma GCC visibility pop

#endif /* KERNEL_LIBC_H */
