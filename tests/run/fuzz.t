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
	target=${dir##*/} program=build/fuzz/${dir##*/} files=
	if [ -f "tests/fuzz/$target.py" ]; then
		program=tests/fuzz/$target.py files="$dir/*"
	fi
	take "$target: corpus" "$program" "$dir"/*
	# No file's name has blanks.
	take "$target: seed $seed" "$program" -r "$seed" 200 $files
done
echo 1..$n
