// SPDX-License-Identifier: MIT
/*
 * pvh.c - hvm_start_info of the PVH protocol, as QEMU's -kernel gives it
 *
 * The structures lie in low memory.  The memory map came with version 1 of
 * the protocol, which every QEMU that boots this way speaks; without it there
 * is no RAM, and the frame allocator says so.  microvm counts an empty last
 * entry, and qboot does not sort: boot_add_ram() copes with both.
 */
#include <boot/bootinfo.h>

#include <lib/mem.h>

#include "loaders.h"

#define PVH_MAGIC 0x336ec578u

struct pvh_info {
	uint32_t magic;
	uint32_t version;
	uint32_t flags;
	uint32_t nmodules;
	uint64_t modules;
	uint64_t cmdline;
	uint64_t rsdp;
	uint64_t memmap;
	uint32_t nmemmap;
	uint32_t reserved;
};

struct pvh_module {
	uint64_t base;
	uint64_t size;
	uint64_t cmdline;
	uint64_t reserved;
};

struct pvh_range {
	uint64_t base;
	uint64_t size;
	uint32_t type; /* 1: RAM */
	uint32_t reserved;
};

void pvh_parse(uintptr_t address)
{
	const struct pvh_info *info = (const void *)address;
	const struct pvh_range *map;
	const struct pvh_module *module;
	const char *cmdline;
	uint32_t i;

	if (info->magic != PVH_MAGIC)
		return;
	bootinfo.loader = "pvh";
	bootinfo.acpi_rsdp = info->rsdp;
	cmdline = (const char *)(uintptr_t)info->cmdline;
	if (cmdline)
		boot_set_cmdline(cmdline, text_length(cmdline));
	module = (const void *)(uintptr_t)info->modules;
	if (info->nmodules) {
		bootinfo.initrd = module->base;
		bootinfo.initrd_size = module->size;
	}
	if (info->version < 1)
		return;
	map = (const void *)(uintptr_t)info->memmap;
	for (i = 0; i < info->nmemmap; i++)
		if (map[i].type == 1)
			boot_add_ram(map[i].base, map[i].size);
}
