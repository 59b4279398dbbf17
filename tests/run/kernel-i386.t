#!/bin/sh
# SPDX-License-Identifier: MIT
# kernel-i386.t - all tests in the kernel image
. tests/run/suite.sh

want_arch i386
suite kernel-i386 600 scripts/run-qemu --arch i386 \
	--kernel build/i386/kgc.elf --mem 256M --initrd tests/data \
	--append "cases=first run=tests:$T"
