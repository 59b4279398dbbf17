// SPDX-License-Identifier: MIT
/*
 * hostctl.c - what a test asks of the kernel: <tests/hostctl.h>
 *
 * A panic is caught by a jump out of panic_hook.  What the panicking code held
 * is let go as far as it is the kernel's: the pins, the ranks of spin locks,
 * the world.  A spin lock of the kernel itself would stay held, and so would a
 * lock of mm/: a test must not provoke a panic inside of one.
 */
#include <tests/hostctl.h>

#include <arch/cpu.h>
#include <kernel/cpu.h>
#include <kernel/host.h>
#include <kernel/panic.h>
#include <kernel/task.h>
#include <kernel/time.h>
#include <kernel/vm.h>
#include <kgc/kgc.h>
#include <lib/format.h>
#include <lib/mem.h>

/* What __builtin_setjmp() wants: five words. */
static void *landing[5];
static char *message_buf;
static size_t message_size;

static bool leave_panic(const char *message)
{
	panic_hook = NULL;
	format_buffer(message_buf, message_size, "%s", message);
	/* Never returns, so the panic does not go on. */
	__builtin_longjmp(landing, 1);
}

/* Of its own, because a jump comes back to a frame whose locals are stale. */
static __attribute__((noinline)) bool call_caught(void (*fn)(void *arg),
						  void *arg)
{
	if (__builtin_setjmp(landing))
		return true;
	fn(arg);
	return false;
}

bool hostctl_catch_panic(void (*fn)(void *arg), void *arg, char *buf,
			 size_t size)
{
	const unsigned int depth = kgc_host_depth();
	const uint32_t ranks = cpu_here()->ranks;
	const unsigned long irq = arch_irq_save();
	bool caught;

	arch_irq_restore(irq);
	message_buf = buf;
	message_size = size;
	panic_hook = leave_panic;
	caught = call_caught(fn, arg);
	panic_hook = NULL;
	if (!caught)
		return false;
	while (kgc_host_depth() > depth)
		kgc_host_unpin_due();
	cpu_pin();
	cpu_here()->ranks = ranks;
	host_forget_stop();
	arch_irq_restore(irq);
	cpu_unpin();
	return true;
}

void hostctl_fail_commit(unsigned long nth)
{
	host_fail_commit(nth, false);
}

void hostctl_fail_commits_from(unsigned long nth)
{
	host_fail_commit(nth, true);
}

const void *hostctl_failed_at(void)
{
	return host_failed_at();
}

size_t hostctl_reserved(void)
{
	struct vm_stats stats;

	vm_stats(&stats);
	return stats.reserved;
}

unsigned long hostctl_commits(void)
{
	return host_commits();
}

/* A struct hostctl_thread is a struct task by another name. */
struct hostctl_thread *hostctl_spawn(void (*fn)(void *arg), void *arg)
{
	return (void *)task_create("test", fn, arg, 0);
}

void hostctl_join(struct hostctl_thread *thread)
{
	task_join((void *)thread);
}

void hostctl_yield(void)
{
	task_yield();
}

void hostctl_interrupt(void (*fn)(void *arg), void *arg)
{
	time_call_in_tick(fn, arg);
}

void hostctl_last_output(char *buf, size_t size)
{
	host_last_output(buf, size);
}

bool hostctl_preempts(void)
{
	return true;
}

const char *hostctl_name(void)
{
	return "kernel";
}
