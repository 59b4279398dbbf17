/* SPDX-License-Identifier: MIT */
/*
 * levels.h - the levels of i386's page tables, top first
 *
 * Tables are seen through the recursive entry: all entries of a level lie in
 * one array.  With PAE the four page directories follow each other there, so
 * that the four pointers above them, which never change, are no level.
 */
#ifndef I386_LEVELS_H
#define I386_LEVELS_H

#include "paging.h"

static const struct level levels_pae[] = {
	{ .shift = 21, .large = true, .window = 0xffffc000 },
	{ .shift = 12, .window = 0xff800000 },
};

/*
 * Large pages of 4 MiB exist here, but frames come in 2 MiB at most: small
 * pages only.
 */
static const struct level levels_plain[] = {
	{ .shift = 22, .window = 0xfffff000 },
	{ .shift = 12, .window = 0xffc00000 },
};

#endif /* I386_LEVELS_H */
