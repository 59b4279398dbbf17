/* SPDX-License-Identifier: MIT */
/*
 * gc/javaxfc.h - finalizers at exit
 */
#ifndef GC_JAVAXFC_H
#define GC_JAVAXFC_H

#include <gc/gc.h>

#ifdef __cplusplus
extern "C" {
#endif

GC_API void GC_CALL GC_finalize_all(void);

#ifdef __cplusplus
}
#endif

#endif /* GC_JAVAXFC_H */
