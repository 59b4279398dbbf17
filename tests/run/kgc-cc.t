#!/bin/bash
# SPDX-License-Identifier: MIT
# kgc-cc.t - kgc-cc is gcc, to makefiles, to configure scripts and to its users
. tests/run/suite.sh
. tests/run/program.sh

want_all
top=$PWD

# quiet <command>...: its status, and what it says in $D/out and $D/err
quiet() {
	"$@" >"$D/out" 2>"$D/err"
	status=$?
}

# wrong <pattern>: status 1, and a line of stderr that says so, once
wrong() {
	[ "$status" = 1 ] && [ "$(grep -c -- "$1" "$D/err")" = 1 ]
}

parts() {
	local p=tests/programs want='42 1 1.414 12 x'
	rm -f "$D"/*.o "$D"/*.a
	quiet compile -c '-DKIND="x"' $p/part1.c -o "$D/part1.o"
	compile -c $p/part2.c -o "$D/part2.o"
	quiet compile "$D/part1.o" "$D/part2.o" -lm -o "$D/parts"
	run "$D/parts"
	check "objects" ended 0 "$want"
	ar rcs "$D/libpart.a" "$D/part2.o"
	quiet compile "$D/part1.o" -L"$D" -lpart -lm -lpthread -ldl -lrt \
		-Wl,-Map="$D/map" -static -o "$D/parts"
	run "$D/parts"
	check "static library" ended 0 "$want"
	check "map" grep -q libpart.a "$D/map"
	ar rcs "$D/libmain.a" "$D/part1.o"
	quiet compile -L"$D" -lmain -lpart -lm -o "$D/parts"
	run "$D/parts"
	check "main() in a library" ended 0 "$want"
	echo "-DKIND='\"x\"' $p/part1.c $p/part2.c -lm" >"$D/args"
	quiet compile -fPIC -pie "@$D/args" -o "$D/parts"
	run "$D/parts"
	check "@file, -fPIC, -pie" ended 0 "$want"
	quiet compile -flto '-DKIND="x"' $p/part1.c $p/part2.c -lm -o "$D/parts"
	run "$D/parts"
	check "-flto" ended 0 "$want"
	quiet compile -r "$D/part1.o" "$D/part2.o" -o "$D/both.o"
	quiet compile "$D/both.o" -lm -o "$D/parts"
	run "$D/parts"
	check "-r" ended 0 "$want"
}

names() {
	quiet compile tests/programs/names.c -fno-builtin -o "$D/names"
	check "names of the kernel and of libc" [ "$status" = 0 ]
	run "$D/names"
	check "its own malloc()" ended 0 '7 copied 1 1'
}

outputs() {
	local hello=tests/programs/hello.c macros
	quiet compile -E -dM $hello
	macros="$(grep -cE '__kgc__|__STDC_HOSTED__ 1' "$D/out")"
	check "-E" [ "$macros" = 2 ]
	check "no Linux" eval '! grep -qE "__(linux|unix)__" "$D/out"'
	quiet compile -MM $hello
	check "-MM" grep -q '^hello.o: .*hello.c' "$D/out"
	quiet compile -M $hello
	check "no header of the host" eval '! grep -q "/usr/include" "$D/out"'
	quiet compile -S $hello -o "$D/hello.s"
	check "-S" grep -q 'main:' "$D/hello.s"
	quiet compile -c $hello -o "$D/hello.o"
	check "-c says nothing" [ "$status" = 0 -a ! -s "$D/err" ]
	for option in --version -dumpmachine -print-libgcc-file-name; do
		check "$option" [ "$($KGC_CC $option)" = "$(gcc $option)" ]
	done
}

errors() {
	echo 'int f(void); int main(void) { return f(); }' >"$D/missing.c"
	quiet compile "$D/missing.c" -o "$D/missing"
	check "missing symbol" wrong "undefined reference to .f'"
	echo 'int x;' >"$D/nomain.c"
	quiet compile "$D/nomain.c" -o "$D/nomain"
	check "no main()" wrong "undefined reference to .main'"
	quiet compile "$D/nomain.c" -lz -o "$D/nomain"
	check "a library of the host" wrong 'cannot find -lz'
	quiet compile -shared "$D/nomain.c"
	check "-shared" wrong '-shared'
	quiet compile -fno-such-thing "$D/nomain.c"
	check "unknown option" wrong 'no-such-thing'
	quiet $KGC_CC -march-kgc=arm "$D/nomain.c"
	check "unknown arch" wrong 'arm'
	quiet compile -mlibc=glibc "$D/nomain.c"
	check "unknown library" wrong 'glibc'
	quiet compile -mmalloc=none "$D/nomain.c"
	check "unknown malloc" wrong 'none'
	quiet compile
	check "no files" wrong 'no input files'
	echo 'int main(void) { return 0 }' >"$D/bad.c"
	quiet compile "$D/bad.c" -o "$D/bad"
	check "error in the source" wrong "expected"
}

# What other people's build systems do.
projects() {
	mkdir "$D/project"
	cp tests/programs/part[12].c "$D/project"
	cat >"$D/project/Makefile" <<-'END'
	CFLAGS = -O2 -DKIND='"make"'
	parts: part1.o part2.o; $(CC) $(CFLAGS) -o $@ $^ -lm
	END
	quiet make -j2 -C "$D/project" CC="$top/$KGC_CC -march-kgc=$arch"
	run "$D/project/parts"
	check "CC= of a makefile" ended 0 '42 1 1.414 12 make'

	cat >"$D/project/configure.ac" <<-'END'
	AC_INIT([parts], [1])
	AC_CONFIG_SRCDIR([part1.c])
	AC_PROG_CC
	AC_PROG_RANLIB
	AC_CHECK_HEADERS([unistd.h linux/types.h])
	AC_CHECK_FUNCS([malloc strdup epoll_create])
	AC_SEARCH_LIBS([sqrt], [m], [], [AC_MSG_ERROR([no sqrt])])
	AC_CHECK_LIB([z], [inflate])
	AC_CHECK_SIZEOF([long])
	AC_CONFIG_HEADERS([config.h])
	AC_OUTPUT
	END
	(cd "$D/project" && autoconf && autoheader) >"$D/out" 2>"$D/err" &&
		(cd "$D/project" && ./configure --host="${arch}-elf" \
		CC="$top/$KGC_CC -march-kgc=$arch") >"$D/out" 2>"$D/err"
	status=$?
	check "configure" [ "$status" = 0 ]
	cat >"$D/want" <<-END
	#define HAVE_MALLOC 1
	#define HAVE_STRDUP 1
	#define HAVE_UNISTD_H 1
	#define SIZEOF_LONG $([ "$arch" = i386 ] && echo 4 || echo 8)
	/* #undef HAVE_EPOLL_CREATE */
	/* #undef HAVE_LIBZ */
	/* #undef HAVE_LINUX_TYPES_H */
	END
	grep -E 'EPOLL|LIBZ|LINUX_T|MALLOC|STRDUP|UNISTD|SIZEOF_LONG' \
		"$D/project/config.h" 2>/dev/null | LC_ALL=C sort >"$D/out"
	check "what it found" cmp -s "$D/want" "$D/out"
	rm -rf "$D/project"
}

for arch in $ARCHES; do
	parts
	names
	outputs
	errors
	projects
done
echo "1..$n"
