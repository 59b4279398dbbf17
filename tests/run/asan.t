#!/bin/bash
# SPDX-License-Identifier: MIT
# asan.t - programs with -fsanitize=kernel-address: each kind of report, and none
. tests/run/suite.sh
. tests/run/program.sh

want_all

# told <what> <kind>: the sum, then that report, with the object's birth
told() {
	run "$D/bad" --append memprofilerate=1 -- "$1"
	check "$1: the program ran up to there" grep -q '^sum 499500$' "$D/out"
	check "$1: status" [ "$status" != 0 ]
	check "$1: $2" grep -qa "panic: asan: $2" "$D/err"
}

for arch in $ARCHES; do
	for libc in newlib picolibc; do
		compile -mlibc=$libc -fsanitize=kernel-address \
			tests/programs/bad.c -o "$D/bad"
		run "$D/bad" -- nothing
		check "$libc: a good program" ended 0 done
		told overflow 'overflow: store of . bytes at .*, offset'
		check "who allocated" grep -qa '^	make' "$D/err"
		told free 'use after free: load of . bytes'
		told string 'overflow: store of 20 bytes'
		told copy 'overflow: load of'
		told wild 'wild pointer: store of 1 bytes at .*, in no object'
	done
	compile tests/programs/bad.c -o "$D/bad"
	run "$D/bad" -- string
	check "without it nothing is told" ended 0 done
done
echo "1..$n"
