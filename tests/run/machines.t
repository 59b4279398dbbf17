#!/bin/sh
# SPDX-License-Identifier: MIT
# machines.t - every machine type, sizes of memory, a processor without PAE
. tests/run/suite.sh

want_all
mkdir -p build/log
n=0
# check <name> <line that must come> <arch> <command line> <option>...
check() {
	name=$1 line=$2
	shift 2
	case " $ARCHES " in *" $1 "*) ;; *) return ;; esac
	n=$((n + 1))
	if qemu "$@" --initrd tests/data --timeout 120 \
		>"build/log/machines-$n.log" 2>&1 &&
		grep -q "$line" "build/log/machines-$n.log"; then
		echo "ok $n - $1 $name"
	else
		echo "not ok $n - $1 $name"
		sed 's/^/# /' "build/log/machines-$n.log" | tail -12
	fi
}

graph=run=heapgraph:cpython-startup.hg
for arch in x86_64 i386; do
	for machine in pc q35 microvm; do
		check $machine '^heapgraph cpython-startup.hg: ok$' \
			$arch $graph --machine $machine --mem 256M
	done
	check 'two processors' '^cpu: 2 found, 1 used$' $arch $graph --cpus 2
	check 'until memory is gone' '^ok .*system_ram' \
		$arch run=tests:system_ram --mem 64M
	check 'an unknown parameter' "param.*nonsense" $arch \
		"nonsense=1 $graph"
done
check 'above 4 GiB' '^heapgraph cpython-startup.hg: ok$' x86_64 $graph --mem 5G
check 'PAE and 5 GiB' '^heapgraph cpython-startup.hg: ok$' i386 $graph --mem 5G
check 'no PAE: RAM left unused' '^memory: .* left unused' i386 $graph \
	--cpu max,-pae --mem 4G
echo "1..$n"
