/* SPDX-License-Identifier: MIT */
/* kernel/crash.h - fail on purpose */
#ifndef KERNEL_CRASH_H
#define KERNEL_CRASH_H

/*
 * Fail as @how says: null, text, rodata, data, stack, divide, overflow,
 * instruction or panic.  Returns, with a line, if that did not fail.
 */
void crash_now(const char *how);

#endif /* KERNEL_CRASH_H */
