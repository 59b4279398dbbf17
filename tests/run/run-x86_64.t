#!/bin/sh
# SPDX-License-Identifier: MIT
# run-x86_64.t - what `make run ARCH=x86_64` does ends well
. tests/run/suite.sh

want_arch x86_64
want_all
plain run-x86_64 300 scripts/run-qemu --arch x86_64 \
	--kernel build/x86_64/kgc.elf --mem 256M --initrd tests/data --append \
	"gctrace=1 run=heapgraph:cpython-startup.hg run=alloctrace:sqlite3.at"
