/* SPDX-License-Identifier: MIT */
/*
 * gc/gc_disclaim.h - objects that are told when they die
 */
#ifndef GC_DISCLAIM_H
#define GC_DISCLAIM_H

#include <gc/gc.h>

#ifdef __cplusplus
extern "C" {
#endif

GC_API void GC_CALL GC_init_finalized_malloc(void);

/* Returns nonzero if the object shall live on. */
typedef int(GC_CALLBACK *GC_disclaim_proc)(void *obj);
GC_API void GC_CALL GC_register_disclaim_proc(int kind, GC_disclaim_proc proc,
					      int mark_from_all);

struct GC_finalizer_closure {
	GC_finalization_proc proc;
	void *cd;
};
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_finalized_malloc(size_t size,
			    const struct GC_finalizer_closure *closure)
		GC_ATTR_NONNULL(2);

#ifdef __cplusplus
}
#endif

#endif /* GC_DISCLAIM_H */
