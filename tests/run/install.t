#!/bin/bash
# SPDX-License-Identifier: MIT
# install.t - what make install puts in place works where it is moved to
. tests/run/suite.sh
. tests/run/program.sh

want_all
arch=both
make -s install DESTDIR="$D/staged" PREFIX=/opt >"$D/out" 2>"$D/err"
check "make install" [ $? = 0 ]
# A name with a blank, and nothing that leads back to the tree.
mv "$D/staged/opt" "$D/the prefix"
cp -R tests/programs tests/bdwgc "$D"
cd "$D" || exit 1
check "no path of the tree" eval '! grep -rIl "$OLDPWD" "the prefix"'
PATH="$D/the prefix/bin:$PATH"
export PKG_CONFIG_PATH="$D/the prefix/share/pkgconfig"

for libs in "the prefix"/lib/kgc/*-*/flags; do
	name=${libs%/flags}
	name=${name##*/}
	arch=${name%-*} libc=${name##*-}
	case $arch in *-*) continue ;; esac	# asan.t has those
	[ -e "the prefix/lib/kgc/$name/program.o" ] || continue
	kgc-cc -march-kgc="$arch" -mlibc="$libc" -O2 programs/hello.c \
		-o hello -H 2>headers
	check "$libc: hello" [ -s hello ]
	check "$libc: its own headers" eval '! grep "^\.* " headers |
		grep -vE "the prefix|bin/\.\./|/gcc/"'
	KGC_RUN=kgc-run
	run hello -- x
	check "$libc: runs" ended 7 'argv[1] = <x>'
	! command -v gdb >/dev/null ||
		check "$libc: in gdb" eval '"the prefix/lib/kgc/debug" \
			--kernel hello -- -nx -batch -ex "break main" \
			-ex continue -ex "kgc heap" 2>&1 |
			grep -q "^heap at 0x"'
	for client in bdwgc/alloc.c bdwgc/threads.c; do
		kgc-cc -march-kgc="$arch" -mlibc="$libc" -mbdwgc -O2 \
			$client -pthread -o client -H 2>headers
		check "$libc: -mbdwgc $client" [ -s client ]
		check "$libc: its headers" eval '! grep "^\.* " headers |
			grep -vE "the prefix|bin/\.\./|/gcc/|bdwgc/tap.h"'
		run client
		check "$libc: $client runs" ended 0
		rm -f client
	done
done

arch=process
cat >x.c <<'END'
#include <stdio.h>
#include <kgc/kgc.h>
int main(void)
{
	kgc_init(&(struct kgc_config){ 0 });
	return kgc_alloc(10, 0) == NULL;
}
END
gcc x.c -o x "-Ithe prefix/include" "-Lthe prefix/lib" -lkgc -lpthread &&
	./x
status=$?
check "libkgc.a" [ "$status" = 0 ]
check "kgc.pc" grep -q '^Libs:.*-lkgc' "the prefix/share/pkgconfig/kgc.pc"
echo "1..$n"
