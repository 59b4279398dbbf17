// SPDX-License-Identifier: MIT
/*
 * host.c - address space, clock, printing and the finalizer's thread
 *
 * Reserved space is a mapping without access, and never holds a page: what is
 * decommitted is mapped anew, so that what is committed is zero.  MAP_NORESERVE
 * keeps a reservation from counting as memory.
 *
 * Printing formats into the stack and writes once: no lock of stdio is taken,
 * so a pinned thread may print though a stopped one held it.
 *
 * Bad at: a heap with many holes.  Each change of access costs the kernel a
 * mapping, and 65,530 is all that a process gets; commit then fails.  fork():
 * the child may not use the heap.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define MAP_RESERVED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

struct host_hooks host_hooks;

/* Tests have the nth reservation or commit fail, or all from there on. */
static bool fail_now(const void *addr)
{
	__atomic_add_fetch(&host_hooks.ncommits, 1, __ATOMIC_RELAXED);
	if (!__atomic_load_n(&host_hooks.fail_in, __ATOMIC_RELAXED))
		return false;
	if (__atomic_sub_fetch(&host_hooks.fail_in, 1, __ATOMIC_RELAXED))
		return false;
	if (host_hooks.fail_on)
		host_hooks.fail_in = 1;
	if (!host_hooks.failed)
		host_hooks.failed = addr;
	return true;
}

static void count_reserved(long bytes)
{
	__atomic_add_fetch(&host_hooks.reserved, bytes, __ATOMIC_RELAXED);
}

static void *map_at(uintptr_t at, size_t size)
{
	void *p = mmap((void *)at, size, PROT_NONE,
		       MAP_RESERVED | MAP_FIXED_NOREPLACE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	if ((uintptr_t)p == at)
		return p;
	/* A kernel before 4.17 takes the address as a hint. */
	munmap(p, size);
	return NULL;
}

/*
 * Tries lo, and on from there in steps: 4,096 tries at most, 1 MiB apart at
 * least.  A hole smaller than a step beyond @size may be missed.
 */
static void *reserve(size_t size, void *lo, void *hi)
{
	uintptr_t at = (uintptr_t)lo, end = (uintptr_t)hi, step;
	void *p;

	if (!lo && !hi) {
		p = mmap(NULL, size, PROT_NONE, MAP_RESERVED, -1, 0);
		return p == MAP_FAILED ? NULL : p;
	}
	if (at < (1 << 20))
		at = 1 << 20;
	if (end <= at || size > end - at)
		return NULL;
	step = ((end - at) / 4096 + (1 << 20)) & ~(uintptr_t)((1 << 20) - 1);
	for (;;) {
		p = map_at(at, size);
		if (p)
			return p;
		if (end - at - size < step)
			return NULL;
		at += step;
	}
}

void *kgc_host_reserve(size_t size, void *lo, void *hi)
{
	void *p = fail_now(NULL) ? NULL : reserve(size, lo, hi);

	if (p)
		count_reserved((long)size);
	return p;
}

void kgc_host_release(void *addr, size_t size)
{
	count_reserved(-(long)size);
	munmap(addr, size);
}

/* Mapping anew also undoes an mprotect that failed half way. */
void kgc_host_decommit(void *addr, size_t size)
{
	if (mmap(addr, size, PROT_NONE, MAP_RESERVED | MAP_FIXED, -1, 0) !=
	    MAP_FAILED)
		return;
	/* No mapping is left for this process: at least the memory goes. */
	if (madvise(addr, size, MADV_DONTNEED))
		kgc_host_panic("gc: decommit %p: %s", addr, strerror(errno));
}

/*
 * A page fault costs a microsecond or more, where a hypervisor is below
 * several, so the kernel is asked for pages before they are touched.  Up to
 * LARGE_PAGES_FROM bytes, where a page of 2 MiB that is used in part would be a
 * loss, it is asked for small ones, for pieces of at most POPULATED bytes, as a
 * heap grows by; beyond, for large ones where a whole one fits.  If it has
 * none, so be it.
 */
#define LARGE_PAGES_FROM ((size_t)16 << 20)
#define POPULATED	 ((size_t)1 << 20)

static void want_pages(void *addr, size_t size)
{
	static atomic_size_t committed;

	if (atomic_fetch_add(&committed, size) >= LARGE_PAGES_FROM)
		madvise(addr, size, MADV_HUGEPAGE);
	else if (size <= POPULATED)
		madvise(addr, size, MADV_POPULATE_WRITE);
}

int kgc_host_commit(void *addr, size_t size)
{
	if (fail_now(addr))
		return -KGC_ENOMEM;
	if (!mprotect(addr, size, PROT_READ | PROT_WRITE)) {
		want_pages(addr, size);
		return 0;
	}
	kgc_host_decommit(addr, size);
	return -KGC_ENOMEM;
}

uint64_t kgc_host_nanotime(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void kgc_host_yield(void)
{
	sched_yield();
}

/* --- printing ------------------------------------------------------------ */

static void write_all(const char *s, size_t n)
{
	while (n) {
		ssize_t done = write(STDERR_FILENO, s, n);

		if (done < 0 && errno != EINTR)
			return;
		s += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
}

void kgc_host_vprintf(const char *fmt, va_list ap)
{
	char line[1024];
	int n = vsnprintf(line, sizeof line, fmt, ap);

	if (n < 0)
		return;
	if ((size_t)n >= sizeof line)
		n = sizeof line - 1;
	write_all(line, (size_t)n);
	if (host_hooks.output)
		host_hooks.output(line, (size_t)n);
}

_Noreturn void kgc_host_panic(const char *fmt, ...)
{
	static const char prefix[] = "panic: ";
	char line[1024];
	size_t n = sizeof prefix - 1;
	va_list ap;

	memcpy(line, prefix, n);
	va_start(ap, fmt);
	vsnprintf(line + n, sizeof line - n - 1, fmt, ap);
	va_end(ap);
	if (host_hooks.panic)
		host_hooks.panic(line + n);
	n = strlen(line);
	line[n++] = '\n';
	write_all(line, n);
	abort();
}

/* --- the finalizer's thread ---------------------------------------------- */

static sem_t finalizer_due;
static pthread_once_t finalizer_once = PTHREAD_ONCE_INIT;

static void *finalizer_run(void *arg)
{
	for (;;) {
		while (sem_wait(&finalizer_due))
			;
		kgc_run_finalizers();
	}
	return NULL;
}

/* Only the stop signal reaches it: the program's signals are not its own. */
static void finalizer_start(void)
{
	sigset_t mask, old;
	pthread_t thread;

	sem_init(&finalizer_due, 0, 0);
	sigfillset(&mask);
	sigdelset(&mask, STOP_SIGNAL);
	pthread_sigmask(SIG_SETMASK, &mask, &old);
	if (!pthread_create(&thread, NULL, finalizer_run, NULL))
		pthread_detach(thread);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

void finalizer_wake(void)
{
	pthread_once(&finalizer_once, finalizer_start);
	sem_post(&finalizer_due);
}

/*
 * Starting a thread takes locks that a stopped thread may hold, so a pinned
 * caller leaves it to its unpin.
 */
void kgc_host_wake_finalizer(void)
{
	if (kgc_host_depth())
		kgc_host_note(PENDING_FINALIZER);
	else
		finalizer_wake();
}
