/* SPDX-License-Identifier: MIT */
/*
 * boot/bootinfo.h - what the loader told us, whichever loader it was
 *
 * pvh.c and multiboot2.c fill one of these from the loader's structures, which
 * may lie anywhere, and copy what they keep: nothing here points at memory
 * that the frame allocator may hand out, but for the modules, whose pages
 * kernel/frame.c keeps apart.
 */
#ifndef BOOT_BOOTINFO_H
#define BOOT_BOOTINFO_H

#include <stdint.h>

#define BOOT_CMDLINE_MAX 4096
#define BOOT_RANGES_MAX	 128

/* A range of usable RAM, whole pages: [base, base + size), physical. */
struct bootrange {
	uint64_t base;
	uint64_t size;
};

struct bootinfo {
	const char *loader;		/* "pvh" or "multiboot2" */
	char cmdline[BOOT_CMDLINE_MAX]; /* without a program name, terminated */
	struct bootrange ram[BOOT_RANGES_MAX]; /* sorted, disjoint */
	unsigned int nram;
	unsigned int nram_lost; /* ranges that did not fit in ram[] */
	uint64_t initrd;	/* physical address; 0 size: none */
	uint64_t initrd_size;
	uint64_t acpi_rsdp; /* physical address, 0: not told */
};

extern struct bootinfo bootinfo;

#endif /* BOOT_BOOTINFO_H */
