/* SPDX-License-Identifier: MIT */
/*
 * lib/noroot.h - static memory that the collector does not look at
 *
 * For zero-initialised variables that never hold a pointer into the heap and
 * whose values may look like one: a clock's low or high half on a 32-bit
 * machine, the registers that stay behind on an interrupt stack.  linker.ld
 * keeps the section apart, kernel/host.c leaves it out of the roots.  In a
 * process it means nothing.
 */
#ifndef LIB_NOROOT_H
#define LIB_NOROOT_H

#define NOROOT __attribute__((section(".bss.noroot")))

#endif /* LIB_NOROOT_H */
