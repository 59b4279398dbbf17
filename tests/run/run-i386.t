#!/bin/sh
# SPDX-License-Identifier: MIT
# run-i386.t - what `make run ARCH=i386` does ends well
. tests/run/suite.sh

want_arch i386
want_all
plain run-i386 300 scripts/run-qemu --arch i386 \
	--kernel build/i386/kgc.elf --mem 256M --initrd tests/data --append \
	"gctrace=1 run=heapgraph:cpython-startup.hg run=alloctrace:sqlite3.at"
