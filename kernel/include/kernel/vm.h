/* SPDX-License-Identifier: MIT */
/*
 * kernel/vm.h - kernel address space: reserve, commit, decommit, release
 *
 * Two regions: the heap's, from the end of the image on, where a caller says
 * which part it wants; and one for all else.  Addresses and sizes are whole
 * pages.  Reserved space faults when touched.
 */
#ifndef KERNEL_VM_H
#define KERNEL_VM_H

#include <stddef.h>
#include <stdint.h>

void vm_init(void);

/*
 * Reserve @size bytes inside [@lo, @hi) of the heap's region, lowest first;
 * hi 0 is the region's end; both 0: in the other region.  NULL if there is no
 * room.  Aligned to 2 MiB if that long, else to 64 KiB.
 */
void *vm_reserve(size_t size, uintptr_t lo, uintptr_t hi);
/* Undo a whole reservation, given its address as vm_reserve() returned it. */
void vm_release(void *addr, size_t size);
/* Make reserved space usable, zeroed.  0, or -12: all of it is as before. */
int vm_commit(void *addr, size_t size);
/* Make it reserved again; parts that are not committed are skipped. */
void vm_decommit(void *addr, size_t size);

/* Where the heap's region begins (end of the image, whole 64 KiB) and ends. */
uintptr_t vm_heap_base(void);
uintptr_t vm_heap_limit(void);

/* The initrd, read-only, outside heap and roots; NULL if there is none. */
const void *vm_initrd(size_t *size);

struct vm_stats {
	size_t committed;    /* bytes mapped by vm_commit() */
	size_t reserved;     /* bytes of address space */
	size_t table_frames; /* page tables */
	size_t free_frames;
	size_t total_frames;
};
void vm_stats(struct vm_stats *stats);

#endif /* KERNEL_VM_H */
