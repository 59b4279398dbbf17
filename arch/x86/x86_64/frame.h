/* SPDX-License-Identifier: MIT */
/*
 * frame.h - registers as entry.S leaves them for C, lowest address first
 *
 * entry.S copies the whole as FRAME_WORDS words.
 */
#ifndef X86_64_FRAME_H
#define X86_64_FRAME_H

#define FRAME_WORDS 22

#ifndef __ASSEMBLY__
#include <stdint.h>

struct frame {
	unsigned long long r15, r14, r13, r12, r11, r10, r9, r8;
	unsigned long long di, si, bp, bx, dx, cx, ax;
	unsigned long long vector, error;
	unsigned long long pc, cs, flags, sp, ss;
};
_Static_assert(sizeof(struct frame) == FRAME_WORDS * 8, "entry.S copies it");

/* The interrupted stack pointer. */
uintptr_t frame_sp(const struct frame *f);
#endif

#endif /* X86_64_FRAME_H */
