/* SPDX-License-Identifier: MIT */
/*
 * sys/_pthreadtypes.h - the types of POSIX threads
 *
 * Stands before the C library's file of this name.  All zeros is an initialised
 * object everywhere, so that static ones need no more than their declaration.
 * The fields are of libc/posix alone.
 */
#ifndef KGC_SYS_PTHREADTYPES_H
#define KGC_SYS_PTHREADTYPES_H

#include <stddef.h>
#include <sys/sched.h>

/* What portable programs ask <unistd.h> for. */
#ifndef _POSIX_THREADS
#define _POSIX_THREADS 200809L
#endif
#ifndef _POSIX_TIMEOUTS
#define _POSIX_TIMEOUTS 200809L
#endif
#ifndef _POSIX_BARRIERS
#define _POSIX_BARRIERS 200809L
#endif
#ifndef _POSIX_SPIN_LOCKS
#define _POSIX_SPIN_LOCKS 200809L
#endif
#ifndef _POSIX_READER_WRITER_LOCKS
#define _POSIX_READER_WRITER_LOCKS 200809L
#endif
#ifndef _POSIX_SEMAPHORES
#define _POSIX_SEMAPHORES 200809L
#endif
#ifndef _POSIX_THREAD_ATTR_STACKSIZE
#define _POSIX_THREAD_ATTR_STACKSIZE 200809L
#endif

typedef struct __pthread *pthread_t;

typedef struct {
	size_t __stack_size;
	void *__stack_addr;
	size_t __guard_size;
	int __detach_state;
	int __inherit;
	int __policy;
	int __scope;
	struct sched_param __param;
} pthread_attr_t;

/* The kernel's wait queue. */
struct __pthread_queue {
	void *__first, *__last;
};

typedef struct {
	int __type;
	unsigned int __owner; /* number of the task that has it, or 0 */
	unsigned int __depth;
	struct __pthread_queue __waiters;
} pthread_mutex_t;

typedef struct {
	int __type;
	int __shared;
} pthread_mutexattr_t;

typedef struct {
	int __clock;
	struct __pthread_queue __waiters;
} pthread_cond_t;

typedef struct {
	int __clock;
	int __shared;
} pthread_condattr_t;

typedef struct {
	int __state;
	unsigned int __owner;	/* of the lock as a writer, or 0 */
	unsigned int __nreader; /* that have the lock */
	struct __pthread_queue __readers, __writers;
} pthread_rwlock_t;

typedef struct {
	int __shared;
} pthread_rwlockattr_t;

typedef struct {
	unsigned int __count;
	unsigned int __arrived;
	struct __pthread_queue __waiters;
} pthread_barrier_t;

typedef struct {
	int __shared;
} pthread_barrierattr_t;

/* 0, or the number of the task that has it. */
typedef volatile unsigned int pthread_spinlock_t;

typedef struct {
	int __state;
	struct __pthread_queue __waiters;
} pthread_once_t;

typedef unsigned int pthread_key_t;

#endif /* KGC_SYS_PTHREADTYPES_H */
