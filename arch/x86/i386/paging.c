// SPDX-License-Identifier: MIT
/*
 * paging.c - the kernel's address space on i386
 *
 * With PAE or without, by what the processor has: the tables differ in their
 * levels and in the size of their entries, and all else is common.  Static
 * tables hold the image (its first 8 MiB, of which bss takes 4 at most) and
 * the windows; they are filled while paging is off.  From then on tables are
 * seen through the recursive entry.
 *
 * A processor without PAE has no NX: there, everything can be executed.
 */
#include <arch/boot.h>

#include <arch/cpu.h>
#include <arch/mmu.h>
#include <arch/upcall.h>
#include <lib/mem.h>

#include "layout.h"
#include "levels.h"
#include "regs.h"

enum {
	PAGE = 4096,
	NFIXED = 2, /* tables of LAYOUT_FIXED: 4 MiB either way */
	WINDOW_TABLE = 0,
	WINDOW_COPY,
	NWINDOWS,
};

extern char __image_start[], __text_end[], __rodata_end[], __data_start[],
	__image_end[];
/* As many as the image needs: linker.ld's. */
extern char __image_tables[][PAGE];
extern char boot_stack[];

struct paging paging;

/* Four directories with PAE; the first alone without. */
static char directories[4][PAGE] __attribute__((aligned(4096)));
static char fixed_tables[NFIXED][PAGE] __attribute__((aligned(4096)));
static uint64_t pointers[4] __attribute__((aligned(32)));
static uintptr_t mmio_next = LAYOUT_MMIO;

paddr_t paging_root(void)
{
	return 0;
}

volatile void *paging_slot(const struct level *l, uintptr_t va, paddr_t table)
{
	return (char *)l->window + (va >> l->shift) * paging.entry_size;
}

/* Entry @i of a table that paging does not show yet. */
static void early_set(char *table, unsigned int i, uint64_t pte)
{
	pte_write(table + i * paging.entry_size, pte);
}

static void early_directory(uintptr_t va, const char *table, uint64_t bits)
{
	early_set(directories[0], va >> paging.level[0].shift,
		  (uintptr_t)table | bits | PTE_PRESENT | PTE_WRITE);
}

static void map_image(const char *lo, const char *hi, uint64_t bits)
{
	uintptr_t va;

	for (va = (uintptr_t)lo; va < (uintptr_t)hi; va += PAGE)
		early_set(__image_tables[0], va / PAGE,
			  va | bits | PTE_PRESENT);
}

static void map_tables(void)
{
	const unsigned int span = 1u << paging.level[0].shift;
	unsigned int i, n = features.pae ? 4 : 1;

	for (i = 0; i * span < (uintptr_t)__image_end; i++)
		early_directory(i * span, __image_tables[i], 0);
	for (i = 0; i < NFIXED && i * span < LAYOUT_MMIO_END - LAYOUT_FIXED;
	     i++)
		early_directory(LAYOUT_FIXED + i * span, fixed_tables[i], 0);
	/* The directories themselves, as the tables of the last megabytes. */
	for (i = 0; i < n; i++)
		early_directory(0u - (n - i) * span, directories[i], paging.nx);
	for (i = 0; i < n; i++)
		pointers[i] = (uintptr_t)directories[i] | PTE_PRESENT;
}

void arch_mmu_init(void)
{
	features_init();
	if (features.pae && features.nx)
		write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_NXE);
	paging = (struct paging){
		.level = features.pae ? levels_pae : levels_plain,
		.nlevels = 2,
		.entry_size = features.pae ? 8 : 4,
		.table_entries = features.pae ? 512 : 1024,
		.nx = features.pae && features.nx ? PTE_NX : 0,
	};
	map_image(__image_start, __text_end, 0);
	map_image(__text_end, __rodata_end, paging.nx);
	map_image(__data_start, __image_end, paging.nx | PTE_WRITE);
	early_set(__image_tables[0], (uintptr_t)boot_stack / PAGE, 0);
	map_tables();
}

/* A frame is mapped when it is used. */
void arch_mmu_add_ram(uint64_t base, uint64_t size)
{
}

void arch_mmu_enable(void)
{
	if (features.pae) {
		write_cr4(read_cr4() | CR4_PAE);
		write_cr3((uintptr_t)pointers);
	} else {
		write_cr3((uintptr_t)directories[0]);
	}
	write_cr0(read_cr0() | CR0_PG | CR0_WP);
}

static void *window_map(unsigned int which, paddr_t pa)
{
	const uintptr_t va =
		LAYOUT_WINDOWS + (arch_cpu() * NWINDOWS + which) * PAGE;

	pte_write(paging_slot(&paging.level[1], va, 0),
		  (pa & ~(paddr_t)(PAGE - 1)) | PTE_PRESENT | PTE_WRITE |
			  paging.nx);
	invlpg(va);
	return (char *)va + (pa & (PAGE - 1));
}

void *paging_window(paddr_t pa)
{
	return window_map(WINDOW_TABLE, pa);
}

volatile void *paging_mmio(paddr_t pa, size_t size)
{
	const uintptr_t at = mmio_next;
	const size_t offset = pa & (PAGE - 1);
	const size_t whole = (offset + size + PAGE - 1) & ~(size_t)(PAGE - 1);

	if (whole > LAYOUT_MMIO_END - at ||
	    arch_map(at, pa - offset, whole, MMU_WRITE | MMU_UNCACHED))
		return NULL;
	mmio_next += whole;
	return (volatile char *)at + offset;
}

void arch_copy_from_phys(void *dst, paddr_t pa, size_t size)
{
	unsigned long irq;
	size_t n;

	for (; size; size -= n, pa += n, dst = (char *)dst + n) {
		n = PAGE - (pa & (PAGE - 1));
		if (n > size)
			n = size;
		irq = arch_irq_save();
		memcpy(dst, window_map(WINDOW_COPY, pa), n);
		arch_irq_restore(irq);
	}
}

const void *arch_map_initrd(paddr_t pa, size_t size)
{
	const size_t offset = pa & (PAGE - 1);
	const size_t whole = (offset + size + PAGE - 1) & ~(size_t)(PAGE - 1);

	if (size > LAYOUT_INITRD_SIZE - 2 * PAGE ||
	    pa + size > arch_phys_limit() ||
	    arch_map(LAYOUT_INITRD, pa - offset, whole, 0))
		return NULL;
	return (const char *)LAYOUT_INITRD + offset;
}

size_t arch_large_page(void)
{
	return features.pae ? (size_t)2 << 20 : (size_t)4 << 20;
}

/* The records of 64 GiB fill their part of the address space. */
uint64_t arch_phys_limit(void)
{
	const unsigned int bits = features.phys_bits;

	return (uint64_t)1 << (!features.pae ? 32 : bits < 36 ? bits : 36);
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
