/* SPDX-License-Identifier: MIT */
/* libc/start.h - what libc/posix asks of the folder of the library */
#ifndef LIBC_START_H
#define LIBC_START_H

#pragma GCC visibility push(hidden)

/*
 * Streams, and what exit() is to do; before constructors run.  What is written
 * goes out line by line, in order with the kernel's own.
 */
void library_init(void);

/* Give back what the library keeps for the calling task, which ends. */
void library_task_exit(void *state);

#pragma GCC visibility pop

#endif /* LIBC_START_H */
