// SPDX-License-Identifier: MIT
/*
 * host.c - a host for fuzzing: see fuzz.h
 *
 * Slots are played by one thread, which changes from one to the other between
 * operations.  Time is a count, so that a run depends on its input alone.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <kgc/host.h>
#include <kgc/kgc.h>

#include "fuzz.h"

struct fuzz_host fuzz_host;

void *kgc_host_reserve(size_t size, void *lo, void *hi)
{
	void *p = mmap(lo, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	if ((lo && p < lo) || (hi && (char *)p + size > (char *)hi)) {
		munmap(p, size);
		return NULL;
	}
	return p;
}

void kgc_host_release(void *addr, size_t size)
{
	munmap(addr, size);
}

int kgc_host_commit(void *addr, size_t size)
{
	if (fuzz_host.fail_in && !--fuzz_host.fail_in)
		return -KGC_ENOMEM;
	must(!mprotect(addr, size, PROT_READ | PROT_WRITE));
	return 0;
}

void kgc_host_decommit(void *addr, size_t size)
{
	must(mmap(addr, size, PROT_NONE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == addr);
}

unsigned int kgc_host_pin(void)
{
	fuzz_host.depth++;
	return fuzz_host.slot;
}

void kgc_host_unpin(void)
{
	must(fuzz_host.depth);
	fuzz_host.depth--;
}

void kgc_host_relax(void)
{
	fuzz_found("somebody waits for another slot");
}

enum kgc_context kgc_host_context(void)
{
	return fuzz_host.depth ? KGC_PINNED : KGC_TASK;
}

bool kgc_host_stop_world(void)
{
	must(!fuzz_host.depth);
	fuzz_host.depth++;
	return true;
}

void kgc_host_start_world(void)
{
	fuzz_host.depth--;
}

void kgc_host_call_saved(void (*fn)(void *arg), void *arg)
{
	fn(arg);
}

void kgc_host_roots(kgc_host_visit_fn *visit, void *arg)
{
	visit(fuzz_host.root, fuzz_host.root + FUZZ_ROOTS, KGC_ROOT_DATA, NULL,
	      arg);
}

int kgc_host_root_name(char *buf, size_t size, enum kgc_root kind,
		       const void *owner, const void *word)
{
	return snprintf(buf, size, "root %d",
			(int)((const uintptr_t *)word - fuzz_host.root));
}

void kgc_host_wake_finalizer(void)
{
	fuzz_host.woken = true;
}

uint64_t kgc_host_nanotime(void)
{
	static uint64_t now;

	return now += 1000;
}

/* One address, as if all were allocated in one place. */
int kgc_host_backtrace(uintptr_t *pc, int max, int skip)
{
	*pc = (uintptr_t)kgc_host_backtrace;
	return 1;
}

void kgc_host_vprintf(const char *fmt, va_list ap)
{
}

_Noreturn void kgc_host_panic(const char *fmt, ...)
{
	va_list ap;

	if (fuzz_host.expected)
		longjmp(*fuzz_host.expected, 1);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fuzz_found("a panic");
}
