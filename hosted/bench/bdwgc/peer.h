/* SPDX-License-Identifier: MIT */
/* peer.h - blocks of the Boehm collector; see heap.h one folder up */
#ifndef HOSTED_BENCH_BDWGC_PEER_H
#define HOSTED_BENCH_BDWGC_PEER_H

#include <string.h>
#include <gc/gc.h>

#ifndef PEER_MANUAL
#define PEER_MANUAL 0
#endif

static inline void *peer_alloc(size_t size)
{
	return GC_MALLOC(size);
}

static inline void *peer_noscan(size_t size)
{
	return GC_MALLOC_ATOMIC(size);
}

static inline void *peer_zeroed(size_t size)
{
	void *p = GC_MALLOC_ATOMIC(size);

	return p ? memset(p, 0, size) : NULL;
}

static inline void *peer_realloc(void *p, size_t size)
{
	return GC_REALLOC(p, size);
}

static inline void peer_free(void *p)
{
	GC_FREE(p);
}

#endif /* HOSTED_BENCH_BDWGC_PEER_H */
