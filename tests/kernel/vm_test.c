// SPDX-License-Identifier: MIT
/* vm_test.c - address space and what is mapped there, and what the image may */
#include <kernel/vm.h>

#include <arch/mmu.h>
#include <kernel/frame.h>
#include <kernel/param.h>
#include <lib/mem.h>
#include <tests/ktest.h>

#define MIB ((size_t)1 << 20)

extern char __image_start[], __text_end[], __rodata_end[], __data_start[],
	__image_end[];

static size_t committed(void)
{
	struct vm_stats stats;

	vm_stats(&stats);
	return stats.committed;
}

/* Is all of [@at, @at + @size) zero?  Then dirty it. */
static bool was_zero(char *at, size_t size)
{
	size_t i;

	for (i = 0; i < size; i += sizeof(long)) {
		if (*(long *)(at + i))
			return false;
		*(long *)(at + i) = -1;
	}
	return true;
}

KTEST(kernel_vm, commits_are_zero_and_counted)
{
	const size_t before = committed(), size = 7 * MIB;
	char *p = vm_reserve(size, 0, 0);
	size_t frames = 0;
	int i;

	ASSERT(p);
	EXPECT(!arch_query((uintptr_t)p, NULL, NULL));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(vm_commit(p, size), 0);
		EXPECT_EQ(committed() - before, size);
		EXPECT(was_zero(p, size));
		vm_decommit(p, size);
		EXPECT_EQ(committed(), before);
		/* From the second round on the page tables are there. */
		if (i > 0)
			EXPECT_EQ(frame_count_free(), frames);
		frames = frame_count_free();
	}
	vm_release(p, size);
}

KTEST(kernel_vm, large_pages_split)
{
	const size_t before = committed(), size = 4 * MIB;
	char *p = vm_reserve(size, 0, 0);

	ASSERT(p);
	ASSERT_EQ(vm_commit(p, size), 0);
	EXPECT(was_zero(p, size));
	vm_decommit(p + MIB, FRAME_SIZE);
	EXPECT(arch_query((uintptr_t)p + MIB - 1, NULL, NULL));
	EXPECT(!arch_query((uintptr_t)p + MIB, NULL, NULL));
	EXPECT(arch_query((uintptr_t)p + MIB + FRAME_SIZE, NULL, NULL));
	EXPECT_EQ(committed() - before, size - FRAME_SIZE);
	EXPECT_EQ(*(long *)(p + MIB + FRAME_SIZE), -1);
	ASSERT_EQ(vm_commit(p + MIB, FRAME_SIZE), 0);
	EXPECT(was_zero(p + MIB, FRAME_SIZE));
	vm_decommit(p, size);
	/* A large page takes the place of the table that is left. */
	ASSERT_EQ(vm_commit(p, size), 0);
	EXPECT(was_zero(p, size));
	vm_release(p, size);
	EXPECT_EQ(committed(), before);
}

KTEST(kernel_vm, too_much_changes_nothing)
{
	const size_t ram = frame_count_total() * FRAME_SIZE;
	const size_t size = ram + MIB, before = committed();
	char *p = NULL;

	/* On i386 the region may be smaller than RAM. */
	if (ram < 512 * MIB || text_equal(params.cases, "all"))
		p = vm_reserve(size, 0, 0);
	if (!p) {
		ktest_skip("more RAM than this takes time for");
		return;
	}
	EXPECT_EQ(vm_commit(p, size), -12);
	/* The heap was asked for idle pages meanwhile. */
	EXPECT(committed() <= before);
	EXPECT(!arch_query((uintptr_t)p, NULL, NULL));
	vm_release(p, size);
}

KTEST(kernel_vm, reservations_stay_apart)
{
	char *a = vm_reserve(MIB, 0, 0), *b = vm_reserve(MIB, 0, 0), *c;

	ASSERT(a && b);
	EXPECT(a + MIB <= b || b + MIB <= a);
	vm_release(a, MIB);
	c = vm_reserve(MIB, 0, 0);
	EXPECT_EQ((uintptr_t)c, (uintptr_t)a);
	vm_release(b, MIB);
	vm_release(c, MIB);
	EXPECT(!vm_reserve((size_t)-1 & ~(FRAME_SIZE - 1), 0, 0));
}

static bool all_are(const char *lo, const char *hi, unsigned int want)
{
	unsigned int flags;

	for (; lo < hi; lo += FRAME_SIZE)
		if (arch_query((uintptr_t)lo, NULL, &flags) && flags != want)
			return false;
	return true;
}

KTEST(kernel_vm, image_has_its_rights)
{
	unsigned int flags = 0;

	EXPECT(!arch_query(0, NULL, NULL));
	EXPECT(!arch_query((uintptr_t)__image_start - FRAME_SIZE, NULL, NULL));
	EXPECT(all_are(__image_start, __text_end, MMU_EXEC));
	arch_query((uintptr_t)__data_start, NULL, &flags);
	if (flags & MMU_EXEC) {
		ktest_skip("this processor has no NX");
		return;
	}
	EXPECT(all_are(__text_end, __rodata_end, 0));
	EXPECT(all_are(__data_start, __image_end, MMU_WRITE));
}
