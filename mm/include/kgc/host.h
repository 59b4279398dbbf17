/* SPDX-License-Identifier: MIT */
/*
 * kgc/host.h - what the collector needs from the system it runs in
 *
 * mm/ calls these functions and nothing else outside itself, except memcpy,
 * memmove, memset and memcmp.  kernel/host.c implements them on bare metal,
 * hosted/host.c as a Linux process, examples/embed/host.c over one static
 * array.  tests/host tells whether a host keeps this contract.
 *
 * Address space is in one of two states.  Reserved: ours, not to be touched.
 * Ready: readable and writable.  reserve() makes Reserved space, commit()
 * makes it Ready, decommit() makes it Reserved again, release() gives it up.
 * All addresses and sizes are multiples of KGC_PAGE_SIZE.
 *
 * Nothing below may call back into mm/, except kgc_host_roots(), which calls
 * its visitor, and what says otherwise.
 */
#ifndef KGC_HOST_H
#define KGC_HOST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KGC_PAGE_SIZE ((size_t)4096)

/*
 * Reserve @size bytes of address space inside [@lo, @hi); both NULL: anywhere.
 * Returns NULL if there is no room.
 */
void *kgc_host_reserve(size_t size, void *lo, void *hi);

/* Undo a reservation, whole; its Ready parts need not be decommitted first. */
void kgc_host_release(void *addr, size_t size);

/*
 * Make Reserved space Ready and zero-filled.  Returns 0 or -KGC_ENOMEM; on
 * failure the whole range is Reserved as before.  Never called while the
 * world is stopped.  May call kgc_trim().
 */
int kgc_host_commit(void *addr, size_t size);

/* Give Ready memory back: it is Reserved again and its contents are lost. */
void kgc_host_decommit(void *addr, size_t size);

/*
 * pin, unpin and relax are declared by <kgc/host_inline.h>, which a host may
 * replace by one with inline definitions: every allocation pays for them.
 *
 * pin enters a pinned section and returns the caller's slot, below
 * kgc_config.nslots.  Until unpin the caller stays on this slot, nothing else
 * enters mm/ on it, and kgc_host_stop_world() does not return elsewhere.
 * Sections nest.  A slot is a CPU in the kernel and a thread in a process.
 * relax is called in the body of a loop that waits for another slot.
 */
#include <kgc/host_inline.h>

/* Who calls, and so what mm/ may do for them. */
enum kgc_context {
	KGC_TASK,      /* may allocate, collect and block */
	KGC_PINNED,    /* may allocate; never collects */
	KGC_INTERRUPT, /* may call what kgc.h marks so, no more */
};
enum kgc_context kgc_host_context(void);

/*
 * Stop every other slot outside its pinned sections.  Called in KGC_TASK.
 * True: the world is stopped, and the caller counts as pinned until
 * start_world.  False: another caller stopped it first; it has since started
 * the world again, and the reason for stopping should be tested again.
 */
bool kgc_host_stop_world(void);
void kgc_host_start_world(void);

/*
 * Store the caller's callee-saved registers on its stack, note that stack
 * pointer as the end of its root range, and call @fn(@arg) on the slot's
 * collector stack, where the host has one.
 */
void kgc_host_call_saved(void (*fn)(void *arg), void *arg);

/* Where a root range comes from. */
enum kgc_root {
	KGC_ROOT_DATA,	/* data, bss and what kgc_add_root() named */
	KGC_ROOT_STACK, /* the used part of a task's stack */
	KGC_ROOT_REGS,	/* saved registers kept apart from a stack */
	KGC_ROOT_TLS,	/* thread-local storage and the libc's per-task state */
	KGC_ROOT_HEAP,	/* an uncollectable object, a finalizer's argument */
};

/*
 * Show every range that may hold pointers into the heap to @visit: data and
 * bss, all stacks, and the registers of all stopped slots and of the caller.
 * Called with the world stopped.  Ranges may overlap and need not be aligned;
 * a pointer counts at its natural alignment.  @owner identifies the range to
 * kgc_host_root_name().
 */
typedef void kgc_host_visit_fn(const void *lo, const void *hi,
			       enum kgc_root kind, const void *owner,
			       void *arg);
void kgc_host_roots(kgc_host_visit_fn *visit, void *arg);

/*
 * Write a name for the root word @word of a range shown with @kind and
 * @owner into @buf: "data symbol+0x10", "stack of task 3 (main)".  Returns
 * the length, below @size.  Takes no lock.
 */
int kgc_host_root_name(char *buf, size_t size, enum kgc_root kind,
		       const void *owner, const void *word);

/* Have some task call kgc_run_finalizers() soon. */
void kgc_host_wake_finalizer(void);

/* Monotonic clock, in nanoseconds. */
uint64_t kgc_host_nanotime(void);

/*
 * Store up to @max return addresses, innermost first, leaving out the @skip
 * frames nearest to the caller (0: the caller's own return address is pc[0]).
 * Returns how many.
 */
int kgc_host_backtrace(uintptr_t *pc, int max, int skip);

/* Print.  Called with the world running and no lock of mm/ held. */
void kgc_host_vprintf(const char *fmt, va_list ap);

/* Print one line and stop the machine.  Called from anywhere. */
_Noreturn void kgc_host_panic(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

#endif /* KGC_HOST_H */
