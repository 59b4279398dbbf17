/* SPDX-License-Identifier: MIT */
/*
 * kernel/param.h - the kernel's parameters
 *
 * Read once from the command line, before anything else starts.  What stands
 * behind " -- " are a program's arguments and no parameters.
 */
#ifndef KERNEL_PARAM_H
#define KERNEL_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PARAM_RUNS_MAX = 32,
	PARAM_ENVS_MAX = 64,
	PARAM_ARGS_MAX = 2048, /* more than a line has room for */
};

/* What the run leaves: bits of leave. */
enum {
	LEAVE_PROFILE = 1 << 0,
	LEAVE_DUMP = 1 << 1,
	LEAVE_PERFETTO = 1 << 2,
	LEAVE_TRACE = 1 << 3,
};

struct kernel_params {
	int gcpercent;	       /* negative: off */
	unsigned int gctrace;  /* kgc_config.trace */
	unsigned int debuggc;  /* kgc_config.debug */
	unsigned int gcstress; /* collect at every Nth allocation */
	unsigned int gcshare;  /* kgc_config.share */
	unsigned int guard;    /* kgc_config.guard */
	size_t memprofilerate; /* bytes between samples; 0: no profile */
	size_t heap_reserve;   /* bytes; 0: mm/'s default, as below */
	size_t heap_base;      /* address; 0: after the image */
	size_t heap_max;       /* bytes */
	size_t heap_min;       /* bytes */
	unsigned int stack;    /* KiB of the main task's stack */
	unsigned int hz;       /* ticks a second */
	unsigned int seed;     /* of the tests */
	const char *cases;     /* "first" or "all" */
	const char *mode;      /* of a workload */
	const char *malloc;    /* "gc", "manual", "leak", or NULL */
	const char *crash;     /* fail on purpose: kernel/crash.c */
	bool log_channel;      /* messages go to the second channel */
	unsigned int leave;    /* LEAVE_PROFILE and so on */
	bool events;	       /* of the cycles' phases, too */
	bool stdin_escaped;    /* the serial input has escapes and an end */
	bool quiet;	       /* no boot lines */
	bool clock;	       /* say how many cycles each run took */
	const char *name;      /* a program's argv[0] */
	const char *run[PARAM_RUNS_MAX]; /* run=, in order */
	unsigned int nrun;
	const char *env[PARAM_ENVS_MAX]; /* "NAME=value" of each env.NAME= */
	unsigned int nenv;
	const char *argv[PARAM_ARGS_MAX + 1]; /* behind " -- "; ends in NULL */
	unsigned int argc;
};
extern struct kernel_params params;

/* Fill params from the loader's command line; complains line by line. */
void param_init(void);

/*
 * The value that the command line gives @name, as text, the last one if there
 * are several; its default if it gives none; NULL if there is no such
 * parameter or it has neither.
 */
const char *param_string(const char *name);

/* Name of parameter number @i; NULL: there are no more. */
const char *param_name(unsigned int i);
/*
 * Give @name the value @text, of which a copy is kept; false if it cannot have
 * that.  Who acts by it is not told.
 */
bool param_set(const char *name, const char *text);

#endif /* KERNEL_PARAM_H */
