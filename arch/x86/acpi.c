// SPDX-License-Identifier: MIT
/*
 * acpi.c - count the processors that the firmware names
 *
 * From the root pointer, told by the loader or found where a BIOS leaves it,
 * to the MADT.  Tables are read by copies of a few bytes, because they need
 * not lie in RAM of the map.  A machine without them has one processor.
 *
 * Bad at: distrust.  Checksums are not tested; lengths are.
 */
#include <arch/boot.h>

#include <arch/cpu.h>
#include <arch/mmu.h>
#include <lib/mem.h>

enum {
	HEADER_SIZE = 36, /* of every table */
	LENGTH_AT = 4,
	MADT_ENTRIES_AT = 44,
	MADT_LOCAL_APIC = 0,
	MADT_LOCAL_X2APIC = 9,
	ENABLED = 1 << 0,
	TABLE_MAX = 1 << 20,
};

static unsigned int cpus_found = 1;

static uint32_t read32(paddr_t pa)
{
	uint32_t value;

	arch_copy_from_phys(&value, pa, sizeof(value));
	return value;
}

static uint64_t read64(paddr_t pa)
{
	uint64_t value;

	arch_copy_from_phys(&value, pa, sizeof(value));
	return value;
}

/* Length of the table at @pa, or 0 if it is beyond belief. */
static uint32_t table_length(paddr_t pa)
{
	const uint32_t length = read32(pa + LENGTH_AT);

	return length >= HEADER_SIZE && length <= TABLE_MAX ? length : 0;
}

static paddr_t rsdp_scan(paddr_t lo, paddr_t hi)
{
	static char buf[4096];
	size_t i;

	for (; lo < hi; lo += sizeof(buf)) {
		arch_copy_from_phys(buf, lo, sizeof(buf));
		for (i = 0; i < sizeof(buf); i += 16)
			if (!memcmp(buf + i, "RSD PTR ", 8))
				return lo + i;
	}
	return 0;
}

static paddr_t rsdp_find(void)
{
	const paddr_t ebda = (read32(0x40e) & 0xffff) << 4;
	paddr_t found = 0;

	if (ebda >= 0x80000 && ebda < 0xa0000)
		found = rsdp_scan(ebda, ebda + 4096);
	return found ? found : rsdp_scan(0xe0000, 0x100000);
}

static void madt_parse(paddr_t madt)
{
	const uint32_t length = table_length(madt);
	unsigned int n = 0;
	uint8_t entry[16];
	uint32_t at;

	for (at = MADT_ENTRIES_AT; at + 8 <= length; at += entry[1]) {
		arch_copy_from_phys(entry, madt + at, sizeof(entry));
		if (entry[1] < 2)
			break;
		if (entry[0] == MADT_LOCAL_APIC)
			n += entry[4] & ENABLED;
		if (entry[0] == MADT_LOCAL_X2APIC)
			n += entry[8] & ENABLED;
	}
	if (n)
		cpus_found = n;
}

/* Look through the table of tables at @root, with entries of @width bytes. */
static void root_parse(paddr_t root, unsigned int width)
{
	const uint32_t length = table_length(root);
	paddr_t table;
	uint32_t at;

	for (at = HEADER_SIZE; at + width <= length; at += width) {
		table = width == 8 ? read64(root + at) : read32(root + at);
		if (read32(table) == 0x43495041) /* "APIC" */
			madt_parse(table);
	}
}

void arch_acpi_init(uint64_t rsdp)
{
	uint8_t root[36];

	if (!rsdp)
		rsdp = rsdp_find();
	if (!rsdp)
		return;
	arch_copy_from_phys(root, rsdp, sizeof(root));
	if (root[15] >= 2 && read64(rsdp + 24))
		root_parse(read64(rsdp + 24), 8);
	else
		root_parse(read32(rsdp + 16), 4);
}

unsigned int arch_cpus_found(void)
{
	return cpus_found;
}
