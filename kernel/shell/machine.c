// SPDX-License-Identifier: MIT
/*
 * machine.c - the shell's commands on tasks and the machine's end
 */
#include <arch/task.h>
#include <kernel/cpu.h>
#include <kernel/libc.h>
#include <kernel/panic.h>
#include <kernel/task.h>

#include "internal.h"

/* --- tasks --- */

static const char *state_name(const struct task *task)
{
	if (task == cpu_here()->idle)
		return "idle";
	switch (task->state) {
	case TASK_READY:
		return "ready";
	case TASK_RUNNING:
		return "running";
	case TASK_ASLEEP:
		return "asleep";
	case TASK_WAITING:
		return task->wake_ns ? "waiting (timed)" : "waiting";
	case TASK_ENDED:
		return "ended";
	}
	return "?";
}

static void tasks_run(int argc, char **argv)
{
	const struct task *task;
	uintptr_t sp;

	shell_printf("  id  stack used      of  state    name\n");
	cpu_pin();
	for (task = task_next(NULL); task;
	     task = task_next((struct task *)task)) {
		sp = task == task_current()
			     ? (uintptr_t)__builtin_frame_address(0)
			     : task->sp;
		shell_printf("%4u  %10lu %7lu  %-8s %s\n", task->id,
			     (unsigned long)(task->stack_hi - sp),
			     (unsigned long)(task->stack_hi - task->stack_lo),
			     state_name(task), task->name);
	}
	cpu_unpin();
}

/* --- the end --- */

static void panic_run(int argc, char **argv)
{
	panic("%s", argc > 1 ? argv[1] : "asked for");
}

static void poweroff_run(int argc, char **argv)
{
	unsigned int status = 0;

	if (argc == 1 || shell_number(argv[1], 255, &status))
		libc_exit((int)status);
}

static const struct shell_command commands[] = {
	{ .name = "tasks",
	  .args = "",
	  .help = "each task: state, bytes of its stack in use",
	  .run = tasks_run },
	{ .name = "panic",
	  .args = "[MESSAGE]",
	  .help = "what a panic prints; ends the machine",
	  .run = panic_run,
	  .most = 1 },
	{ .name = "poweroff",
	  .args = "[STATUS]",
	  .help = "end the machine, with status 0",
	  .run = poweroff_run,
	  .most = 1 },
	{ .name = "exit",
	  .args = "[STATUS]",
	  .help = "the same; so does ^D",
	  .run = poweroff_run,
	  .most = 1 },
};
const struct shell_group shell_machine_group =
	SHELL_GROUP("The machine", commands);
