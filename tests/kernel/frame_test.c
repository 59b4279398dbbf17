// SPDX-License-Identifier: MIT
/* frame_test.c - physical frames come once, and all come back */
#include <kernel/frame.h>

#include <arch/cpu.h>
#include <tests/ktest.h>

enum { SOME = 700 }; /* more than a block has */

static paddr_t taken[SOME];

KTEST(kernel_frame, frames_come_once)
{
	const size_t before = frame_count_free();
	unsigned int i, j, twice = 0;

	for (i = 0; i < SOME; i++) {
		taken[i] = frame_alloc();
		ASSERT(taken[i] != 0);
		EXPECT_EQ(taken[i] % FRAME_SIZE, 0);
		for (j = 0; j < i; j++)
			twice += taken[j] == taken[i];
	}
	EXPECT_EQ(twice, 0);
	EXPECT_EQ(before - frame_count_free(), SOME);
	for (i = 0; i < SOME; i++)
		frame_free(taken[i], FRAME_SIZE);
	EXPECT_EQ(frame_count_free(), before);
}

KTEST(kernel_frame, large_frames_come_back_in_pieces)
{
	const size_t before = frame_count_free();
	const paddr_t large = frame_alloc_large();
	const size_t half = FRAME_LARGE_SIZE / 2;
	paddr_t again;

	ASSERT(large != 0);
	EXPECT_EQ(large % FRAME_LARGE_SIZE, 0);
	EXPECT_EQ(before - frame_count_free(), FRAME_LARGE_SIZE / FRAME_SIZE);
	frame_free(large + half, half);
	frame_free(large, half);
	EXPECT_EQ(frame_count_free(), before);
	/* Its pieces are one again, and it is the last that became whole. */
	again = frame_alloc_large();
	EXPECT_EQ(again, large);
	frame_free(again, FRAME_LARGE_SIZE);
	EXPECT_EQ(frame_count_free(), before);
}

KTEST(kernel_frame, frames_hold_what_is_written)
{
	const paddr_t pa = frame_alloc();
	const uintptr_t at = arch_other_end() - FRAME_SIZE;
	char got = 1;

	ASSERT(pa != 0);
	ASSERT_EQ(arch_map(at, pa, FRAME_SIZE, MMU_WRITE), 0);
	*(volatile char *)at = 42;
	arch_copy_from_phys(&got, pa, 1);
	EXPECT_EQ(got, 42);
	arch_zero_frame(pa, FRAME_SIZE);
	EXPECT_EQ(*(volatile char *)at, 0);
	EXPECT_EQ(arch_unmap(at, FRAME_SIZE, frame_free), 0);
	EXPECT(!arch_query(at, NULL, NULL));
}
