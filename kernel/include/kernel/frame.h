/* SPDX-License-Identifier: MIT */
/*
 * kernel/frame.h - physical page frames
 *
 * Frames come as they are: not zeroed.  Any context may call; kgc_trim() is
 * asked for idle pages only where interrupts are on.
 */
#ifndef KERNEL_FRAME_H
#define KERNEL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <arch/mmu.h>

#define FRAME_SIZE	 ((size_t)4096)
#define FRAME_LARGE_SIZE ((size_t)2 << 20)

/* Take over the RAM that bootinfo names. */
void frame_init(void);

/* One frame, or 0. */
paddr_t frame_alloc(void);
/* FRAME_LARGE_SIZE bytes, aligned to that, or 0. */
paddr_t frame_alloc_large(void);
/* Give back whole frames; what was allocated large may come in pieces. */
void frame_free(paddr_t pa, size_t size);
/* Have mm/ give idle pages back; false if it had none or may not be asked. */
bool frame_reclaim(void);

/*
 * For tests: the nth next frame of a kind is not there, or, if @all, none from
 * there on.  A table's counts only while a page is being mapped: for splitting
 * a page to give it back, there is always one.
 */
struct frame_fault {
	unsigned long nth, n; /* 0: none; how many were asked for since */
	bool all;
};
extern struct frame_fault frame_fault, frame_fault_table;
extern bool frame_mapping;

size_t frame_count_free(void);	/* frames */
size_t frame_count_total(void); /* frames that this allocator manages */
uint64_t frame_ram_bytes(void); /* RAM of the map */
uint64_t frame_ram_lost(void);	/* RAM of the map that no mapping can reach */
uint64_t frame_ram_in(uint64_t lo, uint64_t hi); /* RAM of [@lo, @hi) */
uint64_t frame_ram_kept(void);	 /* RAM that is neither given out nor used */
size_t frame_record_count(void); /* frames that hold the records of frames */

#endif /* KERNEL_FRAME_H */
