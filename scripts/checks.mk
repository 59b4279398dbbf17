# SPDX-License-Identifier: MIT
# checks.mk - what a machine can check, and what the checks ask of make

CHECKS	:= check-includes check-headers check-arch check-symbols \
	   check-program check-traps check-tour check-parameters check-contexts check-text check-format \
	   check-bdwgc
check: ## the machine checks, the analyses, the tests, the proofs
	$(Q)scripts/run-checks $(CHECKS)
	$(Q)$(MAKE) analyze stack coverage perf-gate
	$(Q)$(MAKE) test
	$(Q)$(MAKE) prove

checks: ## the machine checks alone
	$(Q)scripts/run-checks $(CHECKS)

format: ## rewrite the C files as clang-format has them
	$(Q)scripts/check-format --fix

# For check-headers: what a header of this folder may see.
includes-of-%:
	@echo $(if $(filter hosted,$*),$(inline.hosted),$(inline.image)) \
		$(call includes,$*/x) $(private.$*) \
		$(if $(filter libc,$*),-nostdinc $(LIBC.cflags))

# Those of libc/headers stand before the C library's own.
includes-of-libc-headers:
	@echo -nostdinc $(LIBC.cflags)

.PHONY: check checks format
