#!/bin/bash
# SPDX-License-Identifier: MIT
# leak.t - malloc=leak names the blocks that a program lost, and no others
. tests/run/suite.sh
. tests/run/program.sh

want_all

# reported <count> <bytes>: as many lines, and their sizes in the order lost
reported() {
	[ "$status" = 0 ] || return
	[ "$(grep -ac '^leak: ' "$D/err")" = "$1" ] || return
	for i in $(seq "$1"); do
		grep -qa "^leak: ${i}00 bytes at 0x" "$D/err" || return
	done
	[ "$(tail -n 1 "$D/err")" = "leaks: $1 blocks, $2 bytes" ]
}

for arch in $ARCHES; do
	for libc in newlib picolibc; do
		compile -mlibc=$libc -mmalloc=leak tests/programs/leaks.c \
			-o "$D/leaks" || exit 1
		for end in return exit; do
			run "$D/leaks" -- $end 0
			check "$libc, none, $end" reported 0 0
			run "$D/leaks" -- $end 1
			check "$libc, one, $end" reported 1 100
			run "$D/leaks" -- $end 5
			check "$libc, five, $end" reported 5 1500
		done
		run --append malloc=gc "$D/leaks" -- return 5
		check "$libc, not asked for" ended 0 '0 999 2.500000'
	done
done
echo "1..$n"
