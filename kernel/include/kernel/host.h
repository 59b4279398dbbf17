/* SPDX-License-Identifier: MIT */
/* kernel/host.h - handles on kernel/host.c for tests; see tests/hostctl.h */
#ifndef KERNEL_HOST_H
#define KERNEL_HOST_H

#include <stdbool.h>
#include <stddef.h>

/* Map each CPU's collector stack.  Before kgc_init(). */
void host_init(void);

/*
 * The @nth next commit or reservation fails, or @all from there on; 0: none.
 * Restarts the count.
 */
void host_fail_commit(unsigned long nth, bool all);
/* Where the first commit that failed was, or NULL. */
const void *host_failed_at(void);
unsigned long host_commits(void);

/* Undo a stop of the world that a panic was caught in. */
void host_forget_stop(void);

/* The last bytes that kgc_host_vprintf() printed, as a string. */
void host_last_output(char *buf, size_t size);

#endif /* KERNEL_HOST_H */
