/* SPDX-License-Identifier: MIT */
/*
 * gc/gc_inline.h - allocation by words and kinds
 *
 * Each slot of kgc has its windows of free objects, so the free lists that a
 * client passes to these macros stay empty.
 */
#ifndef GC_INLINE_H
#define GC_INLINE_H

#include <gc/gc.h>
#include <gc/gc_tiny_fl.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GC_I_PTRFREE 0
#define GC_I_NORMAL  1

#ifndef GC_EXPECT
#define GC_EXPECT(expr, outcome) __builtin_expect(expr, outcome)
#endif

/* A list of objects linked by GC_NEXT in *@result, NULL if no memory. */
GC_API void GC_CALL GC_generic_malloc_many(size_t size, int kind,
					   void **result);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_malloc_kind(size_t size, int kind);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_malloc_kind_global(size_t size, int kind);
GC_API void GC_CALL GC_print_free_list(int kind, size_t granules);

#define GC_WORDS_TO_WHOLE_GRANULES(n) \
	GC_WORDS_TO_GRANULES((n) + GC_GRANULE_WORDS - 1)
#define GC_FAST_MALLOC_GRANS(result, granules, tiny_fl, num_direct, kind, \
			     default_expr, init)                          \
	do {                                                              \
		(void)(tiny_fl);                                          \
		(result) = (default_expr);                                \
	} while (0)
#define GC_MALLOC_WORDS_KIND(result, n, tiny_fl, kind, init)                 \
	GC_FAST_MALLOC_GRANS(result, GC_WORDS_TO_WHOLE_GRANULES(n), tiny_fl, \
			     0, kind,                                        \
			     GC_malloc_kind(GC_WORDS_TO_WHOLE_GRANULES(n) *  \
						    GC_GRANULE_BYTES,        \
					    kind),                           \
			     init)
#define GC_MALLOC_WORDS(result, n, tiny_fl) \
	GC_MALLOC_WORDS_KIND(result, n, tiny_fl, GC_I_NORMAL, (void)0)
#define GC_MALLOC_ATOMIC_WORDS(result, n, tiny_fl) \
	GC_MALLOC_WORDS_KIND(result, n, tiny_fl, GC_I_PTRFREE, (void)0)
#define GC_CONS(result, first, second, tiny_fl)                  \
	do {                                                     \
		void *GC_cons_first = (void *)(first);           \
		void *GC_cons_second = (void *)(second);         \
                                                                 \
		GC_MALLOC_WORDS(result, 2, tiny_fl);             \
		if (result) {                                    \
			((void **)(result))[0] = GC_cons_first;  \
			((void **)(result))[1] = GC_cons_second; \
			GC_reachable_here(GC_cons_first);        \
			GC_reachable_here(GC_cons_second);       \
		}                                                \
	} while (0)

#ifdef __cplusplus
}
#endif

#endif /* GC_INLINE_H */
