# SPDX-License-Identifier: MIT
# trust.mk - verbs that show the collector to be right, or where it is not

# Each tests/prove/<part>_proof.c is a program: its claims, over mm/ as the
# process has it.  Of the objects in the archive the linker leaves those out
# whose .c file a proof includes.
proofs	:= $(patsubst tests/prove/%_proof.c,%,$(wildcard tests/prove/*_proof.c))
proof-programs := $(proofs:%=$(H)/prove/%)

$(H)/prove/libmm.a: $(hosted-objects)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && ar rcs $@ $^

$(proof-programs): $(H)/prove/%: $(H)/tests/prove/%_proof.o \
		$(H)/tests/prove/main.o $(H)/hosted/hostctl.o $(H)/prove/libmm.a
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(CC) $(HOSTED) -o $@ $^

proof-programs: $(proof-programs)

prove: ## the claims of tests/prove and tests/model, all cases and all states
	$(Q)$(MAKE) BITS=64 SAN= proof-programs
	$(Q)$(MAKE) BITS=32 SAN= proof-programs
	$(Q)scripts/run-proofs tests/model/*.pml \
		$(proofs:%=build/hosted-32$(variant)/prove/%) \
		$(proofs:%=build/hosted$(variant)/prove/%)

mutants: ## see that each claim of tests/prove can fail: by damage to mm/
	$(Q)scripts/run-mutants

# Once more, for what gcc tells of each function's stack and of its calls.
stack-folders	:= arch/x86 arch/x86/$(ARCH) boot lib kernel mm
stack-objects: $(filter-out %/hostctl.o,$(call objects,$(O),$(stack-folders)))

stack: ## the deepest stacks: of a mark, of a call that may collect
	$(Q)for arch in x86_64 i386; do \
		$(MAKE) ARCH=$$arch O=build/stack/$$arch stack-objects \
			CFLAGS='-O2 -g -fcallgraph-info=su' >build/stack.log || \
			{ cat build/stack.log; exit 1; }; \
	done
	$(Q)scripts/check-stack x86_64 i386

perf-gate: ## no workload takes 1 % more instructions; UPDATE=1 writes its file
	$(Q)for arch in x86_64 i386; do \
		$(MAKE) ARCH=$$arch LIBC=newlib CHECK=1 all || exit 1; \
	done
	$(Q)scripts/perf-gate $(if $(UPDATE),--update)

analyze: ## static analysis of mm/, which must find nothing unexplained
	$(Q)scripts/analyze

# At levels 1 and 2: what is compiled in at 2 alone runs there.
coverage := hosted-coverage hosted-check2-coverage
coverage: ## lines of mm/ that the hosted tests run: over 95 %, the rest explained
	$(Q)for level in 1 2; do \
		$(MAKE) BITS=64 CHECK=$$level coverage-run || exit 1; \
	done
	$(Q)scripts/check-coverage 95 $(coverage:%=build/%)

coverage-run:
	$(Q)$(MAKE) SAN=coverage CFLAGS='-O1 -g' $(H)-coverage/kgc \
		SAN.coverage='--coverage -fprofile-update=atomic'
	$(Q)find $(H)-coverage -name '*.gcda' -delete
	$(Q)scripts/ktap.py --name coverage --timeout 600 \
		--log build/log/coverage.log --run $(H)-coverage/kgc \
		initrd=tests/data cases=first run=tests: >build/coverage.tap || \
		{ grep -v '^ok' build/coverage.tap; exit 1; }

.PHONY: proof-programs prove mutants stack stack-objects analyze coverage \
	perf-gate

-include $(proofs:%=$(H)/tests/prove/%_proof.d) $(H)/tests/prove/main.d
