// SPDX-License-Identifier: MIT
/*
 * parameter.c - the shell's command on parameters, and those that may change
 *
 * Most are read once, when the kernel starts.  The others stand in a table
 * here, with what has to be told of the new value.
 */
#include <kernel/param.h>
#include <kgc/kgc.h>
#include <lib/mem.h>

#include "internal.h"

static void percent_changed(void)
{
	kgc_set_percent(params.gcpercent);
}

static void trace_changed(void)
{
	kgc_set_trace((int)params.gctrace);
}

static void debug_changed(void)
{
	kgc_set_debug((int)params.debuggc);
}

static void stress_changed(void)
{
	kgc_set_stress(params.gcstress);
}

static void share_changed(void)
{
	kgc_set_share(params.gcshare);
}

/* 0 is what the heap had at the boot, which is not known any more. */
static void heap_max_changed(void)
{
	if (params.heap_max)
		kgc_set_heap_max(params.heap_max);
}

/* Who needs it looks it up each time. */
static void looked_up(void)
{
}

static const struct {
	const char *name;
	void (*changed)(void);
} settable[] = {
	{ "gcpercent", percent_changed },
	{ "gctrace", trace_changed },
	{ "debuggc", debug_changed },
	{ "gcstress", stress_changed },
	{ "heap_max", heap_max_changed },
	{ "seed", looked_up },
	{ "gcshare", share_changed },
	{ "cases", looked_up },
	{ "mode", looked_up },
};
enum { NSETTABLE = sizeof(settable) / sizeof(settable[0]) };

static unsigned int settable_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < NSETTABLE; i++)
		if (text_equal(settable[i].name, name))
			break;
	return i;
}

bool shell_param_set(const char *name, const char *value)
{
	const unsigned int i = settable_find(name);

	if (i == NSETTABLE || !param_set(name, value))
		return false;
	settable[i].changed();
	return true;
}

static void show(const char *name)
{
	const char *value = param_string(name);

	shell_printf("  %c %-16s %s\n",
		     settable_find(name) < NSETTABLE ? '*' : ' ', name,
		     value ? value : "-");
}

static bool is_param(const char *name)
{
	const char *other;
	unsigned int i;

	for (i = 0; (other = param_name(i)); i++)
		if (text_equal(name, other))
			return true;
	shell_printf("param: no parameter '%s'\n", name);
	return false;
}

static void param_run(int argc, char **argv)
{
	unsigned int i;

	if (argc == 1) {
		for (i = 0; param_name(i); i++)
			show(param_name(i));
		shell_printf("* can change: param NAME VALUE\n");
	} else if (!is_param(argv[1])) {
		return;
	} else if (argc == 2) {
		show(argv[1]);
	} else if (settable_find(argv[1]) == NSETTABLE) {
		shell_printf("param: %s is read at the boot alone\n", argv[1]);
	} else if (!shell_param_set(argv[1], argv[2])) {
		shell_printf("param: %s cannot be '%s'\n", argv[1], argv[2]);
	}
}

static const struct shell_command commands[] = {
	{ .name = "param",
	  .args = "[NAME [VALUE]]",
	  .help = "the parameters; set one of them",
	  .run = param_run,
	  .most = 2 },
};
const struct shell_group shell_parameter_group =
	SHELL_GROUP("Parameters", commands);
