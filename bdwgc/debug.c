// SPDX-License-Identifier: MIT
/*
 * debug.c - the functions behind GC_MALLOC and its like under GC_DEBUG
 *
 * An object of theirs knows the file and the line that asked for it, for leak
 * reports, and is checked for being overrun when it is freed and at every
 * GC_gcollect().
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

void *GC_debug_malloc(size_t size, const char *file, int line)
{
	return bdw_alloc_tail(size, KIND_NORMAL, file, line);
}

void *GC_debug_calloc(size_t n, size_t size, const char *file, int line)
{
	if (size && n > BDW_MAX_SIZE / size)
		return GC_oom_fn(SIZE_MAX);
	return GC_debug_malloc(n * size, file, line);
}

void *GC_debug_malloc_atomic(size_t size, const char *file, int line)
{
	return bdw_alloc_tail(size, KIND_NOSCAN, file, line);
}

void *GC_debug_malloc_uncollectable(size_t size, const char *file, int line)
{
	return bdw_alloc_tail(size, KIND_UNCOLLECTABLE, file, line);
}

void *GC_debug_malloc_atomic_uncollectable(size_t size, const char *file,
					   int line)
{
	return bdw_alloc_tail(size, KIND_NOSCAN_UNCOLLECTABLE, file, line);
}

void *GC_debug_malloc_stubborn(size_t size, const char *file, int line)
{
	return GC_debug_malloc(size, file, line);
}

void *GC_debug_malloc_ignore_off_page(size_t size, const char *file, int line)
{
	return GC_debug_malloc(size, file, line);
}

void *GC_debug_malloc_atomic_ignore_off_page(size_t size, const char *file,
					     int line)
{
	return GC_debug_malloc_atomic(size, file, line);
}

void *GC_debug_malloc_replacement(size_t size)
{
	return GC_debug_malloc(size, NULL, 0);
}

void *GC_debug_malloc_uncollectable_replacement(size_t size)
{
	return GC_debug_malloc_uncollectable(size, NULL, 0);
}

void *GC_debug_gcj_malloc(size_t size, const void *vtable, const char *file,
			  int line)
{
	void *p = GC_debug_malloc(size, file, line);

	if (p && size >= sizeof(vtable))
		memcpy(p, &vtable, sizeof(vtable));
	return p;
}

void *GC_debug_generic_malloc(size_t size, int kind, const char *file, int line)
{
	return bdw_alloc_tail(size, kind, file, line);
}

void *GC_debug_generic_or_special_malloc(size_t size, int kind,
					 const char *file, int line)
{
	return GC_debug_generic_malloc(size, kind, file, line);
}

/* --- resize, free -------------------------------------------------------- */

static void check_smashed(const char *what, void *p)
{
	struct tail *t = bdw_tail_of(p);
	const char *at = t ? bdw_smashed(p, t) : NULL;

	if (at)
		fprintf(stderr,
			"GC: %s %p (%s:%d): written behind its end, "
			"at %p\n",
			what, p, t->file ? t->file : "?", t->line,
			(const void *)at);
}

void *GC_debug_realloc(void *p, size_t size, const char *file, int line)
{
	void *q;

	if (!p)
		return GC_debug_malloc(size, file, line);
	check_smashed("realloc", p);
	q = GC_realloc(p, size);
	if (q) {
		struct tail *t = bdw_tail_of(q);

		if (t) {
			t->file = file;
			t->line = line;
		}
	}
	return q;
}

void *GC_debug_reallocf(void *p, size_t size, const char *file, int line)
{
	void *q = GC_debug_realloc(p, size, file, line);

	if (!q && size)
		GC_debug_free(p);
	return q;
}

void *GC_debug_realloc_replacement(void *p, size_t size)
{
	return GC_debug_realloc(p, size, NULL, 0);
}

void *GC_debug_reallocf_replacement(void *p, size_t size)
{
	return GC_debug_reallocf(p, size, NULL, 0);
}

void GC_debug_free(void *p)
{
	check_smashed("free", p);
	GC_free(p);
}

void GC_debug_freezero(void *p, size_t size)
{
	struct tail *t = bdw_tail_of(p);

	check_smashed("free", p);
	GC_freezero(p, t && size > t->size ? t->size : size);
}

/* --- strings ------------------------------------------------------------- */

static void *copy(const void *s, size_t n, size_t size, const char *file,
		  int line)
{
	char *p = GC_debug_malloc_atomic(size, file, line);

	if (!p) {
		errno = ENOMEM;
		return NULL;
	}
	memcpy(p, s, n);
	memset(p + n, 0, size - n);
	return p;
}

char *GC_debug_strdup(const char *s, const char *file, int line)
{
	return s ? copy(s, strlen(s), strlen(s) + 1, file, line) : NULL;
}

char *GC_debug_strndup(const char *s, size_t max, const char *file, int line)
{
	const char *end = memchr(s, 0, max);
	size_t n = end ? (size_t)(end - s) : max;

	return copy(s, n, n + 1, file, line);
}

wchar_t *GC_debug_wcsdup(const wchar_t *s, const char *file, int line)
{
	size_t n = wcslen(s) * sizeof(*s);

	return copy(s, n, n + sizeof(*s), file, line);
}

/* --- stores -------------------------------------------------------------- */

void GC_debug_change_stubborn(const void *p)
{
}

void GC_debug_end_stubborn_change(const void *p)
{
	GC_end_stubborn_change(p);
}

void GC_debug_ptr_store_and_dirty(void *p, const void *q)
{
	GC_ptr_store_and_dirty(p, q);
}
