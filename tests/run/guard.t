#!/bin/bash
# SPDX-License-Identifier: MIT
# guard.t - guard=1: each fault and what is said of it, in images and processes
. tests/run/suite.sh
. tests/run/program.sh

want_all
mkdir -p build/log

# start <case>: in $name, an arch or a folder of build/
start() {
	case $name in
	hosted*)
		timeout 60 "build/$name/kgc" guard=1 cases=end \
			"run=tests:mm_lone_end:$1"
		;;
	*)
		qemu "$name" "guard=1 cases=end run=tests:mm_lone_end:$1" \
			--timeout 60
		;;
	esac
}

# told <case> <access> <what is said, a pattern>
told() {
	n=$((n + 1))
	log=build/log/guard-$name-$1.log
	start "$1" >"$log" 2>&1
	status=$?
	if [ $status != 0 ] && [ $status != 124 ] && grep -qa "$2" "$log" &&
		grep -qaE "$3" "$log"; then
		echo "ok $n - $name $1"
	else
		echo "not ok $n - $name $1: status $status"
		tail -n 12 "$log" | cut -c 1-300 | sed 's/^/# /'
	fi
}

block='of block 0x[0-9a-f]+ of 48 bytes \(scan\)'
made=', allocated at 0x[0-9a-f]+ 0x[0-9a-f]+.*'
freed=', freed at 0x[0-9a-f]+ 0x[0-9a-f]+'

for arch in $ARCHES; do
	process=hosted
	[ "$arch" = i386 ] && process=hosted-32
	for name in "$arch" $process; do
		told overflow 'write of 0x' \
			"heap: past the end: byte 48 $block$made"
		told underflow 'read of 0x' \
			"heap: before the start: byte -1 $block$made"
		told write_after_free 'write of 0x' \
			"heap: after it was freed: byte 5 $block$made$freed"
		told read_after_free 'read of 0x' \
			"heap: after it was freed: byte 47 $block$made$freed"
		told read_after_collection 'read of 0x' \
			"heap: after it was collected: byte 8 $block$made"
		told write_beside 'panic: gc: free 0x' \
			"past the end at byte 48 .*; block .*$made$freed"
	done
done

# A program over the C library: a block ends with what was asked for.
# faults <argument> <what is said, a pattern>
faults() {
	run "$D/guarded" --append guard=1 -- "$1"
	check "$libc: $1: it ends so" [ "$status" = 139 ]
	check "$libc: $1: and that is said" grep -qaE "^heap: $2" "$D/err"
}
for arch in $ARCHES; do
	for libc in newlib picolibc; do
		compile -mlibc=$libc tests/programs/guarded.c -o "$D/guarded"
		run "$D/guarded" --append guard=1 -- nothing
		check "$libc: a good program" ended 0 done
		faults overflow "past the end: byte 48 $block$made"
		faults underflow "before the start: byte -1 $block$made"
		faults free "after it was freed: byte 47 $block$made$freed"
	done
done

# A program over libkgc.a: with a handler of its own, and without.
# signalled <arguments> <status> <last line, a pattern>
signalled() {
	n=$((n + 1))
	# The shell's own word about a process that was killed goes nowhere.
	{ (exec "$program" $1) 2>"$log"; } 2>/dev/null
	status=$?
	if [ $status = "$2" ] && tail -n 1 "$log" | grep -q "$3" &&
		grep -q '^fault: write of 0x.*heap: past the end' "$log"; then
		echo "ok $n - $bits bits, ${1:-no} handler"
	else
		echo "not ok $n - $bits bits, ${1:-no} handler: status $status"
		sed 's/^/# /' "$log"
	fi
}
for arch in $ARCHES; do
	dir=build/hosted bits=64
	[ "$arch" = i386 ] && dir=build/hosted-32 bits=32
	program=build/log/faults-$bits log=build/log/guard-faults-$bits.log
	gcc -m$bits -O2 -Wall -Imm/include -Ihosted/include tests/run/faults.c \
		$dir/libkgc.a -lpthread -o $program
	signalled '' 139 '^fault: '
	signalled handler 7 '^mine$'
done
echo "1..$n"
