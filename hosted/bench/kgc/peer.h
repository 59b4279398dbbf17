/* SPDX-License-Identifier: MIT */
/* peer.h - blocks of our own heap; see heap.h one folder up */
#ifndef HOSTED_BENCH_KGC_PEER_H
#define HOSTED_BENCH_KGC_PEER_H

#include <kgc/kgc.h>

#ifndef PEER_MANUAL
#define PEER_MANUAL 0
#endif

static inline void *peer_alloc(size_t size)
{
	return kgc_alloc(size, PEER_MANUAL ? KGC_NOZERO : 0);
}

static inline void *peer_noscan(size_t size)
{
	return kgc_alloc(size, KGC_NOSCAN | KGC_NOZERO);
}

static inline void *peer_zeroed(size_t size)
{
	return kgc_alloc(size, KGC_NOSCAN);
}

static inline void *peer_realloc(void *p, size_t size)
{
	return kgc_realloc(p, size);
}

static inline void peer_free(void *p)
{
	kgc_free(p);
}

#endif /* HOSTED_BENCH_KGC_PEER_H */
