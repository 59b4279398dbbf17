/* SPDX-License-Identifier: MIT */
/*
 * private/gc_priv.h - what bdwgc's own tests take from its inside
 *
 * Printing, time, random numbers and a few names of types.  No client needs
 * this header.
 */
#ifndef GC_PRIVATE_H
#define GC_PRIVATE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gc/gc.h>
#include <gc/gc_mark.h>
#include <gc/gc_tiny_fl.h>
#include <private/gcconfig.h>
#ifdef THREADS
#include <private/gc_atomic_ops.h>
#endif

typedef GC_word word;
typedef GC_signed_word signed_word;
typedef char *ptr_t;
typedef uintptr_t GC_funcptr_uint;
typedef uint32_t unsigned32;
typedef int GC_bool;
#define PTRFREE	       0
#define NORMAL	       1
#define UNCOLLECTABLE  2
#define AUNCOLLECTABLE 3
#define GC_SIZE_MAX    SIZE_MAX
#define GC_WORD_MAX    ((word)-1)
#ifndef TRUE
#define TRUE  1
#define FALSE 0
#endif

#define GC_INNER
#define GC_INLINE static inline
#define GC_FAR
#define GC_ATTR_NO_SANITIZE_THREAD
#define GC_ATTR_NO_SANITIZE_ADDR
#define GC_ATTR_NO_SANITIZE_MEMORY
#define EXTERN_C_BEGIN
#define EXTERN_C_END
#define UNUSED_ARG(arg)		((void)(arg))
#define NUMERIC_TO_VPTR(v)	((void *)(GC_uintptr_t)(v))
#define CAST_THRU_UINTPTR(t, x) ((t)(GC_uintptr_t)(x))
#define ADDR(p)			((GC_uintptr_t)(p))
#define ADDR_GE(p, q)		(ADDR(p) >= ADDR(q))
#define ADDR_LT(p, q)		(ADDR(p) < ADDR(q))
#define ASSERT_ALIGNMENT(p) \
	((void)(ADDR(p) % ALIGNMENT == 0 ? 0 : (abort(), 0)))
#define CPTR_SET_FLAGS(p, mask)	  ((ptr_t)(ADDR(p) | (GC_uintptr_t)(mask)))
#define CPTR_CLEAR_FLAGS(p, mask) ((ptr_t)(ADDR(p) & ~(GC_uintptr_t)(mask)))
#define LONG_MULT(high, low, x, y)                         \
	((high) = (unsigned32)((uint64_t)(x) * (y) >> 32), \
	 (low) = (unsigned32)((uint64_t)(x) * (y)))
#define COVERT_DATAFLOW(w)   ((GC_word)(w))
#define COVERT_DATAFLOW_P(p) ((ptr_t)(p))
#define HBLKSIZE	     ((size_t)4096)
#define MAXOBJBYTES	     (HBLKSIZE / 2)

#define VERBOSE		   2
#define GETENV(name)	   getenv(name)
#define BZERO(p, n)	   memset(p, 0, n)
#define BCOPY(p, q, n)	   memcpy(q, p, n)
#define GC_printf	   printf
#define GC_log_printf	   printf
#define GC_err_printf(...) fprintf(stderr, __VA_ARGS__)
#define ABORT(msg)	   (fflush(stdout), GC_get_abort_func()(msg), abort())

#define CLOCK_TYPE  clock_t
#define GET_TIME(t) ((void)((t) = clock()))
#define MS_TIME_DIFF(a, b) \
	((unsigned long)((double)((a) - (b)) * 1000 / CLOCKS_PER_SEC))
#define NS_FRAC_TIME_DIFF(a, b) 0UL

#define GC_RAND_STATE_T unsigned
#define GC_RAND_MAX	0x7fffffff
#define GC_RAND_NEXT(state)                                       \
	(*(state) = (*(state)*1103515245U + 12345) & GC_RAND_MAX, \
	 (int)(*(state) >> 1))

#endif /* GC_PRIVATE_H */
