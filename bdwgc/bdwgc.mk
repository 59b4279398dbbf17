# SPDX-License-Identifier: MIT
# bdwgc.mk - the Boehm collector's interface, over the heap of a process
#
# A client is compiled with -Ibdwgc/include and linked with libgc.a, libkgc.a
# and -lpthread, in this order.  The same sources, compiled as the image is,
# are what kgc-cc -mbdwgc links with: they ask for <kgc/kgc.h>, a C library and
# POSIX threads.

$(H)/libgc.a: $(call objects,$(H),bdwgc)
	$(Q)rm -f $@ && ar rcs $@ $^

hosted: hosted-bdwgc

hosted-bdwgc: ## libgc.a for a process: the Boehm collector's interface
	$(Q)$(MAKE) BITS=64 SAN= build/hosted$(variant)/libgc.a
	$(Q)$(MAKE) BITS=32 SAN= build/hosted-32$(variant)/libgc.a

.PHONY: hosted-bdwgc

-include $(patsubst %.o,%.d,$(call objects,$(H),bdwgc))
