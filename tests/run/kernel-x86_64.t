#!/bin/sh
# SPDX-License-Identifier: MIT
# kernel-x86_64.t - all tests in the kernel image
. tests/run/suite.sh

want_arch x86_64
suite kernel-x86_64 600 scripts/run-qemu --arch x86_64 \
	--kernel build/x86_64/kgc.elf --mem 256M --initrd tests/data \
	--append "cases=first run=tests:$T"
