/* SPDX-License-Identifier: MIT */
/*
 * internal.h - what the parts of libc/picolibc say to each other
 *
 * The library's streams lock themselves for each byte, and no longer.  Calls
 * that write or read more hold the stream for the whole of it, so that what one
 * call prints stays together: they are ours, and take the same lock, which is
 * recursive.  Streams of strings have none, and belong to one call.
 */
#ifndef LIBC_PICOLIBC_INTERNAL_H
#define LIBC_PICOLIBC_INTERNAL_H

#include <stdbool.h>
#include <stdio.h>

struct __lock;

#pragma GCC visibility push(hidden)

void streams_init(void);

/* Hold a stream for one call. */
void stream_lock(FILE *f);
/* False if another task has it. */
bool stream_try_lock(FILE *f);
/* What was written to stderr goes out at the end of the call. */
void stream_unlock(FILE *f);
/* NULL if @f is none of open_memstream(). */
struct __lock *memstream_lock_of(FILE *f);

#pragma GCC visibility pop

#endif /* LIBC_PICOLIBC_INTERNAL_H */
