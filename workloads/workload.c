// SPDX-License-Identifier: MIT
/*
 * workload.c - find the workload that a run names, and what they all need
 *
 * A run is <name>[:<argument>].  The names stand in one table; the hosts know
 * only workload_run().
 */
#include <stdio.h>
#include <string.h>
#include <kgc/kgc.h>
#include <workloads/workload.h>
#include "internal.h"

static const struct {
	const char *name;
	int (*run)(const char *argument);
	bool needs_argument;
} workloads[] = {
	{ "heapgraph", heapgraph_run, true },
	{ "alloctrace", alloctrace_run, true },
	{ "trees", trees_run, false },
	{ "retention", retention_run, false },
	{ "soak", soak_run, false },
	{ "sites", sites_run, false },
	{ "dump", dump_run, true },
	{ "why", why_run, true },
	{ "audit", audit_run, true },
};

int workload_run(const char *spec)
{
	size_t length = strcspn(spec, ":");
	const char *argument = spec[length] ? spec + length + 1 : NULL;

	for (size_t i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++) {
		if (strlen(workloads[i].name) != length ||
		    memcmp(workloads[i].name, spec, length))
			continue;
		if (argument && !*argument)
			argument = NULL;
		if (!argument && workloads[i].needs_argument) {
			printf("%s: which file?\n", workloads[i].name);
			return 1;
		}
		return workloads[i].run(argument);
	}
	printf("%s: no such workload\n", spec);
	return 1;
}

/* What a run prints of a path. */
const char *workload_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A leading "/" or "./" is without meaning; the hosts see the path as is. */
bool workload_need(const char *workload, const char *path,
		   struct workload_file *file)
{
	if (workload_open(path, file))
		return true;
	printf("%s %s: missing\n", workload, workload_base_name(path));
	return false;
}

int workload_bad(const char *workload, const char *path, struct fault fault)
{
	printf("%s %s: bad: %s at byte %llu\n", workload,
	       workload_base_name(path), fault.what,
	       (unsigned long long)fault.at);
	return 1;
}

int workload_no_memory(const char *workload, const char *name, uint32_t n,
		       const char *what)
{
	printf("%s %s: no memory after %u %s\n", workload, name, (unsigned)n,
	       what);
	return 1;
}

/* Xorshift (Marsaglia 2003): the same numbers in every host. */
uint32_t random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Zeroed, and outside the roots; NULL if there is no memory. */
void *table_alloc(size_t n, size_t size)
{
	return kgc_alloc_array(n ? n : 1, size, KGC_NOGC | KGC_NOPROFILE);
}

/*
 * What returned before left addresses on the stack; frames of the collector
 * that are scanned could take them up without writing over them.
 */
__attribute__((noinline)) void stack_clear(void)
{
	volatile uintptr_t pad[(32 << 10) / sizeof(uintptr_t)];

	for (size_t i = 0; i < sizeof(pad) / sizeof(pad[0]); i++)
		pad[i] = 0;
}
