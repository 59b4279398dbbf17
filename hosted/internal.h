/* SPDX-License-Identifier: MIT */
/*
 * internal.h - what the files of hosted/ know of each other
 *
 *	host.c   address space, clock, printing, the finalizer's thread
 *	world.c  threads, slots, stopping and starting
 *	roots.c  what is scanned, and its names
 *	fault.c  what is said of a fault
 *
 * Locks, in the order they are taken:
 *	world   the word in world.c; odd while someone stops the world
 *	shared  users of the slot that many threads share
 *	registry  the list of threads and the slots; held from stop to start
 *	the dynamic linker's list of modules; held while threads are stopped,
 *		so that no module comes between the list and the stop
 * A thread that waits for shared or registry is not pinned: it can be stopped.
 */
#ifndef HOSTED_INTERNAL_H
#define HOSTED_INTERNAL_H

#include <kgc/host.h>
#include <kgc/kgc.h>
#include <pthread.h>
#include <stdbool.h>
#include <signal.h>
#include <stdatomic.h>

#pragma GCC visibility push(hidden)

/* Standard, not real-time: it is never lost when the queue is full. */
#define STOP_SIGNAL SIGPWR

/* Bits of kgc_host_self.pending. */
enum {
	PENDING_STOP = 1,      /* the world waits for us */
	PENDING_SHARED = 2,    /* we hold the shared slot */
	PENDING_FINALIZER = 4, /* start or wake its thread */
};

/* One for each thread known, in that thread's TLS.  Under registry. */
struct thread {
	struct thread *next;
	pthread_t pthread;
	unsigned int number;
	unsigned int slot;
	struct kgc_host_self *self;
	/* Scanned: [sp, stack_hi) while stopped, and around tcb. */
	const char *stack_lo, *stack_hi;
	const char *sp;
	const char *tcb;
	/* End of the alternate signal stack, if sp lies on that one. */
	const char *alt_hi;
	atomic_uint asked; /* the stop signal is on its way */
	unsigned int nexits;
};

extern _Thread_local struct thread thread_self
	__attribute__((tls_model("initial-exec")));
extern struct thread *threads;

/* Register the caller, which is not pinned; returns its record. */
struct thread *thread_current(void);

/* Call @stop() with the list of modules locked, then read that list. */
void roots_gather(void (*stop)(void));

void finalizer_wake(void);

/* For tests: see hostctl.c. */
struct host_hooks {
	unsigned long fail_in;	/* commits and reservations until one fails */
	unsigned long ncommits; /* since fail_in was set */
	bool fail_on;		/* and all after that one */
	const void *failed;	/* where the first to fail was */
	unsigned long reserved; /* bytes */
	void (*output)(const char *s, size_t n);
	void (*panic)(const char *message); /* may not return */
};
extern struct host_hooks host_hooks;

#pragma GCC visibility pop

#endif /* HOSTED_INTERNAL_H */
