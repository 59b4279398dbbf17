#!/bin/sh
# SPDX-License-Identifier: MIT
# crash.t - each fault gets its report, its status and its record
. tests/run/suite.sh

want_all
mkdir -p build/log
n=0
# check <crash=> <first line, a pattern> <record on the second channel>
check() {
	for arch in $ARCHES; do
		n=$((n + 1))
		log=build/log/crash-$arch-$1
		qemu "$arch" "crash=$1" --channel "$log.channel" --timeout 60 \
			>"$log" 2>&1
		status=$?
		if [ $status -ne 0 ] && [ $status -ne 124 ] &&
			[ "$(grep -c '^panic:' "$log")" = 1 ] &&
			grep -q "^panic: $2" "$log" &&
			[ "$(tail -n 1 "$log.channel")" = "exit $3" ]; then
			echo "ok $n - $arch $1"
		else
			echo "not ok $n - $arch $1: status $status"
			sed 's/^/# /' "$log" | head -20
		fi
	done
}

check null '.*page fault' 139
check text '.*page fault' 139
check rodata '.*page fault' 139
check data '.*page fault' 139
check stack '.*page fault' 139
check divide '.*divi' 136
check overflow 'stack overflow.*task 1 (main)' 139
check instruction '.*' 139
check panic '.*' 134
echo "1..$n"
