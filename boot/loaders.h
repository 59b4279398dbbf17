/* SPDX-License-Identifier: MIT */
/* boot/loaders.h - the two protocols, inside boot/ */
#ifndef BOOT_LOADERS_H
#define BOOT_LOADERS_H

#include <stddef.h>
#include <stdint.h>

#define BOOT_PVH	0x50564821u /* ours: PVH leaves %eax undefined */
#define BOOT_MULTIBOOT2 0x36d76289u /* the protocol's */

/*
 * Called while physical addresses below 4 GiB are usable as pointers; copy
 * into bootinfo all that is kept.
 */
void pvh_parse(uintptr_t info);
void multiboot2_parse(uintptr_t info);

/* For the two above: note a range of RAM; copy the command line. */
void boot_add_ram(uint64_t base, uint64_t size);
void boot_set_cmdline(const char *s, size_t n);

/* What entry.S and start.S jump to, in C. */
_Noreturn void boot_main(uint32_t magic, uint32_t info);

#endif /* BOOT_LOADERS_H */
