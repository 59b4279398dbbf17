# SPDX-License-Identifier: MIT
# kgc - a garbage collector for C on bare metal.  `make help` lists the verbs.

ARCH	?= x86_64
CHECK	?= 1
LIBC	?= newlib
BITS	?= 64
SAN	?=
CFLAGS	?= -O2 -g
V	?=
Q	:= $(if $(V),,@)

MAKEFLAGS += -rR --no-print-directory
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

include scripts/packages.mk scripts/asan.mk

# Who may include whose headers: a folder's include/ is its promise, and the
# compiler finds no other.  tests/ and workloads/ run in every host; of lib/ tests
# have lib/noroot.h.
USES.lib	:=
USES.mm		:=
USES.arch	:= lib
USES.boot	:= arch lib
USES.kernel	:= arch boot lib mm tests workloads
USES.libc	:= arch kernel lib mm
USES.hosted	:= mm tests workloads
USES.workloads	:= mm
USES.tests	:= lib mm workloads
USES.bdwgc	:= mm

variant	= $(if $(filter-out 1,$(CHECK)),-check$(CHECK))
# build/x86_64, build/hosted-32-address, ...: one folder for each build.
O	:= build/$(ARCH)$(variant)$(if $(filter-out newlib,$(LIBC)),-$(LIBC))
H	:= build/hosted$(if $(filter 32,$(BITS)),-32)$(variant)$(if $(SAN),-$(SAN))

CC	:= gcc
LD	:= ld
WARN	:= -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes \
	   -Wvla -Wpointer-arith -Wno-unused-parameter
# Frame pointers stay: backtraces and profiles walk them.
COMMON	:= -std=gnu11 $(WARN) -fno-omit-frame-pointer -fno-common \
	   -fno-strict-aliasing -MMD -MP -DKGC_CHECK=$(CHECK:asan=1) \
	   -DKGC_FENCES=$(if $(filter asan,$(CHECK)),1,0)

# --- the image -------------------------------------------------------------

GCC_INCLUDE := $(shell $(CC) -print-file-name=include 2>/dev/null)
CC.x86_64 := -m64
CC.i386	:= -m32 -march=i686
LD.x86_64 := -m elf_x86_64
LD.i386	:= -m elf_i386
LD.image := -n -z max-page-size=4096 --no-warn-rwx-segments
# Debian's gcc makes i386 code position independent unless told otherwise.
BARE	:= $(CC.$(ARCH)) -ffreestanding -nostdinc -fno-pie -fno-pic \
	   -fno-stack-protector -fcf-protection=none \
	   -fno-asynchronous-unwind-tables -mno-red-zone
FREESTANDING := $(BARE) -mgeneral-regs-only -isystem $(GCC_INCLUDE)

include libc/libc.mk

image-folders	:= arch/x86 arch/x86/$(ARCH) boot lib kernel kernel/shell mm libc/posix \
		   libc/$(LIBC) workloads tests tests/mm tests/kernel tests/kernel/$(ARCH) \
		   tests/host tests/corrupt tests/system tests/system/$(ARCH)
# These use the C library, and so may use vector registers.
libc-folders	:= libc workloads tests bdwgc

top		= $(firstword $(subst /, ,$(1)))
includes	= $(foreach d,$(call top,$(1)) $(USES.$(call top,$(1))),-I$(d)/include)
objects		= $(filter-out $(asan-only),$(patsubst %,$(1)/%.o,$(basename $(sort \
		  $(wildcard $(2:%=%/*.c) $(2:%=%/*.S))))))
# The kernel's own pin and unpin are inline; tests/mm sees mm/internal.h.
private.tests	= -iquote mm -iquote tests/system \
		  $(if $(filter tests/kernel/%,$<),\
		  $(foreach d,kernel arch boot libc,-I$(d)/include))
private.arch	= -Iarch/x86/$(ARCH) -Iarch/x86
inline.image	:= -Ikernel/inline
inline.hosted	:= -Ihosted/inline
bare-flags	= $(if $(filter $(libc-folders),$(call top,$(1))),\
		  $(BARE) $(LIBC.cflags) $(if $(filter tests workloads,$(call top,$(1))),\
		  $(asan-flags)),$(FREESTANDING))

image-objects	:= $(call objects,$(O),$(image-folders))
mm-objects	:= $(call objects,$(O)/lib,mm)

all: $(O)/kgc.elf ## the kernel image for ARCH (x86_64, i386)

$(O)/%.o: %.c $(LIBC.stamp)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC      $@")
	$(Q)$(CC) $(call bare-flags,$<) $(sections) $(inline.image) \
		$(call includes,$<) $(private.$(call top,$<)) $(COMMON) $(CFLAGS) -c -o $@ $<

$(O)/%.o: %.S
	@mkdir -p $(@D)
	$(if $(Q),@echo "  AS      $@")
	$(Q)$(CC) $(FREESTANDING) -D__ASSEMBLY__ $(call includes,$<) \
		$(private.$(call top,$<)) -MMD -MP -g -c -o $@ $<

# The collector as one object: it offers kgc_*, asks for kgc_host_*, hides the
# rest.  It calls pin and unpin as functions, and so is compiled apart.
$(O)/lib/mm/%.o: mm/%.c
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC      $@")
	$(Q)$(CC) $(FREESTANDING) -Imm/include $(COMMON) -ffunction-sections \
		-fdata-sections $(CFLAGS) -c -o $@ $<

# What neither allocates, frees, marks nor sweeps is compiled for size.
mm-fast := bitmap cache free malloc mark sweep
$(filter-out $(mm-fast:%=$(O)/lib/mm/%.o),$(mm-objects)): CFLAGS += -Os

$(O)/kgc.o: $(mm-objects) mm/kgc.ld
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(LD) $(LD.$(ARCH)) -r -T mm/kgc.ld -o $@ $(filter %.o,$^)
	$(Q)objcopy --localize-hidden $@
	$(Q)scripts/check-symbols $@

kgc.o: $(O)/kgc.o ## the collector as one relocatable object
	@scripts/object-size $<

# Linked three times: the table of symbols is part of what it describes.  The
# first link has none, the second puts all in its place, the third knows where:
# what it would write is what it has.
define link
	$(Q)scripts/make-symbols $(2) >$(O)/symbols.S
	$(Q)$(CC) $(FREESTANDING) -c -o $(O)/symbols.o $(O)/symbols.S
	$(Q)$(LD) $(LD.$(ARCH)) $(LD.image) $(LIBC.ldflags) -T linker.ld \
		-o $(1) $(image-objects) $(O)/symbols.o $(LIBC.libs)
endef

$(O)/kgc.elf: $(image-objects) linker.ld scripts/make-symbols
	$(if $(Q),@echo "  LD      $@")
	$(call link,$@.1)
	$(call link,$@.2,$@.1)
	$(call link,$@,$@.2)
	$(Q)scripts/make-symbols $@ | cmp - $(O)/symbols.S

# --- to run it -------------------------------------------------------------

MACHINE	?= pc
CPUS	?= 1
MEM	?= 256M
ACCEL	?= auto
ICOUNT	?=
TIMEOUT	?=
INITRD	?= tests/data
# It ends in the shell if somebody is there to type.
person	= $(if $(filter run,$(MAKECMDGOALS)),$(shell [ -t 0 ] && echo run=shell))
APPEND	?= gctrace=1 run=heapgraph:cpython-startup.hg run=alloctrace:sqlite3.at $(person)
qemu	= scripts/run-qemu $(machine)
machine	= --arch $(ARCH) --machine $(MACHINE) --cpus $(CPUS) \
	  --mem $(MEM) --accel $(ACCEL) $(if $(ICOUNT),--icount) \
	  $(if $(TIMEOUT),--timeout $(TIMEOUT)) --kernel $(O)/kgc.elf \
	  $(if $(INITRD),--initrd $(INITRD)) $(leave) --append '$(APPEND)'

run: $(O)/kgc.elf ## boot it: ARCH= MACHINE= CPUS= MEM= ACCEL= ICOUNT=1 INITRD= APPEND= PROFILE= DUMP= PERFETTO= TRACE=
	$(Q)$(qemu) --interactive

debug: $(O)/kgc.elf ## gdb on it, stopped, with scripts/gdb/kgc.py; CORE=: on a dump
	$(Q)scripts/debug $(machine) $(if $(CORE),--core $(CORE))

$(O)/kgc.iso: $(O)/kgc.elf FORCE
	$(Q)scripts/make-iso $< $@ '$(APPEND)' $(INITRD)

iso: $(O)/kgc.iso ## a CD image that GRUB boots, with INITRD and APPEND inside

include scripts/plot.mk scripts/leave.mk

stats: $(O)/kgc.elf ## sizes of the image and of the source
	@size $<
	@scripts/source-stats

clean: ## remove all that was built, but for the C libraries
	$(Q)rm -rf build

help: ## this list
	@sed -n 's/^\([a-z.-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | sort | expand -t 12

.PHONY: all run debug iso stats clean help kgc.o FORCE

# --- the hosted port -------------------------------------------------------

SAN.address	:= -fsanitize=address,undefined -fno-sanitize-recover=undefined
SAN.thread	:= -fsanitize=thread
HOSTED	:= -m$(BITS) -fPIE -pthread $(SAN.$(SAN)) -D_GNU_SOURCE
# What a test asks of the host is no part of the library.
hosted-objects := $(filter-out %/hostctl.o,$(call objects,$(H),mm hosted))
hosted-tests := $(call objects,$(H),tests tests/mm tests/host tests/corrupt \
		  tests/system \
		  tests/system/$(if $(filter 32,$(BITS)),i386,x86_64) \
		  workloads hosted/main) $(H)/hosted/hostctl.o

$(H)/%.o: %.c
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC      $@")
	$(Q)$(CC) $(HOSTED) $(inline.hosted) $(call includes,$<) \
		$(private.$(call top,$<)) $(COMMON) $(CFLAGS) -c -o $@ $<

# The thunks of i386 come in groups that a final link would drop as doubles.
$(H)/kgc.o: $(hosted-objects)
	$(Q)$(LD) $(if $(filter 32,$(BITS)),-m elf_i386) -r \
		--force-group-allocation -o $@ $^
	$(Q)objcopy --localize-hidden $@

$(H)/libkgc.a: $(H)/kgc.o
	$(Q)rm -f $@ && ar rcs $@ $<

# All of tests/ and the workloads as one program.
$(H)/kgc: $(hosted-objects) $(hosted-tests)
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(CC) $(HOSTED) -o $@ $^

hosted: ## the library for a process: build/hosted/libkgc.a, and -32
	$(Q)$(MAKE) BITS=64 SAN= build/hosted$(variant)/libkgc.a
	$(Q)$(MAKE) BITS=32 SAN= build/hosted-32$(variant)/libkgc.a

include bdwgc/bdwgc.mk

T ?=
hosted-test: $(H)/kgc ## its tests: T=name BITS=32 SAN=address|thread
	$(Q)scripts/ktap.py --name $(H:build/%=%) --timeout 600 \
		--log build/log/$(H:build/%=%).log \
		--run $(H)/kgc run=tests:$(T) cases=first

# --- the embed example -----------------------------------------------------

# A plain Linux program over kgc.o, which is not position independent.
$(O)/embed: examples/embed/main.c examples/embed/host.c $(O)/kgc.o
	$(if $(Q),@echo "  CC      $@")
	$(Q)$(CC) $(CC.$(ARCH)) -std=gnu11 $(WARN) -O2 -g -no-pie \
		-Imm/include -o $@ $^

embed: $(O)/embed ## examples/embed: the collector over one static array

include examples/embed-kernel/embed-kernel.mk scripts/program.mk scripts/bench.mk \
	scripts/checks.mk scripts/trust.mk scripts/soak.mk tests/fuzz/fuzz.mk

# --- tests and checks ------------------------------------------------------

# Both arches, unless the command line or the environment names one.
arches	:= $(if $(filter file,$(origin ARCH)),x86_64 i386,$(ARCH))

test: ## all suites: kernel, process, examples; ARCH= and T=name narrow
	$(Q)T='$(T)' scripts/run-tests $(arches)

.PHONY: hosted hosted-test embed test

-include $(patsubst %.o,%.d,$(image-objects) $(mm-objects) $(hosted-objects) $(hosted-tests))
