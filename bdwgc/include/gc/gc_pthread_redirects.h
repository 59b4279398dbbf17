/* SPDX-License-Identifier: MIT */
/*
 * gc/gc_pthread_redirects.h - threads whose argument and result are roots
 *
 * Included by gc.h when GC_THREADS is defined.  Kgc knows a thread from its
 * first allocation on; what these add is that the argument is seen before
 * that, and the result after the thread's end.
 */
#ifndef GC_PTHREAD_REDIRECTS_H
#define GC_PTHREAD_REDIRECTS_H

#include <gc/gc_config_macros.h>
#include <pthread.h>
#include <signal.h>

#ifdef __cplusplus
extern "C" {
#endif

GC_API int GC_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
			     void *(*start)(void *), void *arg);
GC_API int GC_pthread_join(pthread_t thread, void **result);
GC_API int GC_pthread_detach(pthread_t thread);
GC_API void GC_pthread_exit(void *result) GC_PTHREAD_EXIT_ATTRIBUTE;

#ifdef __cplusplus
}
#endif

#ifndef GC_NO_THREAD_REDIRECTS
#undef pthread_create
#undef pthread_join
#undef pthread_detach
#undef pthread_exit
#define pthread_create GC_pthread_create
#define pthread_join   GC_pthread_join
#define pthread_detach GC_pthread_detach
#define pthread_exit   GC_pthread_exit
#endif

#endif /* GC_PTHREAD_REDIRECTS_H */
