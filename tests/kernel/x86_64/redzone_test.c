// SPDX-License-Identifier: MIT
/* redzone_test.c - the 128 bytes below a leaf's stack pointer live on */
#include <stdbool.h>
#include <stdint.h>

#include <kernel/task.h>
#include <tests/ktest.h>

static volatile bool stop;
static volatile uint64_t switches;

static void count_switches(void *arg)
{
	while (!stop) {
		switches++;
		task_yield();
	}
}

/*
 * As a leaf function does that keeps its variables below the stack pointer:
 * fill the red zone, be preempted until @switches has passed @until, look.
 * Returns how many of its 16 words changed.
 */
static uint64_t red_zone_damage(uint64_t until)
{
	uint64_t damage = 0, i = 16;

	__asm__ volatile("1:	movq	%[i], %%rax\n"
			 "	negq	%%rax\n"
			 "	leaq	0x5a5a(%[i]), %%rdx\n"
			 "	movq	%%rdx, (%%rsp, %%rax, 8)\n"
			 "	decq	%[i]\n"
			 "	jnz	1b\n"
			 "2:	pause\n"
			 "	movq	%[switches], %%rax\n"
			 "	cmpq	%[until], %%rax\n"
			 "	jb	2b\n"
			 "	movq	$16, %[i]\n"
			 "3:	movq	%[i], %%rax\n"
			 "	negq	%%rax\n"
			 "	leaq	0x5a5a(%[i]), %%rdx\n"
			 "	cmpq	%%rdx, (%%rsp, %%rax, 8)\n"
			 "	je	4f\n"
			 "	incq	%[damage]\n"
			 "4:	decq	%[i]\n"
			 "	jnz	3b\n"
			 : [damage] "+&r"(damage), [i] "+&r"(i)
			 : [switches] "m"(switches), [until] "r"(until)
			 : "rax", "rdx", "cc", "memory");
	return damage;
}

KTEST(kernel_redzone, survives_preemption)
{
	struct task *task;

	stop = false;
	task = task_create("test", count_switches, NULL, 0);
	ASSERT(task);
	EXPECT_EQ(red_zone_damage(switches + 5), 0);
	stop = true;
	task_join(task);
}
