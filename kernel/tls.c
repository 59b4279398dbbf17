// SPDX-License-Identifier: MIT
/*
 * tls.c - thread-local variables: a task's copy of them
 *
 * The ABI of x86 puts the variables below the thread pointer, which FS (x86_64)
 * or GS (i386) has as its base, and the thread's own words above it:
 *
 *	lo                                      thread pointer        end
 *	| initialised (.tdata) | zero (.tbss) | own address, 0 ...    |
 *
 * The linker has counted every variable's distance from the thread pointer, so
 * that is aligned as the strictest variable is.  The words above it are there
 * because code may look: an address of a variable is taken through the first,
 * and gcc's stack protector finds its guard at 0x28 or 0x14.
 *
 * Variables are in the task's block, and so among its roots.
 *
 * Bad at: libraries loaded at run time; there are none.
 */
#include <kernel/tls.h>

#include <lib/mem.h>

enum { OWN_WORDS = 64, LEAST_ALIGN = 16 };

/* Of linker.ld; the address of __tls_align is the alignment. */
extern char __tls_start[], __tls_data_end[], __tls_end[], __tls_align[];

static size_t alignment(void)
{
	const size_t align = (uintptr_t)__tls_align;

	return align < LEAST_ALIGN ? LEAST_ALIGN : align;
}

/* The linker's: what the thread pointer is beyond the first variable. */
static size_t variables_size(void)
{
	const size_t mask = (uintptr_t)__tls_align - 1;

	return ((uintptr_t)__tls_end - (uintptr_t)__tls_start + mask) & ~mask;
}

size_t tls_room(void)
{
	return variables_size() + OWN_WORDS + alignment();
}

uintptr_t tls_make(uintptr_t end, uintptr_t *lo)
{
	const uintptr_t tp = (end - OWN_WORDS) & ~(uintptr_t)(alignment() - 1);
	const size_t data = (uintptr_t)__tls_data_end - (uintptr_t)__tls_start;

	*lo = tp - variables_size();
	memcpy((void *)*lo, __tls_start, data);
	memset((char *)*lo + data, 0, tp + OWN_WORDS - *lo - data);
	*(uintptr_t *)tp = tp;
	return tp;
}
