# SPDX-License-Identifier: MIT
# fuzz.mk - the fuzz targets, for a fuzzer and without one
#
# build/fuzz/T takes files, stdin or a seed; T-libfuzzer and T-afl are the same
# source for those.  What they find goes to build/fuzz/; what was found once
# stands in tests/fuzz/corpus/T, and tests/run/fuzz.t gives it to build/fuzz/T.

FUZZ_TARGETS	:= cpio graph heap param shell trace
fuzz.cpio	:= kernel/initrd.c lib/mem.c
fuzz.graph	:= workloads/graphfile.c workloads/reader.c
fuzz.heap	:= $(wildcard mm/*.c) tests/fuzz/host.c tests/fuzz/model.c
fuzz.param	:= kernel/param.c lib/mem.c
fuzz.shell	:= $(addprefix kernel/shell/,complete.c history.c line.c shell.c \
		   words.c) lib/format.c lib/mem.c
fuzz.trace	:= workloads/tracefile.c workloads/reader.c
fuzz-flags	:= -std=gnu11 -g $(WARN) -DKGC_CHECK=$(CHECK) \
		   $(foreach d,kernel boot arch lib mm workloads,-I$(d)/include)
fuzz-clang	:= -Wno-error -O1 -fno-sanitize-recover=all
# lib/mem.c's must not become the fuzzer's.
fuzz-apart	:= $(foreach f,memcpy memmove memset memcmp,-D$(f)=lib_$(f))
fuzz-flags.cpio	:= $(fuzz-apart)
fuzz-flags.graph := -iquote workloads
fuzz-flags.heap	:= -iquote mm
fuzz-flags.param := $(fuzz-apart)
fuzz-flags.shell := -iquote kernel/shell $(fuzz-apart)
fuzz-flags.trace := -iquote workloads
ENGINE ?= libfuzzer

.SECONDEXPANSION:
fuzz-sources	= tests/fuzz/$(1).c $(fuzz.$(1)) \
		  $(wildcard tests/fuzz/*.h mm/*.h mm/include/kgc/*.h)
build/fuzz/%-libfuzzer: $$(call fuzz-sources,$$*)
	@mkdir -p $(@D)
	$(Q)clang $(fuzz-flags) $(fuzz-flags.$*) \
		$(fuzz-clang) -fsanitize=fuzzer,address,undefined \
		-o $@ $(filter %.c,$^)

build/fuzz/%-afl: $$(call fuzz-sources,$$*) tests/fuzz/main.c
	@mkdir -p $(@D)
	$(Q)AFL_QUIET=1 afl-clang-fast $(fuzz-flags) $(fuzz-flags.$*) -O2 -o $@ $(filter %.c,$^)

build/fuzz/%: $$(call fuzz-sources,$$*) tests/fuzz/main.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(fuzz-flags) $(fuzz-flags.$*) -O2 -o $@ $(filter %.c,$^)

fuzz-programs: $(FUZZ_TARGETS:%=build/fuzz/%)

fuzz-libfuzzer: build/fuzz/$(T)-libfuzzer
	@mkdir -p build/fuzz/$(T).corpus
	$(Q)$< -max_total_time=$(S) -max_len=4096 -print_final_stats=1 \
		-artifact_prefix=build/fuzz/$(T)- build/fuzz/$(T).corpus \
		tests/fuzz/corpus/$(T)

fuzz-afl: build/fuzz/$(T)-afl
	$(Q)AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
		AFL_NO_UI=1 afl-fuzz -V $(S) -i tests/fuzz/corpus/$(T) \
		-o build/fuzz/$(T).afl ./$<

# The reader of dumps is Python, and brings its own changes.
fuzz-python:
	@mkdir -p build/fuzz
	$(Q)tests/fuzz/$(T).py -t $(S) tests/fuzz/corpus/$(T)/*

fuzz: fuzz-$(if $(wildcard tests/fuzz/$(T).py),python,$(ENGINE)) ## look for bad inputs: T=heap S=60 ENGINE=libfuzzer|afl

.PHONY: fuzz fuzz-libfuzzer fuzz-afl fuzz-python fuzz-programs
