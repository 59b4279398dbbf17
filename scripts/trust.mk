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

.PHONY: proof-programs

-include $(proofs:%=$(H)/tests/prove/%_proof.d) $(H)/tests/prove/main.d
