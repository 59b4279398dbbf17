/* SPDX-License-Identifier: MIT */
/* embed.h - what main.c tells its host */
#ifndef EXAMPLES_EMBED_H
#define EXAMPLES_EMBED_H

/* All the memory there is: heap, bitmap and the collector's own records. */
#define EMBED_BYTES ((size_t)24 << 20)

/* Address of the outermost frame that holds pointers. */
extern const char *embed_stack_top;

#endif /* EXAMPLES_EMBED_H */
