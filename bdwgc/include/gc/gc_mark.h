/* SPDX-License-Identifier: MIT */
/*
 * gc/gc_mark.h - kinds of objects, and how they are scanned
 *
 * A kind says which words of its objects are scanned: all, the first few, or
 * those of a bitmap.  Mark procedures are accepted and never called: objects
 * with one are scanned conservatively, whole.
 */
#ifndef GC_MARK_H
#define GC_MARK_H

#include <gc/gc.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GC_PROC_BYTES 100
struct GC_ms_entry;
typedef struct GC_ms_entry *(GC_CALLBACK *GC_mark_proc)(
	GC_word *addr, struct GC_ms_entry *top, struct GC_ms_entry *limit,
	GC_word env);

#define GC_LOG_MAX_MARK_PROCS		6
#define GC_MAX_MARK_PROCS		(1 << GC_LOG_MAX_MARK_PROCS)
#define GC_RESERVED_MARK_PROCS		8
#define GC_GCJ_RESERVED_MARK_PROC_INDEX 0

/* What a descriptor's two low bits say of the others. */
#define GC_DS_TAG_BITS	      2
#define GC_DS_TAGS	      ((1 << GC_DS_TAG_BITS) - 1)
#define GC_DS_LENGTH	      0 /* the first so many bytes are scanned */
#define GC_DS_BITMAP	      1 /* the highest bit is the first word's */
#define GC_DS_PROC	      2
#define GC_DS_PER_OBJECT      3
#define GC_INDIR_PER_OBJ_BIAS 0x10
#define GC_MAKE_PROC(index, env)                                  \
	((((((GC_word)(env)) << GC_LOG_MAX_MARK_PROCS) | (index)) \
	  << GC_DS_TAG_BITS) |                                    \
	 GC_DS_PROC)

GC_API void *GC_least_plausible_heap_addr;
GC_API void *GC_greatest_plausible_heap_addr;
GC_API struct GC_ms_entry *GC_CALL GC_mark_and_push(void *obj,
						    struct GC_ms_entry *top,
						    struct GC_ms_entry *limit,
						    void **src);
#define GC_MARK_AND_PUSH(obj, top, limit, src) \
	GC_mark_and_push((void *)(obj), top, limit, (void **)(src))

GC_API GC_ATTR_CONST size_t GC_CALL GC_get_debug_header_size(void);
#define GC_USR_PTR_FROM_BASE(p) \
	((void *)((char *)(p) + GC_get_debug_header_size()))

GC_API void **GC_CALL GC_new_free_list(void);
GC_API void **GC_CALL GC_new_free_list_inner(void);
GC_API unsigned GC_CALL GC_new_kind(void **list, GC_word descr, int adjust,
				    int clear);
GC_API unsigned GC_CALL GC_new_kind_inner(void **list, GC_word descr,
					  int adjust, int clear);
GC_API unsigned GC_CALL GC_new_proc(GC_mark_proc proc);
GC_API unsigned GC_CALL GC_new_proc_inner(GC_mark_proc proc);

GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_generic_malloc(size_t size, int kind);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_generic_malloc_ignore_off_page(size_t size, int kind);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_generic_malloc_uncollectable(size_t size, int kind);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_generic_or_special_malloc(size_t size, int kind);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_debug_generic_malloc(size_t size, int kind, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_debug_generic_or_special_malloc(size_t size, int kind,
					   GC_EXTRA_PARAMS);
#ifdef GC_DEBUG
#define GC_GENERIC_MALLOC(size, kind) \
	GC_debug_generic_malloc(size, kind, GC_EXTRAS)
#define GC_GENERIC_OR_SPECIAL_MALLOC(size, kind) \
	GC_debug_generic_or_special_malloc(size, kind, GC_EXTRAS)
#else
#define GC_GENERIC_MALLOC(size, kind) GC_generic_malloc(size, kind)
#define GC_GENERIC_OR_SPECIAL_MALLOC(size, kind) \
	GC_generic_or_special_malloc(size, kind)
#endif

/* The kind of the object at @p, its size in *@size (may be NULL). */
GC_API int GC_CALL GC_get_kind_and_size(const void *p, size_t *size)
	GC_ATTR_NONNULL(1);

typedef void(GC_CALLBACK *GC_describe_type_fn)(void *p, char *buf);
#define GC_TYPE_DESCR_LEN 40
GC_API void GC_CALL GC_register_describe_type_fn(int kind,
						 GC_describe_type_fn fn);

GC_API void *GC_CALL GC_clear_stack(void *arg);
typedef void(GC_CALLBACK *GC_start_callback_proc)(void);
GC_API void GC_CALL GC_set_start_callback(GC_start_callback_proc fn);
GC_API GC_start_callback_proc GC_CALL GC_get_start_callback(void);

/* For objects of a kind with a disclaim procedure; see bdwgc.md. */
GC_API int GC_CALL GC_is_marked(const void *p) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_clear_mark_bit(const void *p) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_set_mark_bit(const void *p) GC_ATTR_NONNULL(1);

typedef void(GC_CALLBACK *GC_push_other_roots_proc)(void);
GC_API void GC_CALL GC_set_push_other_roots(GC_push_other_roots_proc fn);
GC_API GC_push_other_roots_proc GC_CALL GC_get_push_other_roots(void);
GC_API void GC_CALL GC_push_obj_descr(void *p, GC_word descr);
typedef struct GC_ms_entry *(GC_CALLBACK *GC_on_mark_stack_empty_proc)(
	struct GC_ms_entry *top, struct GC_ms_entry *limit);
GC_API void GC_CALL GC_set_on_mark_stack_empty(GC_on_mark_stack_empty_proc fn);
GC_API GC_on_mark_stack_empty_proc GC_CALL GC_get_on_mark_stack_empty(void);
/* Calls @fn at once, for the caller's registers and stack. */
typedef void(GC_CALLBACK *GC_custom_push_proc)(void **lo, void **hi, void *arg,
					       unsigned hint);
GC_API void GC_CALL GC_custom_push_regs_and_stack(
	GC_custom_push_proc fn, void *arg, const struct GC_stack_base *base,
	void *unused) GC_ATTR_NONNULL(1) GC_ATTR_NONNULL(3);

typedef void(GC_CALLBACK *GC_reachable_object_proc)(void *obj, size_t size,
						    void *arg);
GC_API void GC_CALL GC_enumerate_reachable_objects_inner(
	GC_reachable_object_proc fn, void *arg) GC_ATTR_NONNULL(1);

#ifdef __cplusplus
}
#endif

#endif /* GC_MARK_H */
