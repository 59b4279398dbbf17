/* SPDX-License-Identifier: MIT */
/*
 * gc/gc_config_macros.h - what the declarations of gc.h are decorated with
 *
 * A client may define any of these before it includes gc.h, and -DGC_THREADS
 * if it has threads.
 */
#ifndef GC_CONFIG_MACROS_H
#define GC_CONFIG_MACROS_H

#include <stddef.h>
#include <stdint.h>

#ifdef GC_THREADS
#undef GC_PTHREADS
#define GC_PTHREADS
#endif

/* Kgc finds what dlopen() brings by itself, and blocks no signal. */
#define GC_NO_DLOPEN
#define GC_NO_PTHREAD_SIGMASK
#define GC_NO_PTHREAD_CANCEL
#define GC_HAVE_PTHREAD_EXIT
#define GC_PTHREAD_EXIT_ATTRIBUTE __attribute__((__noreturn__))

#define GC_GNUC_PREREQ(major, minor) \
	((__GNUC__ << 16) + __GNUC_MINOR__ >= ((major) << 16) + (minor))

#ifndef GC_API
#define GC_API extern
#endif
#ifndef GC_CALL
#define GC_CALL
#endif
#ifndef GC_CALLBACK
#define GC_CALLBACK GC_CALL
#endif
#ifndef GC_ATTR_MALLOC
#ifdef GC_OOM_FUNC_RETURNS_ALIAS
#define GC_ATTR_MALLOC
#else
#define GC_ATTR_MALLOC __attribute__((__malloc__))
#endif
#endif
#ifndef GC_ATTR_ALLOC_SIZE
#define GC_ATTR_ALLOC_SIZE(arg)	  __attribute__((__alloc_size__(arg)))
#define GC_ATTR_CALLOC_SIZE(n, s) __attribute__((__alloc_size__(n, s)))
#endif
#ifndef GC_ATTR_CALLOC_SIZE
#define GC_ATTR_CALLOC_SIZE(n, s)
#endif
#ifndef GC_ATTR_NONNULL
#define GC_ATTR_NONNULL(arg) __attribute__((__nonnull__(arg)))
#endif
#ifndef GC_ATTR_CONST
#define GC_ATTR_CONST __attribute__((__const__))
#endif
#ifndef GC_ATTR_DEPRECATED
#define GC_ATTR_DEPRECATED
#endif
#ifndef GC_ATTR_UNUSED
#define GC_ATTR_UNUSED __attribute__((__unused__))
#endif

#endif /* GC_CONFIG_MACROS_H */
