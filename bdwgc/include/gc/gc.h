/* SPDX-License-Identifier: MIT */
/*
 * gc/gc.h - the interface of the Boehm-Demers-Weiser collector, over kgc
 *
 * A program written for bdwgc compiles against this folder and links with
 * libgc.a and kgc.  Documentation/bdwgc.md says of each function whether it
 * does the same here.  Where a comment is missing, bdwgc's own manual holds.
 */
#ifndef GC_H
#define GC_H

#include <gc/gc_version.h>
#include <gc/gc_config_macros.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void *GC_PTR;
/* As wide as a pointer. */
typedef unsigned long GC_word;
typedef long GC_signed_word;
typedef uintptr_t GC_uintptr_t;

#define GC_SUCCESS	 0
#define GC_DUPLICATE	 1
#define GC_NO_MEMORY	 2
#define GC_NO_THREADS	 2
#define GC_UNIMPLEMENTED 3
#define GC_NOT_FOUND	 4

#define GC_SIZEOF_PTR		    sizeof(void *)
#define GC_SIZEOF_IN_PTRS(t)	    (sizeof(t) / sizeof(void *))
#define GC_OFFSETOF_IN_PTRS(t, f)   (offsetof(t, f) / sizeof(void *))
#define GC_ADDR_LT(p, q)	    ((GC_uintptr_t)(p) < (GC_uintptr_t)(q))
#define GC_CAST_AWAY_CONST_PVOID(p) ((void *)(GC_uintptr_t)(p))

/* --- start and end ------------------------------------------------------- */

GC_API unsigned GC_CALL GC_get_version(void);
GC_API void GC_CALL GC_init(void);
GC_API int GC_CALL GC_is_init_called(void);
GC_API void GC_CALL GC_deinit(void);

/* --- allocation ---------------------------------------------------------- */

GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_malloc(size_t size);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_malloc_atomic(size_t size);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_malloc_uncollectable(size_t size);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_malloc_atomic_uncollectable(size_t size);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_malloc_ignore_off_page(size_t size);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_malloc_atomic_ignore_off_page(size_t size);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_malloc_stubborn(size_t size);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(2) void *GC_CALL
	GC_memalign(size_t align, size_t size);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_valloc(size_t size);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_pvalloc(size_t size);
GC_API int GC_CALL GC_posix_memalign(void **p, size_t align, size_t size)
	GC_ATTR_NONNULL(1);
GC_API GC_ATTR_MALLOC char *GC_CALL GC_strdup(const char *s);
GC_API GC_ATTR_MALLOC char *GC_CALL GC_strndup(const char *s, size_t n)
	GC_ATTR_NONNULL(1);
GC_API void *GC_CALL GC_realloc(void *p, size_t size) GC_ATTR_ALLOC_SIZE(2);
GC_API void *GC_CALL GC_reallocf(void *p, size_t size) GC_ATTR_ALLOC_SIZE(2);
GC_API void GC_CALL GC_free(void *p);
GC_API void GC_CALL GC_freezero(void *p, size_t size);
/* A list of objects, linked by GC_NEXT, which are zero but for the link. */
GC_API void *GC_CALL GC_malloc_many(size_t size);
#define GC_NEXT(p) (*(void **)(p))

GC_API void *GC_CALL GC_base(void *p);
#define GC_base_C(p) ((const void *)GC_base((void *)(p)))
GC_API size_t GC_CALL GC_size(const void *p);
GC_API int GC_CALL GC_is_heap_ptr(const void *p);

GC_API void GC_CALL GC_change_stubborn(const void *p);
GC_API void GC_CALL GC_end_stubborn_change(const void *p);
GC_API void GC_CALL GC_ptr_store_and_dirty(void *p, const void *q);
#define GC_PTR_STORE(p, q)	 (*(void **)(p) = (void *)(q))
#define GC_MALLOC_STUBBORN(size) GC_MALLOC(size)
#define GC_NEW_STUBBORN(t)	 GC_NEW(t)
#define GC_CHANGE_STUBBORN(p)	 GC_change_stubborn(p)

/* --- allocation that notes who allocated --------------------------------- */

#define GC_EXTRAS	__FILE__, __LINE__
#define GC_EXTRA_PARAMS const char *file, int line

GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_debug_malloc(size_t size, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_CALLOC_SIZE(1, 2) void *GC_CALL
	GC_debug_calloc(size_t n, size_t size, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_debug_malloc_atomic(size_t size, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_debug_malloc_uncollectable(size_t size, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_debug_malloc_atomic_uncollectable(size_t size, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_debug_malloc_stubborn(size_t size, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_debug_malloc_ignore_off_page(size_t size, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_debug_malloc_atomic_ignore_off_page(size_t size, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC char *GC_CALL GC_debug_strdup(const char *s,
						    GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC char *GC_CALL GC_debug_strndup(const char *s, size_t n,
						     GC_EXTRA_PARAMS)
	GC_ATTR_NONNULL(1);
GC_API void *GC_CALL GC_debug_realloc(void *p, size_t size, GC_EXTRA_PARAMS)
	GC_ATTR_ALLOC_SIZE(2);
GC_API void *GC_CALL GC_debug_reallocf(void *p, size_t size, GC_EXTRA_PARAMS)
	GC_ATTR_ALLOC_SIZE(2);
GC_API void GC_CALL GC_debug_free(void *p);
GC_API void GC_CALL GC_debug_freezero(void *p, size_t size);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_debug_malloc_replacement(size_t size);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_debug_malloc_uncollectable_replacement(size_t size);
GC_API void *GC_CALL GC_debug_realloc_replacement(void *p, size_t size)
	GC_ATTR_ALLOC_SIZE(2);
GC_API void *GC_CALL GC_debug_reallocf_replacement(void *p, size_t size)
	GC_ATTR_ALLOC_SIZE(2);
GC_API void GC_CALL GC_debug_change_stubborn(const void *p);
GC_API void GC_CALL GC_debug_end_stubborn_change(const void *p);
GC_API void GC_CALL GC_debug_ptr_store_and_dirty(void *p, const void *q);

#ifdef GC_DEBUG_REPLACEMENT
#define GC_MALLOC(size)	    GC_debug_malloc_replacement(size)
#define GC_REALLOC(p, size) GC_debug_realloc_replacement(p, size)
#elif defined(GC_DEBUG)
#define GC_MALLOC(size)	    GC_debug_malloc(size, GC_EXTRAS)
#define GC_REALLOC(p, size) GC_debug_realloc(p, size, GC_EXTRAS)
#else
#define GC_MALLOC(size)	    GC_malloc(size)
#define GC_REALLOC(p, size) GC_realloc(p, size)
#endif

#ifdef GC_DEBUG
#define GC_MALLOC_ATOMIC(size) GC_debug_malloc_atomic(size, GC_EXTRAS)
#define GC_MALLOC_UNCOLLECTABLE(size) \
	GC_debug_malloc_uncollectable(size, GC_EXTRAS)
#define GC_MALLOC_ATOMIC_UNCOLLECTABLE(size) \
	GC_debug_malloc_atomic_uncollectable(size, GC_EXTRAS)
#define GC_MALLOC_IGNORE_OFF_PAGE(size) \
	GC_debug_malloc_ignore_off_page(size, GC_EXTRAS)
#define GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(size) \
	GC_debug_malloc_atomic_ignore_off_page(size, GC_EXTRAS)
#define GC_STRDUP(s)	     GC_debug_strdup(s, GC_EXTRAS)
#define GC_STRNDUP(s, n)     GC_debug_strndup(s, n, GC_EXTRAS)
#define GC_REALLOCF(p, size) GC_debug_reallocf(p, size, GC_EXTRAS)
#define GC_FREE(p)	     GC_debug_free(p)
#define GC_FREEZERO(p, size) GC_debug_freezero(p, size)
#define GC_REGISTER_FINALIZER(p, f, d, of, od) \
	GC_debug_register_finalizer(p, f, d, of, od)
#define GC_REGISTER_FINALIZER_IGNORE_SELF(p, f, d, of, od) \
	GC_debug_register_finalizer_ignore_self(p, f, d, of, od)
#define GC_REGISTER_FINALIZER_NO_ORDER(p, f, d, of, od) \
	GC_debug_register_finalizer_no_order(p, f, d, of, od)
#define GC_REGISTER_FINALIZER_UNREACHABLE(p, f, d, of, od) \
	GC_debug_register_finalizer_unreachable(p, f, d, of, od)
#define GC_END_STUBBORN_CHANGE(p)    GC_debug_end_stubborn_change(p)
#define GC_PTR_STORE_AND_DIRTY(p, q) GC_debug_ptr_store_and_dirty(p, q)
#define GC_REGISTER_DISPLACEMENT(n)  GC_debug_register_displacement(n)
#else
#define GC_MALLOC_ATOMIC(size)	      GC_malloc_atomic(size)
#define GC_MALLOC_UNCOLLECTABLE(size) GC_malloc_uncollectable(size)
#define GC_MALLOC_ATOMIC_UNCOLLECTABLE(size) \
	GC_malloc_atomic_uncollectable(size)
#define GC_MALLOC_IGNORE_OFF_PAGE(size) GC_malloc_ignore_off_page(size)
#define GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(size) \
	GC_malloc_atomic_ignore_off_page(size)
#define GC_STRDUP(s)	     GC_strdup(s)
#define GC_STRNDUP(s, n)     GC_strndup(s, n)
#define GC_REALLOCF(p, size) GC_reallocf(p, size)
#define GC_FREE(p)	     GC_free(p)
#define GC_FREEZERO(p, size) GC_freezero(p, size)
#define GC_REGISTER_FINALIZER(p, f, d, of, od) \
	GC_register_finalizer(p, f, d, of, od)
#define GC_REGISTER_FINALIZER_IGNORE_SELF(p, f, d, of, od) \
	GC_register_finalizer_ignore_self(p, f, d, of, od)
#define GC_REGISTER_FINALIZER_NO_ORDER(p, f, d, of, od) \
	GC_register_finalizer_no_order(p, f, d, of, od)
#define GC_REGISTER_FINALIZER_UNREACHABLE(p, f, d, of, od) \
	GC_register_finalizer_unreachable(p, f, d, of, od)
#define GC_END_STUBBORN_CHANGE(p)    GC_end_stubborn_change(p)
#define GC_PTR_STORE_AND_DIRTY(p, q) GC_ptr_store_and_dirty(p, q)
#define GC_REGISTER_DISPLACEMENT(n)  GC_register_displacement(n)
#endif
#define GC_FREEZEROALL(p) GC_FREEZERO(p, GC_size(p))

#define GC_NEW_ARRAY(t, n)	  ((t *)GC_MALLOC(sizeof(t) * (n)))
#define GC_NEW_ATOMIC_ARRAY(t, n) ((t *)GC_MALLOC_ATOMIC(sizeof(t) * (n)))
#define GC_NEW_UNCOLLECTABLE_ARRAY(t, n) \
	((t *)GC_MALLOC_UNCOLLECTABLE(sizeof(t) * (n)))
#define GC_NEW(t)		GC_NEW_ARRAY(t, 1)
#define GC_NEW_ATOMIC(t)	GC_NEW_ATOMIC_ARRAY(t, 1)
#define GC_NEW_UNCOLLECTABLE(t) GC_NEW_UNCOLLECTABLE_ARRAY(t, 1)

#ifdef GC_REQUIRE_WCSDUP
#ifdef __cplusplus
}
#endif
#include <wchar.h>
#ifdef __cplusplus
extern "C" {
#endif
GC_API GC_ATTR_MALLOC wchar_t *GC_CALL GC_wcsdup(const wchar_t *s)
	GC_ATTR_NONNULL(1);
GC_API GC_ATTR_MALLOC wchar_t *GC_CALL GC_debug_wcsdup(const wchar_t *s,
						       GC_EXTRA_PARAMS)
	GC_ATTR_NONNULL(1);
#ifdef GC_DEBUG
#define GC_WCSDUP(s) GC_debug_wcsdup(s, GC_EXTRAS)
#else
#define GC_WCSDUP(s) GC_wcsdup(s)
#endif
#endif

/* --- collection ---------------------------------------------------------- */

typedef int(GC_CALLBACK *GC_stop_func)(void);
GC_API void GC_CALL GC_gcollect(void);
GC_API void GC_CALL GC_gcollect_and_unmap(void);
GC_API int GC_CALL GC_try_to_collect(GC_stop_func stop) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_set_stop_func(GC_stop_func stop) GC_ATTR_NONNULL(1);
GC_API GC_stop_func GC_CALL GC_get_stop_func(void);
GC_API int GC_CALL GC_collect_a_little(void);
GC_API void GC_CALL GC_start_incremental_collection(void);
GC_API void GC_CALL GC_enable_incremental(void);
GC_API int GC_CALL GC_is_incremental_mode(void);
#define GC_PROTECTS_POINTER_HEAP 1
#define GC_PROTECTS_PTRFREE_HEAP 2
#define GC_PROTECTS_STATIC_DATA	 4
#define GC_PROTECTS_STACK	 8
#define GC_PROTECTS_NONE	 0
GC_API int GC_CALL GC_incremental_protection_needs(void);
#define GC_VDB_NONE	0
#define GC_VDB_MPROTECT 0x1
#define GC_VDB_MANUAL	0x2
#define GC_VDB_DEFAULT	0x4
#define GC_VDB_GWW	0x8
#define GC_VDB_PROC	0x20
#define GC_VDB_SOFT	0x40
#define GC_VDB_UFFDWP	0x80
GC_API unsigned GC_CALL GC_get_supported_vdbs(void);
GC_API unsigned GC_CALL GC_get_actual_vdb(void);
GC_API void GC_CALL GC_set_mprotect_vdb_allowed(int on);
GC_API int GC_CALL GC_get_mprotect_vdb_allowed(void);

GC_API void GC_CALL GC_enable(void);
GC_API void GC_CALL GC_disable(void);
GC_API int GC_CALL GC_is_disabled(void);
GC_API void GC_CALL GC_finish_and_disable(void);
GC_API GC_word GC_CALL GC_get_gc_no(void);

typedef enum {
	GC_EVENT_START,
	GC_EVENT_MARK_START,
	GC_EVENT_MARK_END,
	GC_EVENT_RECLAIM_START,
	GC_EVENT_RECLAIM_END,
	GC_EVENT_END,
	GC_EVENT_PRE_STOP_WORLD,
	GC_EVENT_POST_STOP_WORLD,
	GC_EVENT_PRE_START_WORLD,
	GC_EVENT_POST_START_WORLD,
	GC_EVENT_THREAD_SUSPENDED,
	GC_EVENT_THREAD_UNSUSPENDED
} GC_EventType;
typedef void(GC_CALLBACK *GC_on_collection_event_proc)(GC_EventType event);
GC_API void GC_CALL GC_set_on_collection_event(GC_on_collection_event_proc fn);
GC_API GC_on_collection_event_proc GC_CALL GC_get_on_collection_event(void);
typedef void(GC_CALLBACK *GC_on_thread_event_proc)(GC_EventType event,
						   void *thread);
GC_API void GC_CALL GC_set_on_thread_event(GC_on_thread_event_proc fn);
GC_API GC_on_thread_event_proc GC_CALL GC_get_on_thread_event(void);

/* --- memory -------------------------------------------------------------- */

typedef void *(GC_CALLBACK *GC_oom_func)(size_t size);
GC_API void GC_CALL GC_set_oom_fn(GC_oom_func fn) GC_ATTR_NONNULL(1);
GC_API GC_oom_func GC_CALL GC_get_oom_fn(void);
typedef void(GC_CALLBACK *GC_on_heap_resize_proc)(GC_word size);
GC_API void GC_CALL GC_set_on_heap_resize(GC_on_heap_resize_proc fn);
GC_API GC_on_heap_resize_proc GC_CALL GC_get_on_heap_resize(void);
typedef void(GC_CALLBACK *GC_on_os_get_mem_proc)(void *p, size_t size);
GC_API void GC_CALL GC_set_on_os_get_mem(GC_on_os_get_mem_proc fn);
GC_API GC_on_os_get_mem_proc GC_CALL GC_get_on_os_get_mem(void);
GC_API int GC_CALL GC_expand_hp(size_t bytes);
GC_API void GC_CALL GC_set_max_heap_size(GC_word bytes);

GC_API size_t GC_CALL GC_get_heap_size(void);
GC_API size_t GC_CALL GC_get_free_bytes(void);
GC_API size_t GC_CALL GC_get_unmapped_bytes(void);
GC_API size_t GC_CALL GC_get_bytes_since_gc(void);
GC_API size_t GC_CALL GC_get_expl_freed_bytes_since_gc(void);
GC_API size_t GC_CALL GC_get_total_bytes(void);
GC_API size_t GC_CALL GC_get_obtained_from_os_bytes(void);
GC_API size_t GC_CALL GC_get_memory_use(void);
/* The size of the object that GC_malloc(@i) gives. */
GC_API size_t GC_CALL GC_get_size_map_at(int i);
GC_API void GC_CALL GC_get_heap_usage_safe(GC_word *heap_size,
					   GC_word *free_bytes,
					   GC_word *unmapped_bytes,
					   GC_word *bytes_since_gc,
					   GC_word *total_bytes);

struct GC_prof_stats_s {
	GC_word heapsize_full;
	GC_word free_bytes_full;
	GC_word unmapped_bytes;
	GC_word bytes_allocd_since_gc;
	GC_word allocd_bytes_before_gc;
	GC_word non_gc_bytes;
	GC_word gc_no;
	GC_word markers_m1;
	GC_word bytes_reclaimed_since_gc;
	GC_word reclaimed_bytes_before_gc;
	GC_word expl_freed_bytes_since_gc;
	GC_word obtained_from_os_bytes;
};
GC_API size_t GC_CALL GC_get_prof_stats(struct GC_prof_stats_s *stats,
					size_t size);
GC_API size_t GC_CALL GC_get_prof_stats_unsafe(struct GC_prof_stats_s *stats,
					       size_t size);
GC_API void GC_CALL GC_start_performance_measurement(void);
/* Milliseconds that the world was stopped. */
GC_API unsigned long GC_CALL GC_get_full_gc_total_time(void);
GC_API unsigned long GC_CALL GC_get_full_gc_total_ns_frac(void);
GC_API unsigned long GC_CALL GC_get_stopped_mark_total_time(void);
GC_API unsigned long GC_CALL GC_get_stopped_mark_total_ns_frac(void);
GC_API unsigned long GC_CALL GC_get_avg_stopped_mark_time_ns(void);

/* --- parameters ---------------------------------------------------------- */

GC_API void GC_CALL GC_set_find_leak(int on);
GC_API int GC_CALL GC_get_find_leak(void);
GC_API void GC_CALL GC_set_all_interior_pointers(int on);
GC_API int GC_CALL GC_get_all_interior_pointers(void);
GC_API void GC_CALL GC_set_finalize_on_demand(int on);
GC_API int GC_CALL GC_get_finalize_on_demand(void);
GC_API void GC_CALL GC_set_interrupt_finalizers(unsigned n);
GC_API unsigned GC_CALL GC_get_interrupt_finalizers(void);
GC_API void GC_CALL GC_set_java_finalization(int on);
GC_API int GC_CALL GC_get_java_finalization(void);
GC_API void GC_CALL GC_set_dont_expand(int on);
GC_API int GC_CALL GC_get_dont_expand(void);
GC_API void GC_CALL GC_set_full_freq(int n);
GC_API int GC_CALL GC_get_full_freq(void);
GC_API void GC_CALL GC_set_non_gc_bytes(GC_word bytes);
GC_API GC_word GC_CALL GC_get_non_gc_bytes(void);
GC_API void GC_CALL GC_set_no_dls(int on);
GC_API int GC_CALL GC_get_no_dls(void);
GC_API void GC_CALL GC_set_free_space_divisor(GC_word n);
GC_API GC_word GC_CALL GC_get_free_space_divisor(void);
GC_API void GC_CALL GC_set_max_retries(GC_word n);
GC_API GC_word GC_CALL GC_get_max_retries(void);
GC_API void GC_CALL GC_set_dont_precollect(int on);
GC_API int GC_CALL GC_get_dont_precollect(void);
GC_API void GC_CALL GC_set_force_unmap_on_gcollect(int on);
GC_API int GC_CALL GC_get_force_unmap_on_gcollect(void);
#define GC_TIME_UNLIMITED 999999
GC_API void GC_CALL GC_set_time_limit(unsigned long ms);
GC_API unsigned long GC_CALL GC_get_time_limit(void);
struct GC_timeval_s {
	unsigned long tv_ms;
	unsigned long tv_nsec;
};
GC_API void GC_CALL GC_set_time_limit_tv(struct GC_timeval_s limit);
GC_API struct GC_timeval_s GC_CALL GC_get_time_limit_tv(void);
GC_API void GC_CALL GC_set_allocd_bytes_per_finalizer(GC_word bytes);
GC_API GC_word GC_CALL GC_get_allocd_bytes_per_finalizer(void);
GC_API void GC_CALL GC_set_pages_executable(int on);
GC_API int GC_CALL GC_get_pages_executable(void);
GC_API void GC_CALL GC_set_min_bytes_allocd(size_t bytes);
GC_API size_t GC_CALL GC_get_min_bytes_allocd(void);
GC_API void GC_CALL GC_set_rate(int n);
GC_API int GC_CALL GC_get_rate(void);
GC_API void GC_CALL GC_set_max_prior_attempts(int n);
GC_API int GC_CALL GC_get_max_prior_attempts(void);
GC_API void GC_CALL GC_set_disable_automatic_collection(int on);
GC_API int GC_CALL GC_get_disable_automatic_collection(void);
GC_API void GC_CALL GC_set_manual_vdb_allowed(int on);
GC_API int GC_CALL GC_get_manual_vdb_allowed(void);
GC_API void GC_CALL GC_set_pointer_mask(GC_word mask);
GC_API GC_word GC_CALL GC_get_pointer_mask(void);
GC_API void GC_CALL GC_set_pointer_shift(unsigned shift);
GC_API unsigned GC_CALL GC_get_pointer_shift(void);
GC_API void GC_CALL GC_set_handle_fork(int on);
GC_API void GC_CALL GC_atfork_prepare(void);
GC_API void GC_CALL GC_atfork_parent(void);
GC_API void GC_CALL GC_atfork_child(void);
GC_API int GC_CALL GC_get_dont_add_byte_at_end(void);
GC_API size_t GC_CALL GC_get_hblk_size(void);

/*
 * The variables behind some of the above.  Set before GC_INIT(), they count
 * as if their function had been called; GC_gc_no is as of the last call.
 */
GC_API GC_word GC_gc_no;
GC_API GC_oom_func GC_oom_fn;
GC_API int GC_find_leak;
GC_API int GC_all_interior_pointers;
GC_API int GC_finalize_on_demand;
GC_API int GC_java_finalization;
GC_API int GC_dont_gc;
GC_API int GC_dont_expand;
GC_API int GC_dont_precollect;
GC_API int GC_use_entire_heap;
GC_API int GC_full_freq;
GC_API int GC_no_dls;
GC_API int GC_parallel;
GC_API GC_word GC_non_gc_bytes;
GC_API GC_word GC_free_space_divisor;
GC_API GC_word GC_max_retries;
GC_API unsigned long GC_time_limit;
GC_API char *GC_stackbottom;

/* --- roots --------------------------------------------------------------- */

GC_API void GC_CALL GC_add_roots(void *lo, void *hi);
GC_API void GC_CALL GC_remove_roots(void *lo, void *hi);
GC_API void GC_CALL GC_clear_roots(void);
GC_API void GC_CALL GC_exclude_static_roots(void *lo, void *hi);
GC_API void GC_CALL GC_clear_exclusion_table(void);
GC_API void GC_CALL GC_register_displacement(size_t n);
GC_API void GC_CALL GC_debug_register_displacement(size_t n);
typedef int(GC_CALLBACK *GC_has_static_roots_func)(const char *name,
						   void *start, size_t size);
GC_API void GC_CALL
GC_register_has_static_roots_callback(GC_has_static_roots_func fn);

/* --- finalizers ---------------------------------------------------------- */

typedef void(GC_CALLBACK *GC_finalization_proc)(void *obj, void *data);
GC_API void GC_CALL GC_register_finalizer(void *obj, GC_finalization_proc fn,
					  void *data,
					  GC_finalization_proc *old_fn,
					  void **old_data) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_register_finalizer_ignore_self(
	void *obj, GC_finalization_proc fn, void *data,
	GC_finalization_proc *old_fn, void **old_data) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_register_finalizer_no_order(
	void *obj, GC_finalization_proc fn, void *data,
	GC_finalization_proc *old_fn, void **old_data) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_register_finalizer_unreachable(
	void *obj, GC_finalization_proc fn, void *data,
	GC_finalization_proc *old_fn, void **old_data) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_debug_register_finalizer(
	void *obj, GC_finalization_proc fn, void *data,
	GC_finalization_proc *old_fn, void **old_data) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_debug_register_finalizer_ignore_self(
	void *obj, GC_finalization_proc fn, void *data,
	GC_finalization_proc *old_fn, void **old_data) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_debug_register_finalizer_no_order(
	void *obj, GC_finalization_proc fn, void *data,
	GC_finalization_proc *old_fn, void **old_data) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_debug_register_finalizer_unreachable(
	void *obj, GC_finalization_proc fn, void *data,
	GC_finalization_proc *old_fn, void **old_data) GC_ATTR_NONNULL(1);
GC_API int GC_CALL GC_should_invoke_finalizers(void);
GC_API int GC_CALL GC_invoke_finalizers(void);
typedef void(GC_CALLBACK *GC_finalizer_notifier_proc)(void);
GC_API void GC_CALL GC_set_finalizer_notifier(GC_finalizer_notifier_proc fn);
GC_API GC_finalizer_notifier_proc GC_CALL GC_get_finalizer_notifier(void);
GC_API GC_finalizer_notifier_proc GC_finalizer_notifier;
typedef void(GC_CALLBACK *GC_await_finalize_proc)(void *obj);
GC_API void GC_CALL GC_set_await_finalize_proc(GC_await_finalize_proc fn);
GC_API GC_await_finalize_proc GC_CALL GC_get_await_finalize_proc(void);

/* --- links --------------------------------------------------------------- */

typedef GC_word GC_hidden_pointer;
#define GC_HIDE_POINTER(p)   (~(GC_hidden_pointer)(p))
#define GC_REVEAL_POINTER(p) ((void *)GC_HIDE_POINTER(p))
/* The same, but NULL stays 0. */
#define GC_HIDE_NZ_POINTER(p)	((GC_hidden_pointer)(-(GC_signed_word)(p)))
#define GC_REVEAL_NZ_POINTER(p) ((void *)GC_HIDE_NZ_POINTER(p))
#if defined(I_HIDE_POINTERS) || defined(GC_I_HIDE_POINTERS)
#define HIDE_POINTER(p)	  GC_HIDE_POINTER(p)
#define REVEAL_POINTER(p) GC_REVEAL_POINTER(p)
#endif

GC_API int GC_CALL GC_register_disappearing_link(void **link)
	GC_ATTR_NONNULL(1);
GC_API int GC_CALL GC_general_register_disappearing_link(void **link,
							 const void *obj)
	GC_ATTR_NONNULL(1) GC_ATTR_NONNULL(2);
GC_API int GC_CALL GC_unregister_disappearing_link(void **link);
GC_API int GC_CALL GC_move_disappearing_link(void **link, void **to)
	GC_ATTR_NONNULL(2);
GC_API int GC_CALL GC_register_long_link(void **link, const void *obj)
	GC_ATTR_NONNULL(1) GC_ATTR_NONNULL(2);
GC_API int GC_CALL GC_unregister_long_link(void **link);
GC_API int GC_CALL GC_move_long_link(void **link, void **to) GC_ATTR_NONNULL(2);
#ifdef GC_DEBUG
#define GC_GENERAL_REGISTER_DISAPPEARING_LINK(link, obj) \
	GC_general_register_disappearing_link(link, GC_base((void *)(obj)))
#define GC_REGISTER_LONG_LINK(link, obj) \
	GC_register_long_link(link, GC_base((void *)(obj)))
#else
#define GC_GENERAL_REGISTER_DISAPPEARING_LINK(link, obj) \
	GC_general_register_disappearing_link(link, obj)
#define GC_REGISTER_LONG_LINK(link, obj) GC_register_long_link(link, obj)
#endif
#define GC_GENERAL_REGISTER_DISAPPEARING_LINK_SAFE(link, obj) \
	GC_GENERAL_REGISTER_DISAPPEARING_LINK(link, obj)
#define GC_REGISTER_LONG_LINK_SAFE(link, obj) GC_REGISTER_LONG_LINK(link, obj)

typedef void *(GC_CALLBACK *GC_fn_type)(void *arg);
GC_API void *GC_CALL GC_call_with_alloc_lock(GC_fn_type fn, void *arg)
	GC_ATTR_NONNULL(1);
GC_API void *GC_CALL GC_call_with_reader_lock(GC_fn_type fn, void *arg,
					      int release) GC_ATTR_NONNULL(1);
#ifdef GC_THREADS
GC_API void GC_CALL GC_alloc_lock(void);
GC_API void GC_CALL GC_alloc_unlock(void);
#else
#define GC_alloc_lock()	  (void)0
#define GC_alloc_unlock() (void)0
#endif

#define GC_reachable_here(p) __asm__ volatile(" " : : "X"(p) : "memory")
GC_API void GC_CALL GC_noop1(GC_word x);
GC_API void GC_CALL GC_noop1_ptr(volatile void *p);

/* --- threads and stacks -------------------------------------------------- */

struct GC_stack_base {
	void *mem_base;
};
typedef void *(GC_CALLBACK *GC_stack_base_func)(struct GC_stack_base *base,
						void *arg);
GC_API void *GC_CALL GC_call_with_stack_base(GC_stack_base_func fn, void *arg)
	GC_ATTR_NONNULL(1);
GC_API int GC_CALL GC_get_stack_base(struct GC_stack_base *base)
	GC_ATTR_NONNULL(1);
GC_API void *GC_CALL GC_get_my_stackbottom(struct GC_stack_base *base)
	GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_set_stackbottom(void *thread,
				       const struct GC_stack_base *base)
	GC_ATTR_NONNULL(2);
GC_API void *GC_CALL GC_do_blocking(GC_fn_type fn, void *arg)
	GC_ATTR_NONNULL(1);
GC_API void *GC_CALL GC_call_with_gc_active(GC_fn_type fn, void *arg)
	GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_start_mark_threads(void);

#ifdef GC_THREADS
GC_API void GC_CALL GC_allow_register_threads(void);
GC_API int GC_CALL GC_register_my_thread(const struct GC_stack_base *base);
GC_API int GC_CALL GC_unregister_my_thread(void);
GC_API int GC_CALL GC_thread_is_registered(void);
GC_API void GC_CALL GC_register_altstack(void *stack, GC_word stack_size,
					 void *alt, GC_word alt_size);
GC_API void GC_CALL GC_stop_world_external(void);
GC_API void GC_CALL GC_start_world_external(void);
GC_API void GC_CALL GC_set_suspend_signal(int sig);
GC_API int GC_CALL GC_get_suspend_signal(void);
GC_API void GC_CALL GC_set_thr_restart_signal(int sig);
GC_API int GC_CALL GC_get_thr_restart_signal(void);
GC_API void GC_CALL GC_set_markers_count(unsigned n);
GC_API int GC_CALL GC_get_parallel(void);
typedef void(GC_CALLBACK *GC_sp_corrector_proc)(void **sp, void *thread);
GC_API void GC_CALL GC_set_sp_corrector(GC_sp_corrector_proc fn);
GC_API GC_sp_corrector_proc GC_CALL GC_get_sp_corrector(void);
#endif

/* --- checks and reports -------------------------------------------------- */

GC_API void *GC_CALL GC_same_obj(void *p, void *q);
GC_API void *GC_CALL GC_pre_incr(void **p, ptrdiff_t n) GC_ATTR_NONNULL(1);
GC_API void *GC_CALL GC_post_incr(void **p, ptrdiff_t n) GC_ATTR_NONNULL(1);
GC_API void *GC_CALL GC_is_visible(void *p);
GC_API void *GC_CALL GC_is_valid_displacement(void *p);
typedef void(GC_CALLBACK *GC_same_obj_print_proc_t)(void *p, void *q);
typedef void(GC_CALLBACK *GC_valid_ptr_print_proc_t)(void *p);
GC_API GC_same_obj_print_proc_t GC_same_obj_print_proc;
GC_API GC_valid_ptr_print_proc_t GC_is_valid_displacement_print_proc;
GC_API GC_valid_ptr_print_proc_t GC_is_visible_print_proc;
GC_API void GC_CALL GC_set_same_obj_print_proc(GC_same_obj_print_proc_t fn);
GC_API GC_same_obj_print_proc_t GC_CALL GC_get_same_obj_print_proc(void);
GC_API void GC_CALL
GC_set_is_valid_displacement_print_proc(GC_valid_ptr_print_proc_t fn);
GC_API GC_valid_ptr_print_proc_t GC_CALL
GC_get_is_valid_displacement_print_proc(void);
GC_API void GC_CALL GC_set_is_visible_print_proc(GC_valid_ptr_print_proc_t fn);
GC_API GC_valid_ptr_print_proc_t GC_CALL GC_get_is_visible_print_proc(void);

#ifdef GC_DEBUG
#define GC_PTR_ADD(x, n) ((__typeof__(x))GC_same_obj((x) + (n), (x)))
#define GC_PRE_INCR(x, n)                          \
	((__typeof__(x))GC_pre_incr((void **)&(x), \
				    (ptrdiff_t)((n) * sizeof(*(x)))))
#define GC_POST_INCR(x) \
	((__typeof__(x))GC_post_incr((void **)&(x), (ptrdiff_t)sizeof(*(x))))
#define GC_POST_DECR(x) \
	((__typeof__(x))GC_post_incr((void **)&(x), -(ptrdiff_t)sizeof(*(x))))
#else
#define GC_PTR_ADD(x, n)  ((x) + (n))
#define GC_PRE_INCR(x, n) ((x) += (n))
#define GC_POST_INCR(x)	  ((x)++)
#define GC_POST_DECR(x)	  ((x)--)
#endif

/* @msg is a format for printf() with one %lu for @arg, or none. */
typedef void(GC_CALLBACK *GC_warn_proc)(char *msg, GC_word arg);
GC_API void GC_CALL GC_set_warn_proc(GC_warn_proc fn) GC_ATTR_NONNULL(1);
GC_API GC_warn_proc GC_CALL GC_get_warn_proc(void);
GC_API void GC_CALLBACK GC_ignore_warn_proc(char *msg, GC_word arg);
typedef void(GC_CALLBACK *GC_abort_func)(const char *msg);
GC_API void GC_CALL GC_set_abort_func(GC_abort_func fn) GC_ATTR_NONNULL(1);
GC_API GC_abort_func GC_CALL GC_get_abort_func(void);
GC_API void GC_CALL GC_abort_on_oom(void);
GC_API void GC_CALL GC_set_log_fd(int fd);
GC_API void GC_CALL GC_dump(void);
GC_API void GC_CALL GC_dump_named(const char *name);
GC_API void GC_CALL GC_dump_regions(void);
GC_API void GC_CALL GC_dump_finalization(void);

/* --- GC_INIT ------------------------------------------------------------- */

#ifdef GC_DONT_EXPAND
#define GC_INIT_DONT_EXPAND GC_set_dont_expand(1)
#else
#define GC_INIT_DONT_EXPAND (void)0
#endif
#ifdef GC_FORCE_UNMAP_ON_GCOLLECT
#define GC_INIT_FORCE_UNMAP GC_set_force_unmap_on_gcollect(1)
#else
#define GC_INIT_FORCE_UNMAP (void)0
#endif
#ifdef GC_DONT_GC
#define GC_INIT_DONT_GC (void)(GC_dont_gc = 1)
#else
#define GC_INIT_DONT_GC (void)0
#endif
#ifdef GC_FREE_SPACE_DIVISOR
#define GC_INIT_DIVISOR GC_set_free_space_divisor(GC_FREE_SPACE_DIVISOR)
#else
#define GC_INIT_DIVISOR (void)0
#endif
#ifdef GC_TIME_LIMIT
#define GC_INIT_TIME_LIMIT GC_set_time_limit(GC_TIME_LIMIT)
#else
#define GC_INIT_TIME_LIMIT (void)0
#endif
#ifdef GC_MAXIMUM_HEAP_SIZE
#define GC_INIT_MAXIMUM GC_set_max_heap_size(GC_MAXIMUM_HEAP_SIZE)
#else
#define GC_INIT_MAXIMUM (void)0
#endif
#ifdef GC_IGNORE_WARN
#define GC_INIT_WARN GC_set_warn_proc(GC_ignore_warn_proc)
#else
#define GC_INIT_WARN (void)0
#endif
#ifdef GC_INITIAL_HEAP_SIZE
#define GC_INIT_INITIAL                                       \
	(void)(GC_get_heap_size() < (GC_INITIAL_HEAP_SIZE) && \
	       GC_expand_hp((GC_INITIAL_HEAP_SIZE)-GC_get_heap_size()))
#else
#define GC_INIT_INITIAL (void)0
#endif
#define GC_INIT()                    \
	{                            \
		GC_INIT_DONT_EXPAND; \
		GC_INIT_FORCE_UNMAP; \
		GC_INIT_DONT_GC;     \
		GC_INIT_DIVISOR;     \
		GC_INIT_TIME_LIMIT;  \
		GC_INIT_MAXIMUM;     \
		GC_init();           \
		GC_INIT_WARN;        \
		GC_INIT_INITIAL;     \
	}

#ifdef __cplusplus
}
#endif

#ifdef GC_PTHREADS
#include <gc/gc_pthread_redirects.h>
#endif

#endif /* GC_H */
