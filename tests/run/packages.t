#!/bin/bash
# SPDX-License-Identifier: MIT
# packages.t - programs that others wrote print the same here as on Linux
#
# libstb-dev decodes a picture of each kind and rasterises letters, uthash-dev
# fills tables; the files are those of other packages.  Nothing is freed, and
# with 64 MiB most of it has to be collected.
. tests/run/suite.sh

want_all
top=build/log/packages
data=/usr/share/matplotlib/mpl-data/sample_data
font=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
rm -rf $top
mkdir -p $top/include $top/files
cp $data/grace_hopper.jpg $data/Minduka_Present_Blue_Pack.png $font $top/files/
for header in stb uthash.h utlist.h utarray.h utstring.h; do
	ln -s /usr/include/$header $top/include/
done
n=0

# case <program> <arguments>: on Linux, then in each image
compare() {
	program=$1
	shift
	(cd $top/files && timeout 60 ../$program-$bits "$@" >../expected 2>&1)
	expected=$?
	for libc in newlib picolibc; do
		n=$((n + 1))
		timeout 120 scripts/kgc-run --mem 64M --timeout 100 \
			--initrd $top/files $top/$program-$arch-$libc -- "$@" \
			>$top/is 2>$top/said </dev/null
		is=$?
		if [ $is = $expected ] && cmp $top/expected $top/is; then
			echo "ok $n - $program $1 $arch $libc"
		else
			sed 's/^/# /' $top/said | tail -20
			echo "not ok $n - $program $1 $arch $libc, status $is"
		fi
	done
}

for arch in $ARCHES; do
	bits=64
	[ "$arch" = i386 ] && bits=32
	for program in stb uthash; do
		gcc -m$bits -O2 -o $top/$program-$bits \
			tests/programs/$program.c -lm || exit 1
		for libc in newlib picolibc; do
			scripts/kgc-cc -march-kgc="$arch" -mlibc=$libc -O2 \
				-I$top/include -o $top/$program-$arch-$libc \
				tests/programs/$program.c -lm || exit 1
		done
	done
	compare stb picture grace_hopper.jpg Minduka_Present_Blue_Pack.png \
		none.png DejaVuSans.ttf
	compare stb font DejaVuSans.ttf Ag
	compare stb tables 20000
	compare uthash 60
done
echo "1..$n"
