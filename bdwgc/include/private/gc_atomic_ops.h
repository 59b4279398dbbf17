/* SPDX-License-Identifier: MIT */
/*
 * private/gc_atomic_ops.h - libatomic_ops' names for the compiler's builtins
 */
#ifndef GC_ATOMIC_OPS_H
#define GC_ATOMIC_OPS_H

#include <gc/gc.h>

typedef GC_word AO_t;
typedef unsigned char AO_TS_t;
#define AO_TS_CLEAR	  ((AO_TS_t)0)
#define AO_TS_SET	  ((AO_TS_t)1)
#define AO_TS_INITIALIZER AO_TS_CLEAR

#define AO_compiler_barrier()	     __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define AO_nop_full()		     __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define AO_load(p)		     __atomic_load_n(p, __ATOMIC_RELAXED)
#define AO_load_acquire(p)	     __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define AO_load_acquire_read(p)	     AO_load_acquire(p)
#define AO_store(p, v)		     __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define AO_store_release(p, v)	     __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define AO_store_release_write(p, v) AO_store_release(p, v)
#define AO_char_load(p)		     __atomic_load_n(p, __ATOMIC_RELAXED)
#define AO_char_store(p, v)	     __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define AO_fetch_and_add(p, v)	     __atomic_fetch_add(p, v, __ATOMIC_RELAXED)
#define AO_fetch_and_add1(p)	     AO_fetch_and_add(p, 1)
#define AO_fetch_and_sub1(p)	     AO_fetch_and_add(p, (AO_t)-1)

#define AO_or(p, v) (void)__atomic_or_fetch(p, v, __ATOMIC_RELAXED)

#define AO_CLEAR(p) __atomic_clear(p, __ATOMIC_RELEASE)
#define AO_test_and_set_acquire(p) \
	(__atomic_test_and_set(p, __ATOMIC_ACQUIRE) ? AO_TS_SET : AO_TS_CLEAR)

static inline int AO_compare_and_swap(volatile AO_t *p, AO_t old, AO_t value)
{
	return __atomic_compare_exchange_n(p, &old, value, 0, __ATOMIC_RELAXED,
					   __ATOMIC_RELAXED);
}

static inline int AO_compare_and_swap_release(volatile AO_t *p, AO_t old,
					      AO_t value)
{
	return __atomic_compare_exchange_n(p, &old, value, 0, __ATOMIC_RELEASE,
					   __ATOMIC_RELAXED);
}

#define AO_HAVE_fetch_and_sub1
#define GC_cptr_load(p)		     __atomic_load_n(p, __ATOMIC_RELAXED)
#define GC_cptr_load_acquire(p)	     __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define GC_cptr_load_acquire_read(p) GC_cptr_load_acquire(p)

#define GC_cptr_store(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)

#define GC_cptr_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)

#define GC_cptr_store_release_write(p, v) GC_cptr_store_release(p, v)

static inline int GC_cptr_compare_and_swap(char *volatile *p, char *old,
					   char *value)
{
	return __atomic_compare_exchange_n(p, &old, value, 0, __ATOMIC_RELAXED,
					   __ATOMIC_RELAXED);
}

/* The names are macros, so that clients can ask which there are. */
#define AO_HAVE_compiler_barrier
#define AO_HAVE_nop_full
#define AO_HAVE_load
#define AO_HAVE_load_acquire
#define AO_HAVE_load_acquire_read
#define AO_HAVE_store
#define AO_HAVE_store_release
#define AO_HAVE_store_release_write
#define AO_HAVE_char_load
#define AO_HAVE_char_store
#define AO_HAVE_fetch_and_add
#define AO_HAVE_fetch_and_add1
#define AO_HAVE_or
#define AO_HAVE_test_and_set_acquire
#define AO_HAVE_compare_and_swap_release

#endif /* GC_ATOMIC_OPS_H */
