// SPDX-License-Identifier: MIT
/*
 * roots.c - what is scanned of a process, and its names
 *
 * Roots are the writable segments of the program and of its shared objects,
 * and of each thread the stack from its noted pointer up.  A thread's TLS
 * block, its control block and its first 32 keys lie at the top of its stack;
 * only the first thread's lie elsewhere, around its thread pointer.
 *
 * The modules are listed with the list's lock held while the threads are
 * stopped, so that none can be loaded in between.
 *
 * Bad at: what malloc() gave out is not scanned, and neither are thread-local
 * variables of modules loaded by dlopen(), later keys, or stacks made by
 * makecontext(): kgc_add_root() names those.
 */
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "internal.h"

#define NSEGMENTS 1024
/* As far below its thread pointer a block of static TLS is looked for. */
#define TLS_REACH ((size_t)4 << 20)
/* The control block follows the thread pointer; it is smaller than this. */
#define TCB_REACH KGC_PAGE_SIZE

static struct segment {
	const char *lo, *hi, *module;
} segments[NSEGMENTS];
static size_t nsegments;
static size_t tls_size; /* of the static TLS blocks, below a thread pointer */

/* --- modules ------------------------------------------------------------- */

static void segment_add(const struct dl_phdr_info *info, const ElfW(Phdr) * ph)
{
	if (nsegments == NSEGMENTS)
		kgc_host_panic("gc: more than %d segments loaded", NSEGMENTS);
	segments[nsegments++] = (struct segment){
		.lo = (const char *)(info->dlpi_addr + ph->p_vaddr),
		.hi = (const char *)(info->dlpi_addr + ph->p_vaddr +
				     ph->p_memsz),
		.module = info->dlpi_name,
	};
}

/*
 * A block a little below our own thread pointer is static, and lies as far
 * below every other's.
 */
static void tls_add(const struct dl_phdr_info *info)
{
	uintptr_t tcb = (uintptr_t)__builtin_thread_pointer();
	uintptr_t block = (uintptr_t)info->dlpi_tls_data;

	if (block && block < tcb && tcb - block < TLS_REACH &&
	    tcb - block > tls_size)
		tls_size = tcb - block;
}

/* The runtimes of the sanitizers keep megabytes, and none of our pointers. */
static bool is_sanitizer(const char *module)
{
	return strstr(module, "/libasan.so") || strstr(module, "/libtsan.so") ||
	       strstr(module, "/libubsan.so");
}

static int module_visit(struct dl_phdr_info *info, size_t size, void *arg)
{
	void (**stop)(void) = arg;
	int i;

	if (*stop) {
		(*stop)();
		*stop = NULL;
		nsegments = 0;
		tls_size = 0;
	}
	if (is_sanitizer(info->dlpi_name))
		return 0;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];

		if (ph->p_type == PT_LOAD && (ph->p_flags & PF_W))
			segment_add(info, ph);
		if (ph->p_type == PT_TLS)
			tls_add(info);
	}
	return 0;
}

void roots_gather(void (*stop)(void))
{
	dl_iterate_phdr(module_visit, &stop);
}

/* --- ranges -------------------------------------------------------------- */

/* mincore() fails where a page is not mapped. */
static bool is_mapped(const char *lo, const char *hi)
{
	static unsigned char pages[TLS_REACH / KGC_PAGE_SIZE + 2];
	uintptr_t at = (uintptr_t)lo & ~(KGC_PAGE_SIZE - 1);

	return !mincore((void *)at, (uintptr_t)hi - at, pages);
}

static void tls_visit(struct thread *t, kgc_host_visit_fn *visit, void *arg)
{
	const char *lo = t->tcb - tls_size, *hi = t->tcb + TCB_REACH;

	if (!is_mapped(t->tcb, hi))
		hi = (const char *)((uintptr_t)hi & ~(KGC_PAGE_SIZE - 1));
	if (!is_mapped(lo, t->tcb))
		lo = t->tcb;
	visit(lo, hi, KGC_ROOT_TLS, t, arg);
}

static void thread_visit(struct thread *t, const char *sp,
			 kgc_host_visit_fn *visit, void *arg)
{
	if (sp >= t->stack_lo && sp < t->stack_hi) {
		visit(sp, t->stack_hi, KGC_ROOT_STACK, t, arg);
	} else {
		/* On another stack: how far its own was used is not known. */
		if (t->alt_hi)
			visit(sp, t->alt_hi, KGC_ROOT_STACK, t, arg);
		visit(t->stack_lo, t->stack_hi, KGC_ROOT_STACK, t, arg);
	}
	if (t->tcb < t->stack_lo || t->tcb >= t->stack_hi)
		tls_visit(t, visit, arg);
}

/* The caller's range ends where call_saved noted it, or else here. */
void kgc_host_roots(kgc_host_visit_fn *visit, void *arg)
{
	struct thread *self = &thread_self, *t;
	const char *sp = self->sp;
	ucontext_t regs;
	size_t i;

	if (!sp) {
		getcontext(&regs);
		sp = (const char *)&regs;
	}
	for (i = 0; i < nsegments; i++)
		visit(segments[i].lo, segments[i].hi, KGC_ROOT_DATA,
		      &segments[i], arg);
	for (t = threads; t; t = t->next)
		thread_visit(t, t == self ? sp : t->sp, visit, arg);
}

/* There is one stack: what fn() uses lies below the noted pointer. */
__attribute__((noinline)) void kgc_host_call_saved(void (*fn)(void *arg),
						   void *arg)
{
	const char *outer = thread_self.sp;
	ucontext_t regs;

	thread_current();
	getcontext(&regs);
	thread_self.sp = (const char *)&regs;
	fn(arg);
	thread_self.sp = outer;
}

/* --- names --------------------------------------------------------------- */

static int segment_name(char *buf, size_t size, const struct segment *s,
			const void *word)
{
	const char *name = strrchr(s->module, '/');

	name = name ? name + 1 : s->module;
	/* The program itself has no name. */
	return snprintf(buf, size, "data %s+%#zx", *name ? name : "program",
			(size_t)((const char *)word - s->lo));
}

int kgc_host_root_name(char *buf, size_t size, enum kgc_root kind,
		       const void *owner, const void *word)
{
	const struct segment *s = owner;
	const struct thread *t = owner;
	int n;

	if (kind == KGC_ROOT_DATA && s >= segments && s < segments + nsegments)
		n = segment_name(buf, size, s, word);
	else if ((kind == KGC_ROOT_STACK || kind == KGC_ROOT_TLS) && t)
		n = snprintf(buf, size, "%s of thread %u%s",
			     kind == KGC_ROOT_STACK ? "stack" : "tls",
			     t->number, t->number == 1 ? " (first)" : "");
	else
		n = snprintf(buf, size, "root %p", word);
	return n < (int)size ? n : (int)size - 1;
}

/*
 * By frame pointers, as far as they lead up this thread's stack.  Code
 * compiled without them is left out.
 */
int kgc_host_backtrace(uintptr_t *pc, int max, int skip)
{
	const struct thread *t = &thread_self;
	uintptr_t *frame = __builtin_frame_address(0), *above;
	int n = 0;

	/* Not on the thread's stack: frames there are anybody's. */
	if ((const char *)frame < t->stack_lo ||
	    (const char *)(frame + 2) > t->stack_hi)
		return 0;
	/* Our frame's return address lies in the caller: it is not asked for.
	 */
	for (skip++; n < max; frame = above) {
		if (skip-- <= 0 && frame[1])
			pc[n++] = frame[1];
		above = (uintptr_t *)frame[0];
		if (above <= frame || (uintptr_t)above % sizeof *above ||
		    (const char *)(above + 2) > t->stack_hi)
			break;
	}
	return n;
}
