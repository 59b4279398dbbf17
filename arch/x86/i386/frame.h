/* SPDX-License-Identifier: MIT */
/*
 * frame.h - registers as entry.S leaves them for C, lowest address first
 *
 * There is no change of ring, so the processor pushes no stack pointer: the
 * interrupted one is what follows.
 */
#ifndef I386_FRAME_H
#define I386_FRAME_H

#ifndef __ASSEMBLY__
#include <stdint.h>

struct frame {
	unsigned long di, si, bp, unused_sp, bx, dx, cx, ax;
	unsigned long vector, error;
	unsigned long pc, cs, flags;
};

/* The interrupted stack pointer. */
uintptr_t frame_sp(const struct frame *f);
#endif

#endif /* I386_FRAME_H */
