#!/bin/sh
# SPDX-License-Identifier: MIT
# harden.t - CHECK=2: each report, in an image of each arch
#
# Of the suites only what asks for pointers and blocks: the others are run at
# level 1.
. tests/run/suite.sh

want_all
mkdir -p build/log
n=0
take() {
	name=$1
	shift
	n=$((n + 1))
	if timeout 200 "$@" >"build/log/harden-$n.log" 2>&1; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		tail -n 12 "build/log/harden-$n.log" | sed 's/^/# /'
	fi
}
for arch in $ARCHES; do
	for suite in mm_harden mm_corrupt: mm_malloc; do
		take "$arch $suite" scripts/ktap.py --name "harden-$arch" \
			--timeout 150 --log "build/log/harden-$arch.log" --run \
			scripts/run-qemu --arch "$arch" --mem 256M \
			--kernel "build/$arch-check2/kgc.elf" \
			--append "cases=first run=tests:$suite"
	done
done
echo "1..$n"
