# SPDX-License-Identifier: MIT
# packages.mk - see that what a verb needs is installed, before it is used
#
# Which purposes of scripts/install-packages a goal has; "build" for any that
# is not named here.  A stamp for each makes this free once all is there.
goals		:= $(or $(MAKECMDGOALS),all)
packages.help	:=
packages.clean	:=
packages.stats	:=
packages.format	:= check
packages.run	:= build run
packages.debug	:= build run debug
packages.test	:= build run test debug picolibc
packages.hosted-test := build test
packages.check	:= build run test debug check picolibc analyze coverage \
		   prove
packages.perf-gate := build run
packages.prove	:= build prove
packages.analyze := build analyze
packages.coverage := build coverage
packages.stack	:= build
packages.checks	:= build check picolibc
packages.iso	:= build run test
packages.bench	:= build run bench
packages.bench-guest := build picolibc run bench
packages.install := build picolibc
packages.fuzz	:= build fuzz
packages.plot	:= test
packages.soak	:= build run
packages.heapmap := test
purposes	:= $(sort $(foreach g,$(goals),$(if \
		   $(filter undefined,$(origin packages.$(g))),build,\
		   $(packages.$(g)))))
# To build that library, if it is not there already (libc/libc.mk).
ifeq ($(LIBC)-$(PICOLIBC),picolibc-)
purposes	:= $(sort $(purposes) picolibc)
endif

# A stamp counts while it is newer than the list.
packages-fresh	:= $(notdir $(shell find build -maxdepth 1 -name '.packages-*' \
		   -newer scripts/install-packages 2>/dev/null))
packages-stale	:= $(filter-out $(packages-fresh:.packages-%=%),$(purposes))
ifneq ($(packages-stale),)
$(shell scripts/install-packages $(packages-stale) >&2)
ifneq ($(.SHELLSTATUS),0)
$(error packages are missing for: $(packages-stale))
endif
endif
