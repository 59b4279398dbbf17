// SPDX-License-Identifier: MIT
/*
 * panic.c - say what is wrong, and stop
 *
 * Reports go straight to the log with interrupts off, and take no lock.
 * A failure while one is being written ends the machine at once: what has been
 * written by then is worth more than a second report.  What postmortem.c does
 * behind the report is guarded: a failure there ends a part of it.
 */
#include <kernel/panic.h>

#include <stdint.h>

#include <arch/cpu.h>
#include <arch/mmu.h>
#include <arch/task.h>
#include <arch/upcall.h>
#include <kernel/channel.h>
#include <kernel/guard.h>
#include <kernel/leave.h>
#include <kernel/log.h>
#include <kernel/postmortem.h>
#include <kernel/printk.h>
#include <kernel/symbols.h>
#include <kernel/task.h>
#include <kgc/kgc.h>
#include <lib/format.h>

enum {
	MESSAGE_MAX = 512,
	FRAMES_MAX = 32,
	TAIL_LINES = 20,
	STACK_MAX = 2 << 20, /* as far as a backtrace looks */
	EXIT_GOOD = 0x10,    /* QEMU ends with 33 */
	EXIT_BAD = 0x11,     /* and with 35 */
};

bool (*panic_hook)(const char *message);

static bool reporting;
static int report_status; /* with which the machine ends */

extern char boot_stack[], __image_start[], __text_end[];

static _Noreturn void machine_end(int status)
{
	channel_write_exit(status);
	arch_exit(status ? EXIT_BAD : EXIT_GOOD);
}

void kernel_exit(int status)
{
	leave_at_exit();
	machine_end(status);
}

/* End of the mapped pages that @fp lies in. */
static uintptr_t stack_end(uintptr_t fp)
{
	uintptr_t at = fp & ~(uintptr_t)4095;

	while (at - fp + 4096 < STACK_MAX && arch_query(at, NULL, NULL))
		at += 4096;
	return at;
}

/* @back 1: of a return address; the call may be its function's last byte. */
static void print_frame(uintptr_t pc, int back, const char *mark)
{
	char name[128];

	symbol_format(name, sizeof(name), pc - back);
	printk("  %p %s%s\n", (void *)pc, mark, name);
}

void panic_backtrace(unsigned long pc, unsigned long fp)
{
	uintptr_t frames[FRAMES_MAX];
	const int n = arch_backtrace(fp, fp, stack_end(fp), frames, FRAMES_MAX);
	int i;

	if (pc)
		print_frame(pc, 0, "");
	for (i = 0; i < n; i++)
		print_frame(frames[i], 1, "");
}

/*
 * A function that calls nothing may have no frame.  Then the word on top of
 * the stack is its return address, and frame pointers leave its caller out.
 */
static void trap_backtrace(const struct trap *trap)
{
	uintptr_t top = 0;

	printk("backtrace:\n");
	print_frame(trap->pc, 0, "");
	if (!(trap->sp % sizeof(top)) && arch_query(trap->sp, NULL, NULL))
		top = *(const uintptr_t *)trap->sp;
	if (top > (uintptr_t)__image_start && top < (uintptr_t)__text_end)
		print_frame(top, 1, "? ");
	panic_backtrace(0, trap->fp);
}

/* @status: with which the machine is to end. */
static void report_begin(const char *message, int status)
{
	const struct task *task;

	arch_irq_disable();
	if (reporting) {
		printk("  (and then, while this was written: %s)\n", message);
		machine_end(report_status);
	}
	reporting = true;
	report_status = status;
	log_begin_line();
	log_freeze();
	printk("panic: %s\n", message);
	task = task_current();
	if (task)
		printk("task %u (%s), cpu %u\n", task->id, task->name,
		       arch_cpu());
}

static _Noreturn void report_end(void)
{
	if (!log_is_empty())
		printk("last lines:\n");
	printk_dump_tail(TAIL_LINES);
	postmortem();
	machine_end(report_status);
}

void vpanic(const char *fmt, va_list ap)
{
	char message[MESSAGE_MAX];

	vformat_buffer(message, sizeof(message), fmt, ap);
	if (panic_hook && !reporting && panic_hook(message))
		machine_end(EXIT_PANIC);
	arch_irq_disable();
	guard_fail(message);
	report_begin(message, EXIT_PANIC);
	printk("backtrace:\n");
	panic_backtrace(0, arch_frame_pointer());
	report_end();
}

void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vpanic(fmt, ap);
}

void kernel_stop(const char *why)
{
	printk("panic: %s\n", why);
	machine_end(EXIT_PANIC);
}

/* Does @addr lie just below a stack?  Then say of which, in @buf. */
static bool explain_overflow(const struct trap *trap, char *buf, size_t size)
{
	const uintptr_t guard = (uintptr_t)boot_stack;

	/* The guard is the one page of a stack that is not present. */
	if (!(trap->page_fault && !trap->present) && !trap->double_fault)
		return false;
	if (trap->addr - guard < 4096) {
		format_buffer(buf, size, "guard page of the boot stack");
		return true;
	}
	return task_explain_address(trap->addr, buf, size);
}

static int fault_status(const struct trap *trap)
{
	return trap->divide ? EXIT_DIVIDE : EXIT_FAULT;
}

static const char *fault_kind(const struct trap *trap)
{
	if (trap->exec)
		return "execution";
	return trap->write ? "write" : "read";
}

static void describe(const struct trap *trap, char *buf, size_t size)
{
	char where[128], stack[128];

	symbol_format(where, sizeof(where), trap->pc);
	if (explain_overflow(trap, stack, sizeof(stack)))
		format_buffer(buf, size,
			      "stack overflow at %s: 0x%lx is in the %s", where,
			      (unsigned long)trap->addr, stack);
	else if (trap->page_fault)
		format_buffer(buf, size, "page fault at %s: %s of 0x%lx, %s",
			      where, fault_kind(trap),
			      (unsigned long)trap->addr,
			      trap->present ? "not allowed" : "not mapped");
	else
		format_buffer(buf, size, "%s at %s", trap->name, where);
}

static void write_explanation(void *arg, const char *s, size_t n)
{
	printk_write(s, n);
}

void kernel_trap(const struct trap *trap)
{
	char message[MESSAGE_MAX];

	describe(trap, message, sizeof(message));
	if (!trap->double_fault)
		guard_fail(message);
	report_begin(message, fault_status(trap));
	trap->print_regs(trap);
	if (trap->page_fault) {
		printk("heap: ");
		kgc_explain(trap->addr, write_explanation, NULL);
		printk("\n");
	}
	trap_backtrace(trap);
	report_end();
}
