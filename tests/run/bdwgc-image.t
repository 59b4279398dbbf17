#!/bin/bash
# SPDX-License-Identifier: MIT
# bdwgc-image.t - the programs of bdwgc.t in an image, as kgc-cc -mbdwgc makes it
. tests/run/suite.sh
. tests/run/bdwgc.sh

# shellcheck disable=SC2086
in_image() { # <source> <program>
	scripts/kgc-cc -march-kgc="$arch" -mlibc=$libc -mbdwgc $client_flags \
		"$1" -o "$2" &&
		timeout 150 scripts/kgc-run --arch "$arch" --mem 128M \
			--cpus 2 --timeout 120 "$2"
}

for arch in $ARCHES; do
	for libc in newlib picolibc; do
		clients "$arch $libc" in_image
	done
done
echo "1..$n"
