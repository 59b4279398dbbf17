// SPDX-License-Identifier: MIT
/*
 * check.c - is this pointer what the client thinks
 *
 * What fails is handed to the client's print procedure, which by default
 * prints and aborts; if that returns, so does the check, with the pointer.
 *
 * Bad at: visibility.  Every address counts as seen by the collector but
 * those in the program's text.
 */
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

/* The linker's: in a process by these names, in an image by those. */
extern char __executable_start[] __attribute__((weak));
extern char etext[] __attribute__((weak));
extern char __image_start[] __attribute__((weak));
extern char __text_end[] __attribute__((weak));

static void die(const char *what, void *p)
{
	fprintf(stderr, "GC: %p %s\n", p, what);
	abort();
}

static void same_obj_failed(void *p, void *q)
{
	fprintf(stderr, "GC: %p and %p are not in one object\n", p, q);
	abort();
}

static void displacement_failed(void *p)
{
	die("is no valid pointer into its object", p);
}

static void visible_failed(void *p)
{
	die("is not seen by the collector", p);
}

GC_same_obj_print_proc_t GC_same_obj_print_proc = same_obj_failed;
GC_valid_ptr_print_proc_t GC_is_valid_displacement_print_proc =
	displacement_failed;
GC_valid_ptr_print_proc_t GC_is_visible_print_proc = visible_failed;

/* One past the end is the same object, as C has it. */
static bool is_in_same(char *p, char *q)
{
	size_t size;
	char *base;

	if (!bdw_is_up)
		return true;
	base = kgc_lookup(q, &size);
	return base ? p >= base && p <= base + size : !kgc_lookup(p, NULL);
}

void *GC_same_obj(void *p, void *q)
{
	if (!is_in_same(p, q))
		GC_same_obj_print_proc(p, q);
	return p;
}

void *GC_pre_incr(void **p, ptrdiff_t n)
{
	void *old = *p;

	*p = GC_same_obj((char *)old + n, old);
	return *p;
}

void *GC_post_incr(void **p, ptrdiff_t n)
{
	void *old = *p;

	*p = GC_same_obj((char *)old + n, old);
	return old;
}

void *GC_is_visible(void *p)
{
	char *at = p;

	if ((at >= __executable_start && at < etext) ||
	    (at >= __image_start && at < __text_end))
		GC_is_visible_print_proc(p);
	return p;
}

/* Every displacement in an object is valid. */
void *GC_is_valid_displacement(void *p)
{
	return p;
}

void GC_set_same_obj_print_proc(GC_same_obj_print_proc_t fn)
{
	GC_same_obj_print_proc = fn;
}

GC_same_obj_print_proc_t GC_get_same_obj_print_proc(void)
{
	return GC_same_obj_print_proc;
}

void GC_set_is_valid_displacement_print_proc(GC_valid_ptr_print_proc_t fn)
{
	GC_is_valid_displacement_print_proc = fn;
}

GC_valid_ptr_print_proc_t GC_get_is_valid_displacement_print_proc(void)
{
	return GC_is_valid_displacement_print_proc;
}

void GC_set_is_visible_print_proc(GC_valid_ptr_print_proc_t fn)
{
	GC_is_visible_print_proc = fn;
}

GC_valid_ptr_print_proc_t GC_get_is_visible_print_proc(void)
{
	return GC_is_visible_print_proc;
}
