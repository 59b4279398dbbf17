#!/bin/sh
# SPDX-License-Identifier: MIT
# profile.t - the allocation profile of a program with a planted hot site, as
# google-pprof reads it: from the log of a process, and of an image
. tests/run/suite.sh

want_all
command -v google-pprof >/dev/null || skip "no google-pprof"
mkdir -p build/log
n=0
result() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "build/log/profile-$3.heap"
	fi
}

# top <name> <elf> <options>: the functions, as pprof ranks them
top() {
	name=$1 elf=$2
	shift 2
	google-pprof --text "$@" "$elf" build/log/profile-$name.heap \
		2>/dev/null | awk '$NF !~ /B$/ { sub(/\..*/, "", $NF); print $NF }'
}

# The profile stands between other lines of the log.
check() {
	name=$1 elf=$2
	tr -d '\r' <build/log/profile-$name.log |
		sed -n '/^heap profile:/,/^--- end/{/^---/!p;}' \
		>build/log/profile-$name.heap
	[ "$(top $name $elf | head -1)" = sites_hot ]
	result $? "$name: the hot site is on top of what lives" $name
	top $name $elf | grep -q kgc_
	[ $? = 1 ]
	result $? "$name: no function of the collector is a site" $name
	google-pprof --svg $elf build/log/profile-$name.heap 2>/dev/null |
		grep -q '>sites_hot<'
	result $? "$name: and it is in the picture" $name
	# Two sites in turns, one of which keeps nothing.
	two=$(top $name $elf --alloc_space | head -2 | sort | tr '\n' ' ')
	[ "$two" = "sites_brief sites_hot " ]
	result $? "$name: what is dropped counts in what was allocated" $name
}

for arch in $ARCHES; do
	host=hosted
	[ "$arch" = i386 ] && host=hosted-32
	timeout 60 build/$host/kgc memprofilerate=64K run=sites \
		>build/log/profile-$host.log 2>&1
	check $host build/$host/kgc
	qemu $arch "memprofilerate=64K run=sites" --mem 128M --timeout 120 \
		>build/log/profile-$arch.log 2>&1
	check $arch build/$arch/kgc.elf
done
timeout 60 build/hosted/kgc memprofilerate=0 run=sites 2>&1 |
	grep -q '^sites: nothing is sampled' || false
result $? "a profile that is off says so" hosted
echo "1..$n"
