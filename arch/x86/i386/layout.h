/* SPDX-License-Identifier: MIT */
/*
 * layout.h - the address space of i386
 *
 *	0           page 0 and what follows: unmapped
 *	0x00100000  image (virtual = physical)
 *	end         heap: bitmap (an eighth of the arena), then the arena with
 *	            room to grow to 2 GiB; `heap_base=` moves its beginning
 *	0x90400000  reservations that are not the heap's
 *	0xc0000000  kept for guarded allocations
 *	0xd0000000  initrd, read-only, up to 512 MiB
 *	0xf0000000  the frame allocator's records
 *	0xf8000000  (unused)
 *	0xff400000  frame windows, two for each CPU
 *	0xff480000  memory-mapped devices, uncached
 *	0xff800000  the page tables (from 0xffc00000 without PAE)
 *
 * There is no map of all RAM: a frame is reached through a window.  Windows
 * and devices share page tables that are part of the image, so that mapping
 * there never needs a frame.
 */
#ifndef I386_LAYOUT_H
#define I386_LAYOUT_H

#define LAYOUT_HEAP_END	   0x90400000u
#define LAYOUT_OTHER	   0x90400000u
#define LAYOUT_OTHER_END   0xc0000000u
#define LAYOUT_GUARDED	   0xc0000000u
#define LAYOUT_INITRD	   0xd0000000u
#define LAYOUT_INITRD_SIZE 0x20000000u
#define LAYOUT_FRAMES	   0xf0000000u
#define LAYOUT_FIXED	   0xff400000u
#define LAYOUT_WINDOWS	   LAYOUT_FIXED
#define LAYOUT_MMIO	   0xff480000u
#define LAYOUT_MMIO_END	   0xff800000u

/* Selectors of the descriptor table in desc.c. */
#define SELECTOR_CODE	      0x08
#define SELECTOR_DATA	      0x10
#define SELECTOR_TSS	      0x18
#define SELECTOR_DOUBLE_FAULT 0x20
#define SELECTOR_TLS	      0x28

#endif /* I386_LAYOUT_H */
