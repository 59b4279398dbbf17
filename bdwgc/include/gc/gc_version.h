/* SPDX-License-Identifier: MIT */
/*
 * gc/gc_version.h - the version of bdwgc whose interface this is
 */
#ifndef GC_VERSION_H
#define GC_VERSION_H

#define GC_VERSION_MAJOR 8
#define GC_VERSION_MINOR 2
#define GC_VERSION_MICRO 8
#define GC_VERSION_VAL_T unsigned

#endif /* GC_VERSION_H */
