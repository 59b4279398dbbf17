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
	# One thing too much is asked for, one offered, and one is missing.
	object=build/log/symbols-$arch.o
	mkdir -p build/log
	objcopy --redefine-sym memset=__udivdi3 --redefine-sym \
		kgc_who=kgc_whom build/$arch/kgc.o "$object"
	n=$((n + 1))
	[ "$(scripts/check-symbols "$object" 2>&1)" = "$object asks for __udivdi3
$object offers undeclared kgc_whom
$object does not offer kgc_who" ] && echo "ok $n - $arch, three faults" ||
		echo "not ok $n - $arch, three faults"
done
echo "1..$n"
