# SPDX-License-Identifier: MIT
# suite.sh - what the suites in this folder share; they start with . suite.sh
#
# The current folder is the top one.  ARCHES and T come from scripts/run-tests.

ARCHES=${ARCHES:-x86_64 i386}
T=${T:-}

skip() {
	echo "1..0 # SKIP $*"
	exit 0
}

# Nothing to do unless this arch was asked for.
want_arch() {
	case " $ARCHES " in
	*" $1 "*) ;;
	*) skip "not for $ARCHES" ;;
	esac
}

# Nothing to do when only some tests were asked for: T names tests.
want_all() {
	[ -z "$T" ] || skip "only $T"
}

# suite <name> <seconds> <command>...: a command that prints KTAP.
suite() {
	name=$1 seconds=$2
	shift 2
	exec scripts/ktap.py --name "$name" --timeout "$seconds" \
		--log "build/log/$name.log" --run "$@"
}

# plain <name> <seconds> <command>...: a command that has only a status.
plain() {
	name=$1 seconds=$2
	shift 2
	exec scripts/ktap.py --plain --name "$name" --timeout "$seconds" \
		--log "build/log/$name.log" --run "$@"
}

# kernel_suite <arch> <build folder>: all tests in the image
kernel_suite() {
	want_arch "$1"
	suite "kernel-$2" 600 scripts/run-qemu --arch "$1" \
		--kernel "build/$2/kgc.elf" --mem 256M --initrd tests/data \
		--append "cases=first run=tests:$T"
}

# run_suite <arch> <build folder>: what `make run` does ends well
run_suite() {
	want_arch "$1"
	want_all
	plain "run-$2" 300 scripts/run-qemu --arch "$1" \
		--kernel "build/$2/kgc.elf" --mem 256M --initrd tests/data \
		--append "gctrace=1 run=heapgraph:cpython-startup.hg \
run=alloctrace:sqlite3.at"
}

# qemu <arch> <command line> [<option>...]
qemu() {
	arch=$1 append=$2
	shift 2
	scripts/run-qemu --arch "$arch" --kernel "build/$arch/kgc.elf" \
		--append "$append" "$@"
}
