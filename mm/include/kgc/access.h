/* SPDX-License-Identifier: MIT */
/*
 * kgc/access.h - may these bytes be read or written?  In builds with CHECK=asan
 *
 * What a compiler's callbacks for each load and store ask.
 */
#ifndef KGC_ACCESS_H
#define KGC_ACCESS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kgc_bad_access {
	const char *kind;   /* "overflow", "use after free", ... */
	const void *object; /* the nearest one; NULL: none is near */
	size_t size;	    /* bytes that were asked for, rounded up to words */
	ptrdiff_t offset;   /* of the access in it; negative: before it */
};

/*
 * Are the @size bytes at @p part of the heap, but not all of one object that
 * is in use?  Then *@bad says why.  [pinned]
 */
bool kgc_access_is_bad(const void *p, size_t size, struct kgc_bad_access *bad);

#ifdef __cplusplus
}
#endif

#endif /* KGC_ACCESS_H */
