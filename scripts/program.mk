# SPDX-License-Identifier: MIT
# program.mk - what a program of one's own is linked with, and installing it
#
# build/<arch>[-<libc>]/program holds what scripts/kgc-cc needs for one arch and
# one C library; installed, it is lib/kgc/<arch>-<libc>:
#
#	program.o	the kernel, the heap and libc/ as one object
#	symbols.o	an empty table of symbols, for the first link
#	lib*.a		what -l finds; empty where program.o or libc.a has it all
#	flags		how gcc and ld are to be called, for bash to read
#
# program.o shows kgc_* and what a C library shows.  The rest is local to it, and
# what is not kgc_* is weak, so a program may define any name.

# Of the image a program takes what it uses.
sections := -ffunction-sections -fdata-sections

P	:= $(O)/program
program-objects	:= $(filter-out %/kernel/run.o %/kernel/hostctl.o,\
		   $(call objects,$(O),arch/x86 arch/x86/$(ARCH) boot lib \
		   kernel kernel/shell kernel/program mm libc/posix libc/$(LIBC)))
# What these define is for programs in no case, but for the linker's entry.
program-local	:= $(filter $(foreach d,arch boot lib kernel,$(O)/$(d)/%),\
		   $(program-objects))
program-headers	= $(filter-out -% $(GCC_INCLUDE),$(LIBC.cflags))
program-libs	= $(filter %/libc.a %/libm.a,$(LIBC.libs))
program-cflags	= $(filter-out -ffreestanding,$(BARE)) $(filter-out \
		  -isystem -D_GNU_SOURCE,$(filter -%,$(LIBC.cflags)))
# picolibc's libm is in its libc.
empty-libs	:= $(patsubst %,$(P)/lib%.a,pthread dl rt util \
		   $(if $(filter picolibc,$(LIBC)),m))

$(P)/program.o: $(program-objects) scripts/check-program scripts/program.mk
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD      $@")
	$(Q)nm -g --defined-only $(program-local) | awk 'NF == 3 && \
		$$3 != "multiboot2_start" { print $$3 }' >$(P)/local
	$(Q)$(LD) $(LD.$(ARCH)) -r -o $@ $(program-objects)
	$(Q)objcopy --localize-hidden --localize-symbols=$(P)/local $@
	$(Q)nm -g --defined-only $@ | awk '$$3 !~ /^kgc_/ { print $$3 }' \
		>$(P)/weak
	$(Q)objcopy --weaken-symbols=$(P)/weak $@
	$(Q)scripts/check-program $@ $(program-headers)

$(P)/symbols.o: scripts/make-symbols
	@mkdir -p $(@D)
	$(Q)scripts/make-symbols | $(CC) $(FREESTANDING) -c -x assembler -o $@ -

$(P)/libc.a: $(LIBC.stamp)
	@mkdir -p $(@D)
	$(Q)ln -sf $(program-libs) $(@D)

$(empty-libs):
	@mkdir -p $(@D)
	$(Q)ar rc $@

# The collector for clients of the Boehm collector's interface.
bdwgc-objects	:= $(call objects,$(O),bdwgc)
$(P)/libgc.a: $(bdwgc-objects)
	$(Q)rm -f $@ && ar rcs $@ $^

# Paths are absolute or begin at the folder of this file.
$(P)/flags: Makefile libc/libc.mk scripts/program.mk
	@mkdir -p $(@D)
	$(Q)printf '%s\n' 'cflags="$(program-cflags)"' \
		'headers="$(abspath $(program-headers) mm/include)"' \
		'bdwgc="$(abspath bdwgc/include)"' \
		'gcc_include="$(GCC_INCLUDE)"' 'ldflags="$(LD.image) $(LIBC.ldflags)"' \
		'script="$(abspath linker.ld)"' >$@

program-parts	:= $(addprefix $(P)/,program.o symbols.o flags libc.a libgc.a) \
		   $(empty-libs)
program: $(program-parts) ## what kgc-cc links with, for ARCH and LIBC

PREFIX	?= /usr/local
# Those that make can bring: libc.mk names them.
LIBCS	?= newlib picolibc
install: ## kgc-cc, kgc-run, headers, libraries: PREFIX= DESTDIR= LIBCS=
	$(Q)for libc in $(LIBCS); do for arch in x86_64 i386; do \
		$(MAKE) ARCH=$$arch LIBC=$$libc CHECK=1 program kgc.o || exit 1; \
		$(MAKE) ARCH=$$arch LIBC=$$libc CHECK=asan program || exit 1; \
	done; done
	$(Q)$(MAKE) hosted
	$(Q)scripts/install-kgc '$(DESTDIR)$(PREFIX)' $(LIBCS)

.PHONY: program install

-include $(patsubst %.o,%.d,$(program-objects) $(bdwgc-objects))
