/* SPDX-License-Identifier: MIT */
/* fault.h - use a heap in which the nth of something fails */
#ifndef TESTS_FAULT_H
#define TESTS_FAULT_H

#include "system.h"

struct fault_source {
	/* The @nth from now on fails; if @all, all after it too; 0: none. */
	void (*arm)(unsigned long nth, bool all);
	/* How many were asked for since. */
	unsigned long (*count)(void);
};

/* Allocations of fault_run() that got NULL. */
extern unsigned long fault_nulls;

/*
 * Use a heap of @config, a bit of everything, while the @nth of @source fails.
 * The heap must be sound and usable after that, and all of it go back to the
 * host.  @judge sees it, NULL if it could not be set up, before it goes.
 * Returns true if there was an nth.
 */
typedef void fault_judge_fn(const struct heap *h);
bool fault_run(const struct kgc_config *config,
	       const struct fault_source *source, unsigned long nth, bool all,
	       fault_judge_fn *judge);

#endif /* TESTS_FAULT_H */
