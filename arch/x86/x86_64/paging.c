// SPDX-License-Identifier: MIT
/*
 * paging.c - the kernel's address space on x86_64
 *
 * start.S leaves an identity map of the first 4 GiB and the same once more at
 * LAYOUT_DIRECT; the kernel's own tables are built through the latter, and
 * hold the image and all RAM.  The image's text and rodata are read-only in
 * the direct map too.  Two PML4 entries and a table of 4 KiB for each GiB of
 * RAM: 6 GiB cost eight frames.
 */
#include <arch/boot.h>

#include <arch/cpu.h>
#include <arch/mmu.h>
#include <arch/upcall.h>
#include <lib/mem.h>

#include "layout.h"
#include "levels.h"
#include "regs.h"

extern char __image_start[], __text_end[], __rodata_end[], __data_start[],
	__image_end[];
extern char boot_stack[];

struct paging paging;

static uint64_t root[512] __attribute__((aligned(4096)));
static uintptr_t mmio_next = LAYOUT_MMIO;

paddr_t paging_root(void)
{
	return (uintptr_t)root;
}

volatile void *paging_slot(const struct level *l, uintptr_t va, paddr_t table)
{
	return (uint64_t *)(LAYOUT_DIRECT + table) + (va >> l->shift & 511);
}

void *paging_window(paddr_t pa)
{
	return (void *)(LAYOUT_DIRECT + pa);
}

static void map_or_stop(uintptr_t va, paddr_t pa, size_t size,
			unsigned int flags)
{
	if (arch_map(va, pa, size, flags))
		kernel_stop("no memory for the first page tables");
}

static void map_image(const char *lo, const char *hi, unsigned int flags)
{
	map_or_stop((uintptr_t)lo, (uintptr_t)lo, hi - lo, flags);
}

void arch_mmu_init(void)
{
	features_init();
	if (features.nx)
		write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_NXE);
	paging = (struct paging){
		.level = levels_long,
		.nlevels = sizeof(levels_long) / sizeof(levels_long[0]),
		.entry_size = 8,
		.table_entries = 512,
		.nx = features.nx ? PTE_NX : 0,
	};
	map_image(__image_start, __text_end, MMU_EXEC);
	map_image(__text_end, __rodata_end, 0);
	map_image(__data_start, __image_end, MMU_WRITE);
	arch_unmap((uintptr_t)boot_stack, 4096, NULL);
}

void arch_mmu_add_ram(uint64_t base, uint64_t size)
{
	const uint64_t limit = arch_phys_limit();

	if (base >= limit)
		return;
	if (size > limit - base)
		size = limit - base;
	map_or_stop(LAYOUT_DIRECT + base, base, size, MMU_WRITE);
}

void arch_mmu_enable(void)
{
	write_cr3((uintptr_t)root);
	arch_protect(LAYOUT_DIRECT + (uintptr_t)__image_start,
		     __rodata_end - __image_start, 0);
}

volatile void *paging_mmio(paddr_t pa, size_t size)
{
	const uintptr_t at = mmio_next;
	const size_t offset = pa & 4095;
	const size_t whole = (offset + size + 4095) & ~(size_t)4095;

	if (arch_map(at, pa - offset, whole, MMU_WRITE | MMU_UNCACHED))
		return NULL;
	mmio_next += whole;
	return (volatile char *)at + offset;
}

/* Through a mapping of its own: the firmware's tables are not RAM of the map.
 */
void arch_copy_from_phys(void *dst, paddr_t pa, size_t size)
{
	const uintptr_t window = LAYOUT_MMIO_END;
	size_t offset, n;

	for (; size; size -= n, pa += n, dst = (char *)dst + n) {
		offset = pa & 4095;
		n = 4096 - offset < size ? 4096 - offset : size;
		if (arch_map(window, pa - offset, 4096, 0)) {
			memset(dst, 0, size);
			return;
		}
		memcpy(dst, (char *)window + offset, n);
		arch_unmap(window, 4096, NULL);
	}
}

const void *arch_map_initrd(paddr_t pa, size_t size)
{
	const uintptr_t lo = LAYOUT_DIRECT + (pa & ~(paddr_t)4095);
	const uintptr_t hi = (LAYOUT_DIRECT + pa + size + 4095) & ~4095ul;

	if (pa + size > arch_phys_limit() || arch_protect(lo, hi - lo, 0))
		return NULL;
	return (const void *)(LAYOUT_DIRECT + pa);
}

size_t arch_large_page(void)
{
	return (size_t)2 << 20;
}

uint64_t arch_phys_limit(void)
{
	const uint64_t limit = (uint64_t)1 << features.phys_bits;

	return limit < LAYOUT_DIRECT_SIZE ? limit : LAYOUT_DIRECT_SIZE;
}

uintptr_t arch_heap_end(void)
{
	return LAYOUT_HEAP_END;
}

uintptr_t arch_other_base(void)
{
	return LAYOUT_OTHER;
}

uintptr_t arch_other_end(void)
{
	return LAYOUT_OTHER_END;
}

uintptr_t arch_frame_records(void)
{
	return LAYOUT_FRAMES;
}
