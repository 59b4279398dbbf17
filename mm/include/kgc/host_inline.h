/* SPDX-License-Identifier: MIT */
/*
 * kgc/host_inline.h - the three host functions that every allocation calls,
 * and how many slots the host has
 *
 * This is mm/'s own version, for kgc.o as shipped: three functions.  A host
 * that puts a folder with a file of this name earlier on the include path
 * gives them as static inline.  <kgc/host.h> says what they do.
 */
#ifndef KGC_HOST_INLINE_H
#define KGC_HOST_INLINE_H

/* Slots of a host whose config says 0. */
#define KGC_HOST_SLOTS 1

unsigned int kgc_host_pin(void);
void kgc_host_unpin(void);
void kgc_host_relax(void);

#endif /* KGC_HOST_INLINE_H */
