/* SPDX-License-Identifier: MIT */
/* libc/lock.h - the library's locks, when the program ends */
#ifndef LIBC_LOCK_H
#define LIBC_LOCK_H

#pragma GCC visibility push(hidden)

/*
 * The current task closes the streams and ends the program: from here on a lock
 * that another task does not let go does not stop it.
 */
void lock_ending(void);

#pragma GCC visibility pop

#endif /* LIBC_LOCK_H */
