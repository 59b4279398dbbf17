# SPDX-License-Identifier: MIT
# bdwgc.sh - what the tests of bdwgc/ share; behind suite.sh
#
# Each program in tests/bdwgc/ prints TAP of its own; here it is one test.
# Of leak and debug the lines on stderr are looked at, too.

want_all
log=build/log
mkdir -p $log
n=0
client_flags="-O2 -g -Wall -Wextra -Werror -Wno-unused-parameter"

result() { # <status> <what>
	n=$((n + 1))
	[ "$1" = 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}

# Nearly all that was planted, each once, and nothing else.
leaks_found() {
	local lines planted
	lines=$(grep -c '^Leaked ' "$1")
	planted=$(grep -o '(planted:[0-9]*, sz=100)' "$1" | sort -u | wc -l)
	[ "$lines" = "$planted" ] && [ "$planted" -ge 45 ]
}

# clients <what> <function>: <function> <source> <program> makes one and runs it
clients() {
	local what=$1 one=$2 source name out status
	local suffix=${what// /-}
	for source in tests/bdwgc/*.c; do
		name=${source##*/} name=${name%.c}
		out=$log/bdwgc-$name-$suffix
		$one "$source" "$out" >"$out.out" 2>"$out.err"
		status=$?
		grep '^not ok' "$out.out" | sed 's/^/# /'
		[ $status = 0 ] || tail -12 "$out.err" | sed 's/^/# /'
		result $status "$name, $what"
		rm -f "$out"
	done
	leaks_found "$log/bdwgc-leak-$suffix.err"
	result $? "leaks by file and line, $what"
	grep -q 'debug.c:[0-9]*) was written behind its end' \
		"$log/bdwgc-debug-$suffix.err"
	result $? "an overrun is reported, $what"
}
