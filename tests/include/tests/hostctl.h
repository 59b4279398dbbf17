/* SPDX-License-Identifier: MIT */
/*
 * tests/hostctl.h - what a test asks of the host it runs in
 *
 * kernel/hostctl.c and hosted/hostctl.c implement it, beside their host.c; so
 * does tests/host/wrap/hostctl.c, as far as a linker can.  All are optional
 * for tests/host: a hook that is not defined is NULL, and the cases that want
 * it are skipped.  Three go together: spawn, join and yield.
 */
#ifndef TESTS_HOSTCTL_H
#define TESTS_HOSTCTL_H

#include <stdbool.h>
#include <stddef.h>

#define HOSTCTL_HOOK __attribute__((weak))

/*
 * Call @fn(@arg).  If it calls kgc_host_panic(), put the message into @buf,
 * set the pin depth back to what it was here, and return true.
 */
HOSTCTL_HOOK bool hostctl_catch_panic(void (*fn)(void *arg), void *arg,
				      char *buf, size_t size);

/*
 * Have the @nth next kgc_host_commit() or kgc_host_reserve() fail once (1 is
 * the next one; 0: none), and restart the count of hostctl_commits().
 */
HOSTCTL_HOOK void hostctl_fail_commit(unsigned long nth);
/* Calls of commit and reserve since hostctl_fail_commit() was last called. */
HOSTCTL_HOOK unsigned long hostctl_commits(void);

/* The same, but from the @nth on all fail. */
HOSTCTL_HOOK void hostctl_fail_commits_from(unsigned long nth);
/* Where the first commit that failed was; NULL: it was a reservation. */
HOSTCTL_HOOK const void *hostctl_failed_at(void);
/* Bytes of address space reserved at present. */
HOSTCTL_HOOK size_t hostctl_reserved(void);

/* Bytes to reserve that no commit can give: more than there is RAM. */
HOSTCTL_HOOK size_t hostctl_too_much(void);

/* Start a task (kernel) or a thread (process); wait for its end. */
struct hostctl_thread;
HOSTCTL_HOOK struct hostctl_thread *hostctl_spawn(void (*fn)(void *arg),
						  void *arg);
HOSTCTL_HOOK void hostctl_join(struct hostctl_thread *thread);
/* Let others run. */
HOSTCTL_HOOK void hostctl_yield(void);

/* Call @fn(@arg) in an interrupt handler; returns after that. */
HOSTCTL_HOOK void hostctl_interrupt(void (*fn)(void *arg), void *arg);

/* Are threads switched without yielding?  No, if the hook is missing. */
HOSTCTL_HOOK bool hostctl_preempts(void);

/* Bytes that kgc_host_vprintf() printed last, at most @size - 1; a string. */
HOSTCTL_HOOK void hostctl_last_output(char *buf, size_t size);

/* "kernel", "hosted", or another name. */
HOSTCTL_HOOK const char *hostctl_name(void);

#endif /* TESTS_HOSTCTL_H */
