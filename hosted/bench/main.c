// SPDX-License-Identifier: MIT
/*
 * main.c - run a workload over the peer that this was built for
 *
 *	<peer> WORKLOAD [ARGUMENT]...		a run for each line of input
 *	<peer> -n COUNT WORKLOAD [ARGUMENT]...	that many
 *
 * A line "ready" and what the heap tells, when it is set up; then a line for
 * each run, of name=value: ns on the clock, cpu of the process, ticks of the
 * processor's counter, ops and bytes of the workload, check, and what the heap
 * tells.  scripts/bench asks several peers by turns, so that all meet the same
 * noise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "bench.h"
#include "heap.h"

struct figures figures;

static const struct workload *const workloads[] = {
	&graph_workload, &shape_workload, &trace_workload, &trees_workload,
	&churn_workload, &tasks_workload, &final_workload, &calls_workload,
};
#define NWORKLOADS (sizeof(workloads) / sizeof(workloads[0]))

_Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

uint64_t number(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	if (*end || end == text)
		die(text, "not a number");
	return n;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t))
		return 0;
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint64_t bench_now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static void report(const char *name, uint64_t value)
{
	printf("%s=%llu ", name, (unsigned long long)value);
}

static void run_once(const struct workload *w)
{
	const uint64_t ns = bench_now();
	const uint64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	const uint64_t ticks = __builtin_ia32_rdtsc();
	uint64_t sum = w->run();

	report("ticks", __builtin_ia32_rdtsc() - ticks);
	report("cpu", clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	report("ns", bench_now() - ns);
	report("peak", peak_memory());
	report("ops", figures.ops);
	report("bytes", figures.bytes);
	report("mark", figures.times.mark_ns);
	report("sweep", figures.times.sweep_ns);
	report("check", w->check ? sum + w->check() : sum);
	heap_report();
	printf("\n");
	fflush(stdout);
}

static void run_asked(const struct workload *w)
{
	char line[16];

	while (fgets(line, sizeof(line), stdin))
		run_once(w);
}

static const struct workload *find(const char *name, int nargs)
{
	for (size_t i = 0; i < NWORKLOADS; i++) {
		const struct workload *w = workloads[i];

		if (strcmp(w->name, name))
			continue;
		if (w->nargs != nargs)
			die(name, w->usage);
		return w;
	}
	die(name, "no such workload");
}

int main(int argc, char **argv)
{
	const struct workload *w;
	uint64_t count = 0;
	bool asked = true;

	if (argc > 2 && !strcmp(argv[1], "-n")) {
		asked = false;
		count = number(argv[2]);
		argv += 2;
		argc -= 2;
	}
	if (argc < 2)
		die("usage", "<peer> [-n COUNT] WORKLOAD [ARGUMENT]...");
	w = find(argv[1], argc - 2);
	peak_init(heap_init);
	w->setup(argv + 2);
	printf("ready");
	heap_report();
	printf("\n");
	fflush(stdout);
	if (asked)
		run_asked(w);
	while (count--)
		run_once(w);
	return 0;
}
