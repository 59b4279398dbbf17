# SPDX-License-Identifier: MIT
# program.sh - what the tests of kgc-cc and kgc-run share; behind suite.sh
#
# Each test compiles what it needs into $D, for $arch.

KGC_CC=${KGC_CC:-scripts/kgc-cc}
KGC_RUN=${KGC_RUN:-scripts/kgc-run}
D=$(mktemp -d)
trap 'rm -rf "$D"' EXIT
trap 'exit 1' HUP INT TERM
n=0

# compile <option>...: for $arch, into $D
compile() {
	$KGC_CC -march-kgc="$arch" -O2 -g -Wall "$@"
}

# run <option or image>...: to $D/out and $D/err, and sets status
run() {
	timeout 120 $KGC_RUN --timeout 60 "$@" >"$D/out" 2>"$D/err"
	status=$?
}

# check <name> <command>...: a test, which is well if the command is
check() {
	name=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $arch $name"
		return
	fi
	echo "not ok $n - $arch $name"
	{
		echo "status: ${status-}"
		head -5 "$D/out"
		echo "stderr:"
		head -8 "$D/err"
	} 2>/dev/null | cat -v | sed 's/^/# /'
}

# ended <status> [<last line of the output> [<line of stderr, a pattern>]]
ended() {
	[ "$status" = "$1" ] || return
	[ $# -lt 2 ] || [ "$(tail -n 1 "$D/out")" = "$2" ] || return
	[ $# -lt 3 ] || grep -qa -- "$3" "$D/err"
}

# refused <line, a pattern>: a single line on stderr, nothing on stdout, 125
refused() {
	[ "$status" = 125 ] && [ ! -s "$D/out" ] &&
		[ "$(wc -l <"$D/err")" = 1 ] && grep -q -- "$1" "$D/err"
}
