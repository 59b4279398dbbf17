/* SPDX-License-Identifier: MIT */
/*
 * gc/gc_gcj.h - objects that begin with a pointer to their class
 *
 * They are scanned conservatively, whatever the descriptor in the class says.
 */
#ifndef GC_GCJ_H
#define GC_GCJ_H

#include <gc/gc.h>
#include <gc/gc_mark.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GC_GCJ_MARK_DESCR_OFFSET sizeof(void *)

GC_API void GC_CALL GC_init_gcj_malloc(int index, void *proc);
GC_API void GC_CALL GC_init_gcj_malloc_mp(unsigned index, GC_mark_proc proc,
					  size_t descr_offset);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_gcj_malloc(size_t size, const void *vtable);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_gcj_malloc_ignore_off_page(size_t size, const void *vtable);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_debug_gcj_malloc(size_t size, const void *vtable, GC_EXTRA_PARAMS);

#ifdef GC_DEBUG
#define GC_GCJ_MALLOC(s, d)		    GC_debug_gcj_malloc(s, d, GC_EXTRAS)
#define GC_GCJ_MALLOC_IGNORE_OFF_PAGE(s, d) GC_debug_gcj_malloc(s, d, GC_EXTRAS)
#else
#define GC_GCJ_MALLOC(s, d)		    GC_gcj_malloc(s, d)
#define GC_GCJ_MALLOC_IGNORE_OFF_PAGE(s, d) GC_gcj_malloc_ignore_off_page(s, d)
#endif

#ifdef __cplusplus
}
#endif

#endif /* GC_GCJ_H */
