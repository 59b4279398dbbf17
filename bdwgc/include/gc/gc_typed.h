/* SPDX-License-Identifier: MIT */
/*
 * gc/gc_typed.h - objects of which only some words are scanned
 *
 * Bit i of a bitmap says that word i of the structure may hold a pointer.
 */
#ifndef GC_TYPED_H
#define GC_TYPED_H

#include <gc/gc.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef GC_word *GC_bitmap;
typedef GC_word GC_descr;

#define GC_WORDSZ	  (8 * sizeof(GC_word))
#define GC_get_bit(bm, i) (((bm)[(i) / GC_WORDSZ] >> ((i) % GC_WORDSZ)) & 1)
#define GC_set_bit(bm, i) \
	((bm)[(i) / GC_WORDSZ] |= (GC_word)1 << ((i) % GC_WORDSZ))
#define GC_WORD_OFFSET(t, f) (offsetof(t, f) / sizeof(GC_word))
#define GC_WORD_LEN(t)	     (sizeof(t) / sizeof(GC_word))
#define GC_BITMAP_SIZE(t)    ((GC_WORD_LEN(t) + GC_WORDSZ - 1) / GC_WORDSZ)

GC_API GC_descr GC_CALL GC_make_descriptor(const GC_word *bitmap, size_t words);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_malloc_explicitly_typed(size_t size, GC_descr d);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
	GC_malloc_explicitly_typed_ignore_off_page(size_t size, GC_descr d);
GC_API GC_ATTR_MALLOC GC_ATTR_CALLOC_SIZE(1, 2) void *GC_CALL
	GC_calloc_explicitly_typed(size_t n, size_t size, GC_descr d);

/* The same in two steps: the first may be costly, the second is not. */
#define GC_CALLOC_TYPED_DESCR_WORDS 4
struct GC_calloc_typed_descr_s {
	GC_word opaque[GC_CALLOC_TYPED_DESCR_WORDS];
};
GC_API int GC_CALL GC_calloc_prepare_explicitly_typed(
	struct GC_calloc_typed_descr_s *out, size_t out_size, size_t n,
	size_t size, GC_descr d);
GC_API GC_ATTR_MALLOC void *GC_CALL GC_calloc_do_explicitly_typed(
	const struct GC_calloc_typed_descr_s *in, size_t in_size);

#ifdef GC_DEBUG
#define GC_MALLOC_EXPLICITLY_TYPED(size, d) ((void)(d), GC_MALLOC(size))
#define GC_MALLOC_EXPLICITLY_TYPED_IGNORE_OFF_PAGE(size, d) \
	GC_MALLOC_EXPLICITLY_TYPED(size, d)
#define GC_CALLOC_EXPLICITLY_TYPED(n, size, d) \
	((void)(d), GC_MALLOC((n) * (size)))
#else
#define GC_MALLOC_EXPLICITLY_TYPED(size, d) GC_malloc_explicitly_typed(size, d)
#define GC_MALLOC_EXPLICITLY_TYPED_IGNORE_OFF_PAGE(size, d) \
	GC_malloc_explicitly_typed_ignore_off_page(size, d)
#define GC_CALLOC_EXPLICITLY_TYPED(n, size, d) \
	GC_calloc_explicitly_typed(n, size, d)
#endif

#ifdef __cplusplus
}
#endif

#endif /* GC_TYPED_H */
