#!/bin/sh
# SPDX-License-Identifier: MIT
# symbols.t - the library offers kgc_* and asks for its host
. tests/run/suite.sh

want_all
n=0
for arch in $ARCHES; do
	n=$((n + 1))
	scripts/check-symbols build/$arch/kgc.o && echo "ok $n - $arch" ||
		echo "not ok $n - $arch"
done
echo "1..$n"
