// SPDX-License-Identifier: MIT
/*
 * host.c - the collector's host over one static array
 *
 * One slot, no threads, nothing to stop.  Reserved memory is there already and
 * does not fault, which kgc_config.nofault says.  Roots are data, bss and the
 * stack from main() down.
 *
 * Bad at: giving memory back; release() forgets, decommit() does nothing.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kgc/host.h>
#include <kgc/kgc.h>

#include "embed.h"

/* Page-aligned, and left out of the roots: the heap is not a root. */
static char arena[EMBED_BYTES] __attribute__((aligned(4096)));
static size_t used;
static unsigned int depth;
static const char *sp; /* where the caller's part of the stack ends */
const char *embed_stack_top;

void *kgc_host_reserve(size_t size, void *lo, void *hi)
{
	char *p = arena + used;

	if (size > sizeof arena - used || (lo && p < (char *)lo) ||
	    (hi && p + size > (char *)hi))
		return NULL;
	used += size;
	return p;
}

void kgc_host_release(void *addr, size_t size)
{
}
void kgc_host_decommit(void *addr, size_t size)
{
}

int kgc_host_commit(void *addr, size_t size)
{
	memset(addr, 0, size);
	return 0;
}

unsigned int kgc_host_pin(void)
{
	depth++;
	return 0;
}

void kgc_host_unpin(void)
{
	depth--;
}

void kgc_host_relax(void)
{
}

enum kgc_context kgc_host_context(void)
{
	return depth ? KGC_PINNED : KGC_TASK;
}

bool kgc_host_stop_world(void)
{
	depth++;
	return true;
}

void kgc_host_start_world(void)
{
	depth--;
}

/* What setjmp hides, its caller has saved: unwind_init stores them plainly. */
__attribute__((noinline)) void kgc_host_call_saved(void (*fn)(void *arg),
						   void *arg)
{
	const char *outer = sp;
	jmp_buf lowest;

	__builtin_unwind_init();
	setjmp(lowest);
	sp = (const char *)lowest;
	fn(arg);
	sp = outer;
}

void kgc_host_roots(kgc_host_visit_fn *visit, void *arg)
{
	extern char __data_start[], _end[];

	visit(__data_start, arena, KGC_ROOT_DATA, NULL, arg);
	visit(arena + sizeof arena, _end, KGC_ROOT_DATA, NULL, arg);
	visit(sp, embed_stack_top, KGC_ROOT_STACK, NULL, arg);
}

int kgc_host_root_name(char *buf, size_t size, enum kgc_root kind,
		       const void *owner, const void *word)
{
	int n = snprintf(buf, size, "root %p", word);

	return n < (int)size ? n : (int)size - 1;
}

void kgc_host_wake_finalizer(void)
{
}

uint64_t kgc_host_nanotime(void)
{
	return (uint64_t)clock() * (1000000000 / CLOCKS_PER_SEC);
}

int kgc_host_backtrace(uintptr_t *pc, int max, int skip)
{
	return 0;
}

void kgc_host_vprintf(const char *fmt, va_list ap)
{
	vprintf(fmt, ap);
}

_Noreturn void kgc_host_panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	abort();
}
