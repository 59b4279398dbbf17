#!/bin/sh
# SPDX-License-Identifier: MIT
# library.t - a program links with libkgc.a and its data are roots
. tests/run/suite.sh

want_all
n=0
mkdir -p build/log
for bits in 64 32; do
	dir=build/hosted arch=x86_64
	[ $bits = 32 ] && dir=build/hosted-32 arch=i386
	case " $ARCHES " in *" $arch "*) ;; *) continue ;; esac
	n=$((n + 1))
	gcc -m$bits -O2 -Wall -Imm/include tests/run/library.c \
		$dir/libkgc.a -lpthread -o build/log/library-$bits &&
		timeout 60 build/log/library-$bits &&
		echo "ok $n - $bits bits" || echo "not ok $n - $bits bits"
done
echo "1..$n"
