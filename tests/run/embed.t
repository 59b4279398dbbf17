#!/bin/sh
# SPDX-License-Identifier: MIT
# embed.t - the example over one static array, as 64 and 32 bits
. tests/run/suite.sh

want_all
mkdir -p build/log
n=0
for arch in $ARCHES; do
	n=$((n + 1))
	build/$arch/embed >build/log/embed-$arch.log 2>&1 &&
		echo "ok $n - embed $arch" || echo "not ok $n - embed $arch"
done
echo "1..$n"
