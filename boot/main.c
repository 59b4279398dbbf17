// SPDX-License-Identifier: MIT
/*
 * main.c - from the loader's structures to the kernel on its own page tables
 *
 * Runs on the boot stack with interrupts off.  Until arch_mmu_enable() the
 * first 4 GiB of physical memory are usable as pointers (paging is off on
 * i386; x86_64 has an identity map of its own making), and the loader's
 * structures are read in that time.
 *
 * Ranges of RAM are kept sorted, disjoint and cut to whole pages.  More than
 * BOOT_RANGES_MAX of them are counted and lost; UEFI's maps have about 30.
 */
#include <boot/bootinfo.h>

#include <arch/boot.h>
#include <arch/console.h>
#include <arch/upcall.h>
#include <lib/mem.h>

#include "loaders.h"

#define PAGE ((uint64_t)4096)

struct bootinfo bootinfo;

static void ram_remove(unsigned int i)
{
	bootinfo.nram--;
	memmove(&bootinfo.ram[i], &bootinfo.ram[i + 1],
		(bootinfo.nram - i) * sizeof(bootinfo.ram[0]));
}

void boot_add_ram(uint64_t base, uint64_t size)
{
	uint64_t lo = (base + PAGE - 1) & ~(PAGE - 1);
	uint64_t hi = (base + size) & ~(PAGE - 1);
	struct bootrange *ram = bootinfo.ram;
	unsigned int i = 0;

	if (hi <= lo)
		return;
	/* Swallow what the new range touches, then put it in its place. */
	while (i < bootinfo.nram && ram[i].base + ram[i].size < lo)
		i++;
	while (i < bootinfo.nram && ram[i].base <= hi) {
		if (ram[i].base < lo)
			lo = ram[i].base;
		if (ram[i].base + ram[i].size > hi)
			hi = ram[i].base + ram[i].size;
		ram_remove(i);
	}
	if (bootinfo.nram == BOOT_RANGES_MAX) {
		bootinfo.nram_lost++;
		return;
	}
	memmove(&ram[i + 1], &ram[i], (bootinfo.nram - i) * sizeof(ram[0]));
	ram[i] = (struct bootrange){ lo, hi - lo };
	bootinfo.nram++;
}

void boot_set_cmdline(const char *s, size_t n)
{
	if (n > BOOT_CMDLINE_MAX - 1)
		n = BOOT_CMDLINE_MAX - 1;
	memcpy(bootinfo.cmdline, s, n);
	bootinfo.cmdline[n] = '\0';
}

void boot_main(uint32_t magic, uint32_t info)
{
	unsigned int i;

	arch_console_init();
	bootinfo.loader = "unknown";
	if (magic == BOOT_PVH)
		pvh_parse(info);
	else if (magic == BOOT_MULTIBOOT2)
		multiboot2_parse(info);

	arch_mmu_init();
	for (i = 0; i < bootinfo.nram; i++)
		arch_mmu_add_ram(bootinfo.ram[i].base, bootinfo.ram[i].size);
	arch_mmu_enable();
	arch_trap_init();
	kernel_main();
}
