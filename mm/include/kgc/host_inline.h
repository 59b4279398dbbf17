/* SPDX-License-Identifier: MIT */
/*
 * kgc/host_inline.h - the three host functions that every allocation calls,
 * and how many slots the host has
 *
 * This is mm/'s own version, for kgc.o as shipped: three functions, and what
 * mm/ makes of them.  A host that puts a folder with a file of this name
 * earlier on the include path gives all as static inline.  <kgc/host.h> says
 * what they do.
 */
#ifndef KGC_HOST_INLINE_H
#define KGC_HOST_INLINE_H

#include <stdbool.h>

/* Slots of a host whose config says 0. */
#define KGC_HOST_SLOTS 1

unsigned int kgc_host_pin(void);
void kgc_host_unpin(void);
void kgc_host_relax(void);

/* A word for each slot: mm/'s, and kgc_nobody until it is set. */
extern void *kgc_locals[] __attribute__((visibility("hidden")));

static inline void *kgc_host_pin_local(void)
{
	return kgc_locals[kgc_host_pin()];
}

/* Set it; the caller is pinned. */
static inline void kgc_host_set_local(void *p)
{
	kgc_locals[kgc_host_pin()] = p;
	kgc_host_unpin();
}

/* Unpin; true: something is left to do, unpin_rest(). */
static inline bool kgc_host_unpin_due(void)
{
	kgc_host_unpin();
	return false;
}

static inline void kgc_host_unpin_rest(void)
{
}

#endif /* KGC_HOST_INLINE_H */
