# SPDX-License-Identifier: MIT
# soak.mk - long runs

S ?= 60
SEED ?= 1
soak: $(O)/kgc.elf ## everything at once for S=60 seconds: ARCH= SEED=
	$(Q)$(MAKE) run INITRD= APPEND='seed=$(SEED) run=soak:$(S)'

.PHONY: soak
