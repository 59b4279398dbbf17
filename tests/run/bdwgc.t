#!/bin/bash
# SPDX-License-Identifier: MIT
# bdwgc.t - clients of the Boehm collector's interface, in a process
#
# Each program in tests/bdwgc/ prints TAP of its own; here it is one test.
# Of leak and debug the lines on stderr are looked at, too.
. tests/run/suite.sh

want_all
log=build/log
mkdir -p $log
n=0

result() { # <status> <what>
	n=$((n + 1))
	[ "$1" = 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}

# Nearly all that was planted, each once, and nothing else.
leaks_found() {
	local lines planted
	lines=$(grep -c '^Leaked ' "$1")
	planted=$(grep -o '(planted:[0-9]*, sz=100)' "$1" | sort -u | wc -l)
	[ "$lines" = "$planted" ] && [ "$planted" -ge 45 ]
}

for arch in $ARCHES; do
	bits=64 dir=build/hosted
	[ "$arch" = i386 ] && bits=32 dir=build/hosted-32
	for source in tests/bdwgc/*.c; do
		name=${source##*/} name=${name%.c}
		out=$log/bdwgc-$name-$bits
		gcc -m$bits -O2 -g -Wall -Wextra -Werror \
			-Wno-unused-parameter -Ibdwgc/include "$source" \
			$dir/libgc.a $dir/libkgc.a -lpthread -o "$out" &&
			timeout 120 "$out" >"$out.out" 2>"$out.err"
		status=$?
		grep '^not ok' "$out.out" | sed 's/^/# /'
		result $status "$name, $bits bits"
	done
	leaks_found $log/bdwgc-leak-$bits.err
	result $? "leaks by file and line, $bits bits"
	grep -q 'debug.c:[0-9]*) was written behind its end' \
		$log/bdwgc-debug-$bits.err
	result $? "an overrun is reported, $bits bits"
done
echo "1..$n"
