// SPDX-License-Identifier: MIT
/*
 * report.c - warnings, and what the heap looks like
 *
 * Warnings go to stderr, dumps to stdout.  Why an object lives is what
 * kgc_who() knows: the roots that refer to it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

void *GC_least_plausible_heap_addr;
void *GC_greatest_plausible_heap_addr = (void *)UINTPTR_MAX;

/* --- warnings ------------------------------------------------------------ */

__attribute__((format(printf, 1, 0))) static void warn_default(char *format,
							       GC_word arg)
{
	fprintf(stderr, format, arg);
}

static void abort_default(const char *msg)
{
	if (msg)
		fprintf(stderr, "%s\n", msg);
	abort();
}

static GC_warn_proc warn = warn_default;
static GC_abort_func abort_fn = abort_default;

void bdw_warn(const char *msg, GC_word arg)
{
	warn((char *)msg, arg);
}

void GC_set_warn_proc(GC_warn_proc fn)
{
	bdw_ready();
	warn = fn;
}

GC_warn_proc GC_get_warn_proc(void)
{
	return warn;
}

void GC_ignore_warn_proc(char *msg, GC_word arg)
{
}

void GC_set_abort_func(GC_abort_func fn)
{
	abort_fn = fn;
}

GC_abort_func GC_get_abort_func(void)
{
	return abort_fn;
}

void GC_abort_on_oom(void)
{
	abort_fn("GC: out of memory");
	abort();
}

void GC_set_log_fd(int fd)
{
}

/* --- the optimiser's limits ---------------------------------------------- */

void GC_noop1(GC_word x)
{
	GC_reachable_here((void *)x);
}

void GC_noop1_ptr(volatile void *p)
{
	GC_reachable_here(p);
}

void *GC_clear_stack(void *arg)
{
	return arg;
}

/* --- dumps --------------------------------------------------------------- */

void GC_dump_named(const char *name)
{
	printf("*** %s\n", name ? name : "heap");
	GC_dump_regions();
	GC_dump_finalization();
}

void GC_dump(void)
{
	GC_dump_named(NULL);
}

void GC_dump_regions(void)
{
	struct kgc_memstats m;

	bdw_ready();
	kgc_read_memstats(&m);
	printf("collections %lu, heap %lu bytes, free %lu, unmapped %lu\n",
	       (unsigned long)m.numgc,
	       (unsigned long)(m.heap_sys - m.heap_released),
	       (unsigned long)(m.heap_idle - m.heap_released),
	       (unsigned long)m.heap_released);
	printf("objects %lu of %lu bytes, the next collection at %lu\n",
	       (unsigned long)m.heap_objects, (unsigned long)m.heap_alloc,
	       (unsigned long)m.next_gc);
}

void GC_dump_finalization(void)
{
	bdw_ready();
	printf("finalizers due %lu\n", (unsigned long)kgc_finalizers_due());
}

void GC_print_free_list(int kind, size_t granules)
{
	printf("free lists belong to kgc's spans and are not listed\n");
}

/* --- who keeps an object ------------------------------------------------- */

static void write_stdout(void *arg, const char *s, size_t n)
{
	fwrite(s, 1, n, stdout);
}

static void write_nothing(void *arg, const char *s, size_t n)
{
}

void GC_print_backtrace(void *p)
{
	void *base = GC_base(p);

	printf("%p: ", p);
	if (!base) {
		printf("in no object\n");
		return;
	}
	kgc_explain((uintptr_t)p, write_stdout, NULL);
	printf("\nreferred to by ");
	if (!kgc_who(base, write_stdout, NULL))
		printf("no root, only by objects or not at all");
	printf("\n");
}

/* The roots that refer to an object are known; the objects are not. */
GC_ref_kind GC_get_back_ptr_info(void *dest, void **base, size_t *offset)
{
	*base = NULL;
	*offset = 0;
	if (GC_base(dest) && kgc_who(GC_base(dest), write_nothing, NULL))
		return GC_REFD_FROM_ROOT;
	return GC_UNREFERENCED;
}

/* An address in the heap, each byte of a living object as likely. */
void *GC_generate_random_heap_address(void)
{
	struct objects all;
	size_t total = 0, at, i;
	void *p = NULL;

	bdw_ready();
	if (!bdw_objects(&all, false))
		return NULL;
	for (i = 0; i < all.n; i++)
		total += all.list[i].size;
	at = total ? ((size_t)rand() * RAND_MAX + (size_t)rand()) % total : 0;
	for (i = 0; i < all.n && at >= all.list[i].size; i++)
		at -= all.list[i].size;
	if (i < all.n)
		p = all.list[i].p + at;
	bdw_objects_free(&all);
	return p;
}

void *GC_generate_random_valid_address(void)
{
	return GC_generate_random_heap_address();
}

void GC_generate_random_backtrace(void)
{
	GC_gcollect();
	GC_print_backtrace(GC_generate_random_valid_address());
}
