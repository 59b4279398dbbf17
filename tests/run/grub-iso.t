#!/bin/sh
# SPDX-License-Identifier: MIT
# grub-iso.t - booted by GRUB and Multiboot2, the image prints the same lines
. tests/run/suite.sh

want_arch x86_64
want_all
mkdir -p build/log
# Times and what depends on them differ.
results() {
	grep -e '^heapgraph' -e '^alloctrace [^ ]*: ' "$1"
}
echo 1..2
scripts/run-qemu --iso build/x86_64/kgc.iso --mem 256M --timeout 120 \
	>build/log/grub-iso.log 2>&1 &&
	echo "ok 1 - ends well" || echo "not ok 1 - ends well"
qemu x86_64 "gctrace=1 run=heapgraph:cpython-startup.hg run=alloctrace:sqlite3.at" \
	--mem 256M --initrd tests/data --timeout 120 >build/log/grub-pvh.log 2>&1
[ "$(results build/log/grub-iso.log)" = "$(results build/log/grub-pvh.log)" ] &&
	[ "$(results build/log/grub-iso.log | wc -l)" = 5 ] &&
	echo "ok 2 - same lines as by PVH" || echo "not ok 2 - same lines as by PVH"
