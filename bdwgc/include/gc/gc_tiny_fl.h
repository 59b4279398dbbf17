/* SPDX-License-Identifier: MIT */
/*
 * gc/gc_tiny_fl.h - the grain of sizes
 */
#ifndef GC_TINY_FL_H
#define GC_TINY_FL_H

#define GC_GRANULE_BYTES	   16
#define GC_GRANULE_WORDS	   (GC_GRANULE_BYTES / sizeof(void *))
#define GC_GRANULE_PTRS		   GC_GRANULE_WORDS
#define GC_WORDS_TO_GRANULES(n)	   ((n) * sizeof(void *) / GC_GRANULE_BYTES)
#define GC_PTRS_TO_GRANULES(n)	   GC_WORDS_TO_GRANULES(n)
#define GC_RAW_BYTES_FROM_INDEX(i) ((i)*GC_GRANULE_BYTES)
#define GC_TINY_FREELISTS	   25

#endif /* GC_TINY_FL_H */
