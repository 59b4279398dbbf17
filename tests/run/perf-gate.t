#!/bin/sh
# SPDX-License-Identifier: MIT
# perf-gate.t - what the gate says of counts that are right, too low, too high
. tests/run/suite.sh

want_arch x86_64
want_all
n=0
file=build/log/perf-gate.txt
log=build/log/perf-gate.log

# gate <name> <status> <pattern> [<option>...]
gate() {
	name=$1 want=$2 pattern=$3
	shift 3
	scripts/perf-gate --arch x86_64 --only trees:12 "$@" $file >$log 2>&1
	status=$?
	n=$((n + 1))
	if [ $status = "$want" ] && grep -q "$pattern" $log; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		sed 's/^/# /' $log
	fi
}

# count <expression>: what follows measures against that
count() {
	awk -v OFS=' ' "!/^#/ { \$3 = int($1) } { print }" $file.kept >$file
}

mkdir -p build/log
gate "two runs are the same, to the digit" 0 '1 counts' --update
cp $file $file.kept
gate "a third one is, too" 0 ' +0.00 %: ok'
count '$3 / 1.02'
gate "2 % more" 1 'trees:12 .* ROSE$'
count '$3 / 1.005'
gate "half a percent more" 0 '+0.50 %: ok'
count '$3 * 1.02'
gate "2 % less" 0 'fell: make perf-gate UPDATE=1'
echo 'x86_64 trees:12' >$file
gate "a bad line" 1 "$file:1: not an arch"
echo >$file
gate "a count that is not there" 1 'trees:12: not in'
rm $file
gate "no file" 1 'No such file'
echo 1..$n
