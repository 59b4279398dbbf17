/* SPDX-License-Identifier: MIT */
/*
 * gc/leak_detector.h - malloc and its family, watched
 *
 * To be included after the C library's headers, or before: it includes them.
 */
#ifndef GC_LEAK_DETECTOR_H
#define GC_LEAK_DETECTOR_H

#ifndef GC_DEBUG
#define GC_DEBUG
#endif
#include <gc/gc.h>
#ifndef GC_DONT_INCLUDE_STDLIB
#include <stdlib.h>
#include <string.h>
#endif

#undef malloc
#undef calloc
#undef free
#undef realloc
#undef strdup
#undef strndup
#undef memalign
#undef aligned_alloc
#undef posix_memalign
#undef malloc_usable_size
#undef reallocarray
#undef reallocf
#undef freezero
#undef freezeroall
#undef free_sized
#undef free_aligned_sized
#undef cfree
#undef valloc
#undef pvalloc
#undef malloc_size
#undef _aligned_malloc
#undef _aligned_free
#undef _msize
#define reallocarray(p, m, n)	    GC_REALLOC(p, (m) * (n))
#define reallocf(p, n)		    GC_REALLOCF(p, n)
#define freezero(p, n)		    GC_FREEZERO(p, n)
#define freezeroall(p)		    GC_FREEZEROALL(p)
#define free_sized(p, n)	    (GC_FREE(p), (void)(n))
#define free_aligned_sized(p, a, n) (GC_free(p), (void)(a), (void)(n))
#define cfree(p)		    GC_FREE(p)
#define valloc(n)		    GC_valloc(n)
#define pvalloc(n)		    GC_pvalloc(n)
#define malloc_size(p)		    GC_size(p)
#define _aligned_malloc(n, a)	    GC_memalign(a, n)
#define _aligned_free(p)	    GC_free(p)
#define _msize(p)		    GC_size(p)
#define malloc(n)		    GC_MALLOC(n)
#define calloc(m, n)		    GC_debug_calloc(m, n, GC_EXTRAS)
#define free(p)			    GC_FREE(p)
#define realloc(p, n)		    GC_REALLOC(p, n)
#define strdup(s)		    GC_STRDUP(s)
#define strndup(s, n)		    GC_STRNDUP(s, n)
#define memalign(a, n)		    GC_memalign(a, n)
#define aligned_alloc(a, n)	    GC_memalign(a, n)
#define posix_memalign(p, a, n)	    GC_posix_memalign(p, a, n)
#define malloc_usable_size(p)	    GC_size(p)
#ifdef GC_REQUIRE_WCSDUP
#include <wchar.h>
#undef wcsdup
#define wcsdup(s) GC_WCSDUP(s)
#endif

#ifndef CHECK_LEAKS
#define CHECK_LEAKS() GC_gcollect()
#endif

#endif /* GC_LEAK_DETECTOR_H */
