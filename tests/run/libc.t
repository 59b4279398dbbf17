#!/bin/sh
# SPDX-License-Identifier: MIT
# libc.t - what either library prints: whole lines, and all of it at exit
. tests/run/suite.sh

want_all
mkdir -p build/log
n=0
letters=$(printf '%0120d' 0)
# One task prints a's, another b's; a call's bytes stay together.
whole() {
	[ "$(grep -cx "$(echo "$letters" | tr 0 "$1")" "$log")" = 20 ]
}
for image in $(for a in $ARCHES; do echo "$a $a-picolibc"; done); do
	n=$((n + 1))
	log=build/log/libc-$image.log
	scripts/run-qemu --arch "${image%-picolibc}" --timeout 60 \
		--kernel "build/$image/kgc.elf" --mem 128M \
		--append run=tests:libc_exit,stdio:two_tasks 2>&1 |
		tr -d '\r' >"$log"
	said=$(echo $(sed -n 's/^# exit: //p' "$log"))
	if [ "$said" = "second first destructor unfinished" ] &&
		grep -q '^# 0 of 2 failed' "$log" && whole a && whole b; then
		echo "ok $n - $image"
	else
		echo "not ok $n - $image: at exit it said: $said"
		sed "s/^/# /" "$log" | tail -60; echo
	fi
done
echo "1..$n"
