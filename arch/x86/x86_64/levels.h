/* SPDX-License-Identifier: MIT */
/* levels.h - the levels of x86_64's page tables, top first */
#ifndef X86_64_LEVELS_H
#define X86_64_LEVELS_H

#include "paging.h"

static const struct level levels_long[] = {
	{ .shift = 39 },
	{ .shift = 30 },
	{ .shift = 21, .large = true },
	{ .shift = 12 },
};

#endif /* X86_64_LEVELS_H */
