#!/bin/sh
# SPDX-License-Identifier: MIT
# pthread-end.t - how a program of several threads ends: status and last words
. tests/run/suite.sh

want_all
mkdir -p build/log
n=0
# check <case> <status on the second channel> <pattern that is printed>...
check() {
	case=$1 status=$2
	shift 2
	for arch in $ARCHES; do
		n=$((n + 1))
		log=build/log/pthread-end-$arch-$case
		qemu "$arch" "quiet cases=end run=tests:pthread_end:$case" \
			--channel "$log.channel" --timeout 60 >"$log" 2>&1
		why=
		[ "$(tail -n 1 "$log.channel")" = "exit $status" ] ||
			why="$(tail -n 1 "$log.channel"), not exit $status"
		for pattern; do
			[ "$(grep -c -- "$pattern" "$log")" = 1 ] ||
				why="$why; not once: $pattern"
		done
		if [ -z "$why" ]; then
			echo "ok $n - $arch $case"
		else
			echo "not ok $n - $arch $case: $why"
			sed 's/^/# /' "$log" | head -20
		fi
	done
}

check main_leaves_and_the_others_go_on 0 'end: thread 1 is done' \
	'end: thread 2 is done' 'end: thread 3 is done' \
	'end: handlers are called'
check exit_does_not_wait_for_threads 7 'end: main exits' \
	'end: handlers are called'
check exit_does_not_wait_for_streams 8 'end: this has no newline'
check a_thread_may_exit 9 'end: a thread exits'
check an_overrun_names_the_thread 139 \
	'^panic: stack overflow.*guard page of the stack of task [0-9]* (digger)'
echo "1..$n"
