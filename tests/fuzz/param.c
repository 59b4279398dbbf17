// SPDX-License-Identifier: MIT
/*
 * param.c - fuzz target: the command line
 *
 * Whatever it says, every word ends up in one place, inside its bounds, and
 * the numbers are in theirs.
 */
#include <string.h>

#include <boot/bootinfo.h>
#include <kernel/param.h>
#include <kernel/printk.h>

#include "fuzz.h"

struct bootinfo bootinfo;

void printk(const char *fmt, ...)
{
}

static void check(void)
{
	must(params.nrun <= PARAM_RUNS_MAX);
	must(params.nenv <= PARAM_ENVS_MAX);
	must(params.argc <= PARAM_ARGS_MAX);
	must(!*(params.argv + params.argc));
	must(params.gctrace <= 2 && params.debuggc <= 1);
	must(params.hz >= 20 && params.hz <= 10000);
	must(params.stack >= 32);
	for (unsigned int i = 0; i < params.nrun; i++)
		must(strlen(params.run[i]) < BOOT_CMDLINE_MAX);
	for (unsigned int i = 0; i < params.argc; i++)
		must(strlen(params.argv[i]) < BOOT_CMDLINE_MAX);
	for (unsigned int i = 0; i < params.nenv; i++)
		must(strlen(params.env[i]) < BOOT_CMDLINE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size >= BOOT_CMDLINE_MAX)
		size = BOOT_CMDLINE_MAX - 1;
	memset(&params, 0, sizeof(params));
	memset(bootinfo.cmdline, 0, sizeof(bootinfo.cmdline));
	if (size)
		memcpy(bootinfo.cmdline, data, size);
	param_init();
	check();
	return 0;
}
