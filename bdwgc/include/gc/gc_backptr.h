/* SPDX-License-Identifier: MIT */
/*
 * gc/gc_backptr.h - who keeps an object
 */
#ifndef GC_BACKPTR_H
#define GC_BACKPTR_H

#include <gc/gc.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	GC_UNREFERENCED,
	GC_NO_SPACE,
	GC_REFD_FROM_ROOT,
	GC_REFD_FROM_REG,
	GC_REFD_FROM_HEAP,
	GC_FINALIZER_REFD
} GC_ref_kind;

GC_API GC_ref_kind GC_CALL GC_get_back_ptr_info(void *dest, void **base,
						size_t *offset)
	GC_ATTR_NONNULL(1);
GC_API void *GC_CALL GC_generate_random_heap_address(void);
GC_API void *GC_CALL GC_generate_random_valid_address(void);
GC_API void GC_CALL GC_generate_random_backtrace(void);
GC_API void GC_CALL GC_print_backtrace(void *p) GC_ATTR_NONNULL(1);

#ifdef __cplusplus
}
#endif

#endif /* GC_BACKPTR_H */
