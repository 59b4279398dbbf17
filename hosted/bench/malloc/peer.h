/* SPDX-License-Identifier: MIT */
/* peer.h - blocks of a malloc that PEER() names; see heap.h one folder up */
#ifndef HOSTED_BENCH_MALLOC_PEER_H
#define HOSTED_BENCH_MALLOC_PEER_H

#include <stddef.h>
#include <stdlib.h>

#ifndef PEER
#define PEER(name) name
#endif
#define PEER_MANUAL 1

void *PEER(malloc)(size_t size);
void *PEER(calloc)(size_t n, size_t size);
void *PEER(realloc)(void *p, size_t size);
void PEER(free)(void *p);

static inline void *peer_alloc(size_t size)
{
	return PEER(malloc)(size);
}

static inline void *peer_noscan(size_t size)
{
	return PEER(malloc)(size);
}

static inline void *peer_zeroed(size_t size)
{
	return PEER(calloc)(1, size);
}

static inline void *peer_realloc(void *p, size_t size)
{
	return PEER(realloc)(p, size);
}

static inline void peer_free(void *p)
{
	PEER(free)(p);
}

#endif /* HOSTED_BENCH_MALLOC_PEER_H */
