/* SPDX-License-Identifier: MIT */
/*
 * arch/mmu.h - page tables
 *
 * Frames for tables come from frame_alloc(); nothing here uses the heap.
 * Where a range and a frame are aligned and long enough, large pages are used.
 */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t paddr_t;

enum mmu_flags {
	MMU_WRITE = 1 << 0,
	MMU_EXEC = 1 << 1,
	MMU_UNCACHED = 1 << 2,
};

/* Size of the arch's large page in bytes (2 MiB, or 4 MiB without PAE). */
size_t arch_large_page(void);

/*
 * Map [@va, @va + @size) to [@pa, ...) with @flags.  The range is unmapped
 * before.  Returns 0, or -12 if no frame for a table is left: then nothing of
 * the range is mapped.
 */
int arch_map(uintptr_t va, paddr_t pa, size_t size, unsigned int flags);

/*
 * Unmap [@va, @va + @size); holes are allowed.  @freed, if not NULL, is called
 * with each physical run that was mapped there.  A large page that the range
 * covers in part is split; -12 if no frame for that is left, nothing changed.
 * Tables that become empty stay: address space is used again.
 */
int arch_unmap(uintptr_t va, size_t size,
	       void (*freed)(paddr_t pa, size_t size));

/* Change the flags of a mapped range; splits as arch_unmap() does. */
int arch_protect(uintptr_t va, size_t size, unsigned int flags);

/* Where @va leads; false if unmapped. */
bool arch_query(uintptr_t va, paddr_t *pa, unsigned int *flags);

/* Zero the frame at @pa through whatever window the arch has. */
void arch_zero_frame(paddr_t pa, size_t size);
/* Copy out of physical memory, for what firmware and loaders left there. */
void arch_copy_from_phys(void *dst, paddr_t pa, size_t size);

/*
 * Where the initrd at [@pa, @pa + @size) can be read, and only read, from now
 * on; NULL if no frame for a table is left or it is too large.
 */
const void *arch_map_initrd(paddr_t pa, size_t size);

/* Highest physical address + 1 that a mapping can reach. */
uint64_t arch_phys_limit(void);
/*
 * The address space, as layout.h draws it: the end of the heap's region, the
 * region of all other reservations, and where the frame allocator's records
 * go.
 */
uintptr_t arch_heap_end(void);
uintptr_t arch_other_base(void);
uintptr_t arch_other_end(void);
uintptr_t arch_frame_records(void);

/* Frames in use as page tables. */
size_t arch_table_frames(void);
/* Reload the TLB.  Under TCG this is what lets its soft TLB grow. */
void arch_flush_all(void);

#endif /* ARCH_MMU_H */
