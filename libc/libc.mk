# SPDX-License-Identifier: MIT
# libc.mk - the C library that workloads, tests and programs are linked with
#
#	LIBC.cflags	to compile against its headers
#	LIBC.libs	to link, with the compiler's own library
#	LIBC.stamp	is there when it has been built; objects depend on it
#
# LIBC=<name> chooses <name>.cflags, <name>.libs and <name>.stamp, and the
# folder libc/<name>, which holds what that library alone needs; libc/posix puts
# either on top of the kernel, and libc/headers adds what both leave out.

# The host's gcc thinks it compiles for Linux; these headers must not.
libc-undefine := -U__linux__ -U__linux -Ulinux -U__gnu_linux__ -U__unix__ \
		 -U__unix -Uunix
libgcc	= $(shell $(CC) $(CC.$(ARCH)) -print-libgcc-file-name)

# --- newlib: Debian's source, built once per machine outside the tree ------

newlib.prefix := $(shell scripts/build-newlib -n $(ARCH))
newlib.stamp := $(newlib.prefix)/stamp
newlib.cflags := $(libc-undefine) -D_GNU_SOURCE -isystem libc/headers \
		 -isystem $(newlib.prefix)/include -isystem $(GCC_INCLUDE)
newlib.libs = --start-group $(newlib.prefix)/lib/libc.a \
	      $(newlib.prefix)/lib/libm.a $(libgcc) --end-group

$(newlib.stamp):
	$(Q)scripts/build-newlib $(ARCH)

# ---------------------------------------------------------------------------

$(if $($(LIBC).stamp),,$(error LIBC=$(LIBC): there is newlib))
LIBC.stamp := $($(LIBC).stamp)
LIBC.cflags = $($(LIBC).cflags)
LIBC.libs = $($(LIBC).libs)
