#!/bin/sh
# SPDX-License-Identifier: MIT
# soak.t - a few seconds of everything at once, in the image and in a process
#
# The image counts instructions, a second of them: threads, collections and the
# number of rounds are the same in each run of it.
# Not in a process of 32 bits: there words of libc's keep objects by chance.
. tests/run/suite.sh

want_all
n=0
soak() {
	name=$1
	shift
	n=$((n + 1))
	log=build/log/soak-$name.log
	if timeout 300 "$@" >"$log" 2>&1; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		tail -n 8 "$log" | sed 's/^/# /'
	fi
}

mkdir -p build/log
for arch in $ARCHES; do
	[ "$arch" = i386 ] || soak hosted build/hosted/kgc run=soak:4
	soak "$arch" scripts/run-qemu --arch "$arch" --icount --append run=soak:1
done
echo 1..$n
