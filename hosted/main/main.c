// SPDX-License-Identifier: MIT
/*
 * main.c - the tests and workloads as a Linux process
 *
 *	kgc run=tests:mm_central seed=7
 *	kgc gctrace=1 initrd=tests/data run=heapgraph:cpython-startup.hg
 *
 * Arguments have the form of the kernel's command line.  Those that are the
 * heap's go into its configuration; any may be asked for by a workload.  Each
 * run= is done in order; the status is 1 if one of them failed.  Files are
 * looked for under initrd=, and mapped, which keeps them out of the roots.
 * With perfetto= the phases of each cycle go to that file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kgc/host_inline.h>
#include <kgc/hosted.h>
#include <kgc/kgc.h>
#include <tests/ktest.h>
#include <workloads/workload.h>

static struct kgc_config config = { .nslots = KGC_HOST_SLOTS };
static uintptr_t heap_base;

static const struct option {
	const char *name;
	void *value;
	size_t size;
	const char *preset; /* what a workload is told */
} options[] = {
	{ "gcpercent", &config.percent, sizeof config.percent, "100" },
	{ "gctrace", &config.trace, sizeof config.trace, "0" },
	{ "debuggc", &config.debug, sizeof config.debug, "0" },
	{ "gcstress", &config.stress, sizeof config.stress, "0" },
	{ "gcshare", &config.share, sizeof config.share, "90" },
	{ "heap_reserve", &config.heap_reserve, sizeof(size_t), NULL },
	{ "heap_max", &config.heap_max, sizeof(size_t), NULL },
	{ "heap_min", &config.heap_min, sizeof(size_t), NULL },
	{ "heap_base", &heap_base, sizeof heap_base, NULL },
	{ "memprofilerate", &config.profile_rate, sizeof(size_t), NULL },
	{ "guard", &config.guard, sizeof config.guard, "0" },
	{ "mark_entries", &config.mark_entries, sizeof(size_t), NULL },
	{ "seed", NULL, 0, "1" },
	{ "cases", NULL, 0, "first" },
	{ "mode", NULL, 0, NULL },
	{ "initrd", NULL, 0, "." },
	{ "perfetto", NULL, 0, NULL },
	{ "run", NULL, 0, NULL },
};
#define NOPTIONS (sizeof options / sizeof options[0])
static const char *given[NOPTIONS];

/* --- arguments ----------------------------------------------------------- */

/* A number, perhaps with K, M, G or T behind it; "off" is -1. */
static bool parse_number(const char *s, long long *value)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;

	if (!strcmp(s, "off")) {
		*value = -1;
		return true;
	}
	*value = strtoll(s, &end, 0);
	unit = *end ? strchr(units, *end) : NULL;
	if (unit) {
		*value <<= 10 * (unit - units + 1);
		end++;
	}
	return end != s && !*end;
}

static bool set_option(size_t i, const char *value)
{
	const struct option *o = &options[i];
	long long number;

	given[i] = value;
	if (!o->value)
		return true;
	if (!parse_number(value, &number))
		return false;
	/* Little endian: the low bytes come first. */
	memcpy(o->value, &number, o->size);
	return true;
}

static bool parse_argument(const char *arg)
{
	const char *eq = strchr(arg, '=');
	size_t n = eq ? (size_t)(eq - arg) : strlen(arg), i;

	for (i = 0; i < NOPTIONS; i++)
		if (!strncmp(options[i].name, arg, n) && !options[i].name[n])
			return set_option(i, eq ? eq + 1 : "1");
	return false;
}

static bool is_given(const void *value)
{
	size_t i;

	for (i = 0; i < NOPTIONS; i++)
		if (options[i].value == value)
			return given[i];
	return false;
}

/* 0 in the configuration means the default, so what is meant is said apart. */
static void finish_config(void)
{
	config.heap_base = (void *)heap_base;
	config.percent_zero = is_given(&config.percent) && config.percent == 0;
	if (is_given(&config.profile_rate) && !config.profile_rate)
		config.profile_rate = KGC_PROFILE_OFF;
}

/* --- what workloads ask for ---------------------------------------------- */

/* The file as the kernel has it. */
void workload_write_maps(kgc_write_fn *write, void *arg)
{
	char part[4096];
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	while (fd >= 0 && (n = read(fd, part, sizeof part)) > 0)
		write(arg, part, (size_t)n);
	if (fd >= 0)
		close(fd);
}

const char *workload_option(const char *name)
{
	size_t i;

	for (i = 0; i < NOPTIONS; i++)
		if (!strcmp(options[i].name, name))
			return given[i] ? given[i] : options[i].preset;
	return NULL;
}

/* An empty file cannot be mapped; it is a byte that is not looked at. */
bool workload_open(const char *path, struct workload_file *file)
{
	static const unsigned char empty;
	struct stat st;
	char full[4096];
	void *p = (void *)&empty;
	int fd;

	if (*path == '/')
		snprintf(full, sizeof full, "%s", path);
	else
		snprintf(full, sizeof full, "%s/%s", workload_option("initrd"),
			 path);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		p = MAP_FAILED;
	else if (st.st_size)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd,
			 0);
	close(fd);
	if (p == MAP_FAILED)
		return false;
	*file = (struct workload_file){ .data = p, .size = (size_t)st.st_size };
	return true;
}

/* --- the phases of cycles ------------------------------------------------ */

static void write_file(void *arg, const char *s, size_t n)
{
	fwrite(s, 1, n, arg);
}

static void write_cycle(const struct kgc_cycle *cycle, void *arg)
{
	kgc_events_cycle(cycle, write_file, arg);
}

/* The file, or NULL if there is none to be written. */
static FILE *events_open(void)
{
	const char *name = workload_option("perfetto");
	FILE *file = name ? fopen(name, "we") : NULL;

	if (file) {
		kgc_events_begin(write_file, file);
		kgc_set_cycle_observer(write_cycle, file);
	} else if (name) {
		printf("perfetto: %s: %s\n", name, strerror(errno));
	}
	return file;
}

static void events_close(FILE *file)
{
	kgc_set_cycle_observer(NULL, NULL);
	kgc_events_end(write_file, file);
	if (ferror(file) | fclose(file))
		printf("perfetto: %s: %s\n", workload_option("perfetto"),
		       strerror(errno));
}

/* --- running ------------------------------------------------------------- */

static int run_one(const char *spec)
{
	uint32_t seed = (uint32_t)strtoul(workload_option("seed"), NULL, 0);

	if (!strcmp(spec, "tests"))
		return ktest_run(NULL, seed) != 0;
	if (!strncmp(spec, "tests:", 6))
		return ktest_run(spec + 6, seed) != 0;
	return workload_run(spec);
}

int main(int argc, char **argv)
{
	int i, nrun = 0, status = 0;
	FILE *events;

	/* What is printed before a crash is seen. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 1; i < argc; i++) {
		if (!parse_argument(argv[i]))
			printf("param: %s: not understood\n", argv[i]);
	}
	finish_config();
	if (kgc_init(&config)) {
		printf("kgc: no memory for the heap\n");
		return 1;
	}
	if (config.guard)
		kgc_report_faults();
	events = events_open();
	for (i = 1; i < argc; i++) {
		if (strncmp(argv[i], "run=", 4))
			continue;
		status |= run_one(argv[i] + 4);
		nrun++;
	}
	if (events)
		events_close(events);
	if (!nrun)
		printf("run: nothing to do: run=<workload>\n");
	return nrun ? status : 1;
}

#if defined(__SANITIZE_ADDRESS__)
/* A fake stack would hide pointers; what the heap holds is not leaked. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_stack_use_after_return=0:detect_leaks=0:"
	       "allocator_may_return_null=1";
}
#endif
