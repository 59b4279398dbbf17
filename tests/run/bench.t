#!/bin/sh
# SPDX-License-Identifier: MIT
# bench.t - the benchmarks run, tell sides that fail or differ, and no others
#
# Sizes are tiny and sides few; no time is looked at.
. tests/run/suite.sh

want_all
want_arch x86_64
out=build/log/bench
rm -rf $out
mkdir -p $out
n=0
ok() {
	n=$((n + 1))
	[ "$2" = 0 ] && echo "ok $n - $1" || echo "not ok $n - $1"
}

# try <sides> <option>...: run it; its output is in $out/log
try() {
	sides=$1
	shift
	timeout 240 scripts/bench --tiny --runs 2 --sides "$sides" --out $out \
		"$@" >$out/log 2>&1
}

# Each row of a table has as many cells as the line above all of them.
well_formed() {
	awk -F '|' '
	/^\|/ {
		if (!cells) cells = NF
		if (NF != cells) bad = 1
		rows++
	}
	!/^\|/ { cells = 0 }
	END { exit bad || rows < 3 }' "$1"
}

make -s build/bench/kgc build/bench/kgc-free build/bench/glibc \
	>$out/make.log 2>&1
ok "the sides are built" $?
for side in kgc kgc-free glibc; do
	ln -sf ../../bench/$side $out/$side
done

for group in graph shape alloc trace pairs curve; do
	try kgc,kgc-free,glibc --only $group && well_formed $out/bench.md
	ok "$group: every side computes the same, in a table" $?
done
try kgc,kgc-free --only sqlite3 && grep -q '^| sqlite3 |.*[0-9]' $out/bench.md
ok "a case has its row of figures" $?
grep -q '"check": 37446330' $out/bench.json
ok "every run is kept" $?

if command -v valgrind >/dev/null; then
	try kgc,kgc-free,glibc
	[ $? = 0 ] && well_formed $out/bench.md &&
		grep -q 'instructions of kgc_alloc, 32 bytes | at most' \
			$out/bench.md
	ok "goals are compared" $?
fi

# A side that cannot run, and one that computes something else.
rm $out/glibc
printf '#!/bin/sh\necho ready\nread x\necho oops >&2\nexit 3\n' >$out/glibc
chmod +x $out/glibc
try kgc,glibc --only trees
[ $? = 1 ] && grep -q '^- trees: glibc: status 3: oops' $out/bench.md
ok "a side that fails is told" $?
printf '#!/bin/sh\necho ready\nread x\necho cpu=1 ns=1 check=0\n' >$out/glibc
try kgc,glibc --only trees
[ $? = 1 ] && grep -q '^- trees: run 1: sums differ' $out/bench.md
ok "a side that computes something else is told" $?
build/bench/kgc -n 1 shape nonsense 5 >$out/log 2>&1
[ $? = 1 ] && grep -q '^nonsense: no such shape' $out/log
ok "an argument that makes no sense has one line" $?
try kgc --only nothing-of-this-name
[ $? = 1 ] && grep -q 'no case has' $out/log
ok "a name that no case has is told" $?
echo "1..$n"
