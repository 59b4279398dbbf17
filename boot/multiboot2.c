// SPDX-License-Identifier: MIT
/*
 * multiboot2.c - the tags of the Multiboot2 protocol, as GRUB gives them
 *
 * GRUB puts the tags wherever it finds room, be it in the gap between two
 * parts of our own image: they are read once, before anything is written
 * there, and never again.  The ACPI root pointer is a copy inside a tag, so it
 * is copied once more, into the image.
 */
#include <boot/bootinfo.h>

#include <lib/mem.h>

#include "loaders.h"

enum {
	TAG_END = 0,
	TAG_CMDLINE = 1,
	TAG_MODULE = 3,
	TAG_MEMMAP = 6,
	TAG_ACPI_OLD = 14,
	TAG_ACPI_NEW = 15,
};

struct tag {
	uint32_t type;
	uint32_t size; /* with this head, without the padding to 8 */
};

struct module_tag {
	struct tag tag;
	uint32_t lo, hi;
	char cmdline[];
};

struct memmap_tag {
	struct tag tag;
	uint32_t entry_size;
	uint32_t entry_version;
};

struct memmap_entry {
	uint64_t base;
	uint64_t size;
	uint32_t type; /* 1: RAM */
	uint32_t reserved;
};

static uint8_t rsdp_copy[36];

static void memmap_parse(const struct memmap_tag *tag)
{
	uintptr_t p = (uintptr_t)(tag + 1);
	const uintptr_t end = (uintptr_t)tag + tag->tag.size;
	const struct memmap_entry *entry;

	if (tag->entry_size < sizeof(*entry))
		return;
	for (; p + sizeof(*entry) <= end; p += tag->entry_size) {
		entry = (const void *)p;
		if (entry->type == 1)
			boot_add_ram(entry->base, entry->size);
	}
}

static void rsdp_parse(const struct tag *tag)
{
	size_t n = tag->size - sizeof(*tag);

	/* The new root pointer wins over the old one. */
	if (bootinfo.acpi_rsdp && tag->type == TAG_ACPI_OLD)
		return;
	if (n > sizeof(rsdp_copy))
		n = sizeof(rsdp_copy);
	memcpy(rsdp_copy, tag + 1, n);
	bootinfo.acpi_rsdp = (uintptr_t)rsdp_copy;
}

static void tag_parse(const struct tag *tag)
{
	const struct module_tag *module = (const void *)tag;
	const char *cmdline = (const char *)(tag + 1);

	switch (tag->type) {
	case TAG_CMDLINE:
		boot_set_cmdline(cmdline, text_length(cmdline));
		break;
	case TAG_MODULE: /* the first is the initrd */
		if (bootinfo.initrd_size)
			break;
		bootinfo.initrd = module->lo;
		bootinfo.initrd_size = module->hi - module->lo;
		break;
	case TAG_MEMMAP:
		memmap_parse((const void *)tag);
		break;
	case TAG_ACPI_OLD:
	case TAG_ACPI_NEW:
		rsdp_parse(tag);
		break;
	}
}

void multiboot2_parse(uintptr_t address)
{
	const uint32_t total = *(const uint32_t *)address;
	const struct tag *tag;
	uint32_t at;

	bootinfo.loader = "multiboot2";
	for (at = 8; at + sizeof(*tag) <= total; at += (tag->size + 7) & ~7u) {
		tag = (const void *)(address + at);
		if (tag->type == TAG_END || tag->size < sizeof(*tag))
			break;
		tag_parse(tag);
	}
}
