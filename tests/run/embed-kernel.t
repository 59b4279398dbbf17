#!/bin/sh
# SPDX-License-Identifier: MIT
# embed-kernel.t - a foreign kernel collects, and its host keeps the contract
#
# 210 MB of nodes in 32 MB of RAM; then tests/host over the same host, of which
# two cases are skipped: no backtraces, no reading back.
. tests/run/suite.sh

want_all
mkdir -p build/log
n=0
# check <name> <command>...
check() {
	n=$((n + 1))
	what=$1
	shift
	if "$@"; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		tail -n 20 "$log" | sed 's/^/# /'
	fi
}
boot() {
	scripts/run-qemu --arch "$arch" --kernel "build/$arch/$1.elf" \
		--mem 32M --timeout 120 >"$log" 2>&1
}
collections() {
	[ "$(grep -c '^gc[0-9]*: .* MB .* objects' "$log")" -ge 50 ]
}
# The program ends well if all it kept is there; its heap is small throughout.
result() {
	awk '/^gc[0-9]*: / { if ($6 > 1 || $4 > 5) bad = 1; n++ }
	     END { exit bad || !n }' "$log"
}
conforms() {
	[ "$(grep -c '^ok ' "$log")" = "$(sed -n 's/^1\.\.//p' "$log")" ] &&
		[ "$(grep -c '# SKIP' "$log")" = 2 ]
}
formats() {
	grep -qx '# formats: text -7 42 007 3000000000 18446744073709551615' \
		"$log"
}
for arch in $ARCHES; do
	log=build/log/embed-kernel-$arch.log
	check "$arch boots and ends well" boot embed-kernel
	check "$arch prints its collections" collections
	check "$arch keeps what is live and no more" result
	log=build/log/embed-kernel-conform-$arch.log
	check "$arch conforms" boot embed-kernel-conform
	check "$arch skips but two cases" conforms
	check "$arch prints the collector's formats" formats
done
echo "1..$n"
