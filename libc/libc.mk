# SPDX-License-Identifier: MIT
# libc.mk - the C library that workloads, tests and programs are linked with
#
#	LIBC.cflags	to compile against its headers
#	LIBC.ldflags	to link with it, as ld spells them
#	LIBC.libs	the library, with the compiler's own
#	LIBC.stamp	changes when another library is taken: objects depend on it
#
# LIBC=<name> chooses <name>.cflags, <name>.ldflags and <name>.libs, of the
# library in <name>.prefix, which is built when <name>.ready is; and the folder
# libc/<name>, which holds what that library alone needs.  libc/posix puts
# either on top of the kernel, and libc/headers adds what both leave out.

# The host's gcc thinks it compiles for Linux; these headers must not.
libc-undefine := -U__linux__ -U__linux -Ulinux -U__gnu_linux__ -U__unix__ \
		 -U__unix -Uunix
libgcc	= $(shell $(CC) $(CC.$(ARCH)) -print-libgcc-file-name)
# read() and write() return ssize_t, as POSIX has it; newlib would say int.
libc-include = $(libc-undefine) -D_GNU_SOURCE \
	       -D_READ_WRITE_RETURN_TYPE=_ssize_t -isystem libc/headers \
	       -isystem libc/$(1)/headers -isystem $($(1).prefix)/include \
	       -isystem $(GCC_INCLUDE)

# --- newlib: Debian's source, built once per machine outside the tree ------

newlib.prefix := $(shell scripts/build-newlib -n $(ARCH))
newlib.ready := $(newlib.prefix)/stamp
newlib.cflags = $(call libc-include,newlib)
newlib.ldflags :=
newlib.libs = --start-group $(newlib.prefix)/lib/libc.a \
	      $(newlib.prefix)/lib/libm.a $(libgcc) --end-group

$(newlib.ready):
	$(Q)scripts/build-newlib $(ARCH)

# --- picolibc: in the folder PICOLIBC=, or PyPI's source, built likewise ---

PICOLIBC ?=
picolibc.prefix := $(or $(PICOLIBC),$(shell scripts/build-picolibc -n $(ARCH)))
picolibc.ready := $(picolibc.prefix)/$(if $(PICOLIBC),lib/libc.a,stamp)
picolibc.cflags = $(call libc-include,picolibc)
# Calls of vfprintf() go through libc/picolibc/print.c, which locks.
picolibc.ldflags := --wrap=vfprintf
picolibc.libs = --start-group $(picolibc.prefix)/lib/libc.a $(libgcc) --end-group

ifeq ($(PICOLIBC),)
$(picolibc.ready):
	$(Q)scripts/build-picolibc $(ARCH)
else ifeq ($(LIBC),picolibc)
picolibc.lacks := $(shell scripts/check-picolibc $(PICOLIBC) $(ARCH))
$(if $(picolibc.lacks),$(error PICOLIBC=$(PICOLIBC): $(picolibc.lacks)))
endif

# ---------------------------------------------------------------------------

$(if $($(LIBC).prefix),,$(error LIBC=$(LIBC): there are newlib and picolibc))
LIBC.cflags = $($(LIBC).cflags)
LIBC.ldflags = $($(LIBC).ldflags)
LIBC.libs = $($(LIBC).libs)

# Rewritten only when it says something else: PICOLIBC= may come and go.
LIBC.stamp := $(O)/libc.stamp
$(LIBC.stamp): $($(LIBC).ready) FORCE
	@mkdir -p $(@D)
	$(Q)echo '$($(LIBC).prefix)' | cmp -s - $@ || \
		echo '$($(LIBC).prefix)' >$@
