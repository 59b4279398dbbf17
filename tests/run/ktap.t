#!/bin/sh
# SPDX-License-Identifier: MIT
# ktap.t - scripts/ktap.py finds in saved logs what is in them
. tests/run/suite.sh

want_all
n=0
# expect <log> <status> <line of the output>
expect() {
	n=$((n + 1))
	output=$(scripts/ktap.py --name log "tests/ktap/$1.log" 2>/dev/null)
	status=$?
	if [ $status = "$2" ] && echo "$output" | grep -qxF -- "$3"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1: status $status"
		echo "$output" | sed 's/^/# /'
	fi
}
expect pass 0 "ok 3 - log mm_central:threads # SKIP one CPU"
expect fail 1 "not ok 1 - log mm_central:refill"
expect crash 1 "not ok 2 - log crashed in mm_central:release: \
panic: gc: free 0x10: not an object"
expect noplan 1 "not ok 1 - log no plan"
expect truncated 1 "not ok 2 - log truncated in mm_central:release: \
1 of 3 results"
expect two 0 "1..2"
expect empty 0 "1..0 # SKIP no test of that name"
echo "1..$n"
