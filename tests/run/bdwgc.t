#!/bin/bash
# SPDX-License-Identifier: MIT
# bdwgc.t - clients of the Boehm collector's interface, in a process
. tests/run/suite.sh
. tests/run/bdwgc.sh

# shellcheck disable=SC2086
in_process() { # <source> <program>
	gcc -m$bits $client_flags -Ibdwgc/include "$1" \
		$dir/libgc.a $dir/libkgc.a -lpthread -o "$2" &&
		timeout 120 "$2"
}

for arch in $ARCHES; do
	bits=64 dir=build/hosted
	[ "$arch" = i386 ] && bits=32 dir=build/hosted-32
	clients "$bits bits" in_process
done
echo "1..$n"
