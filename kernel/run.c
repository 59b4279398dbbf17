// SPDX-License-Identifier: MIT
/*
 * run.c - what the main task does
 *
 * Each run= of the command line names a workload, or tests; they are done in
 * order, whatever the ones before returned.  A run that is not known is one
 * that failed, and so is a command line that names none.  The shell is the last
 * one, wherever it stands: it ends the machine.
 */
#include <kernel/run.h>

#include <stddef.h>

#include <arch/cpu.h>
#include <kernel/final.h>
#include <kernel/initrd.h>
#include <kernel/libc.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/shell.h>
#include <lib/format.h>
#include <lib/mem.h>
#include <tests/ktest.h>
#include <workloads/workload.h>

extern char __image_start[], __text_end[];

bool workload_open(const char *path, struct workload_file *file)
{
	return initrd_find(path, &file->data, &file->size);
}

const char *workload_option(const char *name)
{
	return param_string(name);
}

/* One file, at the addresses it was linked for. */
void workload_write_maps(kgc_write_fn *write, void *arg)
{
	char line[80];
	int n = format_buffer(line, sizeof(line),
			      "%08lx-%08lx r-xp 00000000 00:00 0 kgc.elf\n",
			      (unsigned long)(uintptr_t)__image_start,
			      (unsigned long)(uintptr_t)__text_end);

	write(arg, line, (size_t)n);
}

static int run_one(const char *spec)
{
	if (text_equal(spec, "shell"))
		shell_run();
	if (text_equal(spec, "tests"))
		return ktest_run(NULL, params.seed) ? 1 : 0;
	if (text_begins(spec, "tests:"))
		return ktest_run(spec + 6, params.seed) ? 1 : 0;
	return workload_run(spec);
}

/* In virtual time the processor's cycles are instructions. */
static int run_timed(const char *spec)
{
	const uint64_t start = arch_cycles();
	const int status = run_one(spec);

	if (params.clock)
		printk("clock: %s: %llu cycles\n", spec,
		       (unsigned long long)(arch_cycles() - start));
	return status;
}

/* Whatever it does, and however it ends, the shell goes on. */
static void run_command(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (text_equal(argv[i], "shell"))
			shell_printf("run: this is the shell\n");
		else if (run_one(argv[i]) != 0)
			shell_printf("run: %s failed\n", argv[i]);
		libc_flush();
	}
}

static const struct shell_command commands[] = {
	{ .name = "run",
	  .args = "WORKLOAD...",
	  .help = "as run= does: heapgraph:FILE, tests:NAME, trees, ...",
	  .run = run_command,
	  .least = 1,
	  .most = SHELL_WORDS },
};
const struct shell_group shell_image_group = SHELL_GROUP("To run", commands);

int run_all(void)
{
	unsigned int i;
	int status = 0;

	if (params.nrun == 0) {
		printk("run: nothing to do: run=<workload>\n");
		return 1;
	}
	for (i = 0; i < params.nrun; i++)
		if (run_timed(params.run[i]) != 0)
			status = 1;
	return status;
}

void run_main(void *arg)
{
	final_start();
	libc_init();
	libc_exit(run_all());
}
