/* SPDX-License-Identifier: MIT */
/*
 * private/gc_alloc_ptrs.h - counters that a client with free lists keeps up
 *
 * Kgc counts by itself.
 */
#ifndef GC_ALLOC_PTRS_H
#define GC_ALLOC_PTRS_H

#include <gc/gc.h>

static inline void GC_incr_bytes_allocd(size_t bytes)
{
}

static inline void GC_incr_bytes_freed(size_t bytes)
{
}

#endif /* GC_ALLOC_PTRS_H */
