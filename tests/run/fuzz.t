#!/bin/sh
# SPDX-License-Identifier: MIT
# fuzz.t - each fuzz target with what stands in its corpus, and at random
. tests/run/suite.sh

want_arch x86_64
want_all
n=0
take() {
	name=$1
	shift
	n=$((n + 1))
	if timeout 300 "$@" >build/log/fuzz.log 2>&1; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		tail -n 4 build/log/fuzz.log | sed 's/^/# /'
	fi
}

mkdir -p build/log
seed=$(date +%s)
echo "# seed $seed"
for dir in tests/fuzz/corpus/*; do
	target=${dir##*/}
	take "$target: corpus" "build/fuzz/$target" "$dir"/*
	take "$target: seed $seed" "build/fuzz/$target" -r "$seed" 200
done
echo 1..$n
