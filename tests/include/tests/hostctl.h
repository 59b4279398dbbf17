/* SPDX-License-Identifier: MIT */
/*
 * tests/hostctl.h - what a test asks of the host it runs in
 *
 * kernel/hostctl.c and hosted/hostctl.c implement it, beside their host.c.
 */
#ifndef TESTS_HOSTCTL_H
#define TESTS_HOSTCTL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Call @fn(@arg).  If it calls kgc_host_panic(), put the message into @buf,
 * set the pin depth back to what it was here, and return true.
 */
bool hostctl_catch_panic(void (*fn)(void *arg), void *arg, char *buf,
			 size_t size);

/*
 * Have the @nth next kgc_host_commit() or kgc_host_reserve() fail once (1 is
 * the next one; 0: none), and restart the count of hostctl_commits().
 */
void hostctl_fail_commit(unsigned long nth);
/* Calls of commit and reserve since hostctl_fail_commit() was last called. */
unsigned long hostctl_commits(void);

/* Start a task (kernel) or a thread (process); wait for its end. */
struct hostctl_thread;
struct hostctl_thread *hostctl_spawn(void (*fn)(void *arg), void *arg);
void hostctl_join(struct hostctl_thread *thread);
/* Let others run. */
void hostctl_yield(void);

/* Bytes that kgc_host_vprintf() printed last, at most @size - 1; a string. */
void hostctl_last_output(char *buf, size_t size);

/* "kernel" or "hosted". */
const char *hostctl_name(void);

#endif /* TESTS_HOSTCTL_H */
