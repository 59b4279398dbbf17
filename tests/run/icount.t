#!/bin/sh
# SPDX-License-Identifier: MIT
# icount.t - with virtual time two runs print the same, byte for byte
. tests/run/suite.sh

want_arch x86_64
want_all
run() {
	qemu x86_64 "gctrace=1 run=heapgraph:cpython-startup.hg" \
		--icount --initrd tests/data --timeout 200 2>&1
}
echo 1..2
mkdir -p build/log
run >build/log/icount-1.log && echo "ok 1 - first run" ||
	echo "not ok 1 - first run"
run >build/log/icount-2.log
cmp build/log/icount-1.log build/log/icount-2.log &&
	echo "ok 2 - second run prints the same" ||
	echo "not ok 2 - second run prints the same"
