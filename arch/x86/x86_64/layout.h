/* SPDX-License-Identifier: MIT */
/*
 * layout.h - the address space of x86_64
 *
 *	0                   page 0 and what follows: unmapped
 *	0x100000            image (virtual = physical)
 *	end                 heap: bitmap, then arena, up to the end of the
 *	                    lower half; `heap_base=` moves its beginning
 *	0x00007ffffffff000  end of the heap's region
 *	                    (not canonical)
 *	0xffff800000000000  all RAM once more, never executable; text and
 *	                    rodata of the image and the initrd read-only
 *	0xffffc00000000000  memory-mapped devices, uncached
 *	0xffffd00000000000  the frame allocator's records
 *	0xffffe00000000000  reservations that are not the heap's
 *	0xfffff00000000000  their end
 */
#ifndef X86_64_LAYOUT_H
#define X86_64_LAYOUT_H

#define LAYOUT_HEAP_END	   0x00007ffffffff000
#define LAYOUT_DIRECT	   0xffff800000000000
#define LAYOUT_DIRECT_SIZE 0x0000400000000000
#define LAYOUT_MMIO	   0xffffc00000000000
#define LAYOUT_MMIO_END	   0xffffc00100000000
#define LAYOUT_FRAMES	   0xffffd00000000000
#define LAYOUT_OTHER	   0xffffe00000000000
#define LAYOUT_OTHER_END   0xfffff00000000000

/* Selectors of the descriptor table in desc.c. */
#define SELECTOR_CODE 0x08
#define SELECTOR_DATA 0x10
#define SELECTOR_TSS  0x18

#endif /* X86_64_LAYOUT_H */
