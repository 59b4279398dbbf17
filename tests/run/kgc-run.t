#!/bin/bash
# SPDX-License-Identifier: MIT
# kgc-run.t - a program's words, bytes and end pass through kgc-run unchanged
. tests/run/suite.sh
. tests/run/program.sh

want_all

words() {
	run "$D/hello" -- 'a b' '' "q\"\\'" $'n\nl' 'é' -- '	'
	check "arguments" ended 7 'argv[7] = <	>'
	printf '%s\n' 'hello, world' 'argv[0] = <hello>' 'argv[1] = <a b>' \
		'argv[2] = <>' "argv[3] = <q\"\\'>" 'argv[4] = <n' 'l>' \
		'argv[5] = <é>' 'argv[6] = <-->' 'argv[7] = <	>' >"$D/want"
	check "each as it was" cmp -s "$D/want" "$D/out"
	mapfile -t many < <(yes x | head -n 2000)
	run "$D/hello" -- "${many[@]}"
	check "2000 arguments" ended 7 'argv[2000] = <x>'
	run "$D/hello" -- "$(printf '%4096s' x)"
	check "too long a line" refused '4095'
	cp "$D/hello" "$D/odd name"
	run "$D/odd name"
	check "a name with a blank" ended 0 'argv[0] = <odd name>'
}

ends() {
	run "$D/ends" -- return 7
	check "return 7" ended 7 atexit
	run "$D/ends" -- exit 300
	check "exit(300)" ended 44 atexit
	run "$D/ends" -- abort
	check "abort" ended 134 'ends: abort' '^panic: '
	run "$D/ends" -- null
	check "null call" ended 139 'ends: null' '^panic: page fault at 0x0'
	run "$D/ends" -- divide
	check "division" ended 136 'ends: divide' '^panic: divi.* at main'
	run "$D/ends" -- overrun
	check "overrun" ended 139 'ends: overrun' \
		'^panic: stack overflow at overrun.*task 1 (main)'
	run --timeout 1 "$D/ends" -- loop
	check "timeout" ended 124 'ends: loop' 'not done after 1 s'
	timeout 60 $KGC_RUN "$D/ends" loop -- loop >"$D/out" 2>"$D/err"
	status=$?
	check "arguments without --" refused 'loop'
}

# kgc-run is ended by a signal, or loses its reader: QEMU goes with it.
signals() {
	local signal child
	for signal in TERM HUP KILL; do
		$KGC_RUN "$D/ends" -- loop >"$D/out" 2>"$D/err" &
		child=$!
		for _ in $(seq 100); do
			grep -q loop "$D/out" && break
			sleep 0.1
		done
		kill -$signal $child
		wait $child 2>/dev/null
		status=$?
		sleep 0.2
		check "SIG$signal" ended $((128 + $(kill -l $signal)))
		check "no QEMU behind it" gone
	done
	timeout 60 $KGC_RUN "$D/ends" -- loop | head -n 1 >"$D/out"
	status=${PIPESTATUS[0]}
	check "reader gone" ended 141 'ends: loop'
	check "no QEMU behind it" gone
}

gone() {
	! pgrep -f -- "-kernel $D/ends" >"$D/err"
}

streams() {
	head -c 100000 /dev/urandom >"$D/bytes"
	printf '\r\n\035\035\004\035' >>"$D/bytes"
	run "$D/copy" <"$D/bytes"
	check "bytes from a file" cmp -s "$D/bytes" "$D/out"
	printf 'copy: begin\ncopy: 100006 bytes\n' >"$D/want"
	check "stderr apart" cmp -s "$D/want" "$D/err"
	cat "$D/bytes" | run "$D/copy"
	check "bytes from a pipe" cmp -s "$D/bytes" "$D/out"
	(sleep 1; echo late) | run "$D/copy"
	check "input that is late" [ "$(cat "$D/out")" = late ]
	run "$D/copy" </dev/null
	check "/dev/null" ended 0 '' '^copy: 0 bytes$'
	run "$D/copy" <&-
	check "closed" ended 0 '' '^copy: 0 bytes$'
}

options() {
	run -n --mem 77M "$D/hello"
	check "-n" [ "$(grep -c "^qemu-system-$arch .*-m 77M " "$D/out")" = 1 ]
	run --env 'A=b "c\' --append env.B=x "$D/environment" -- A B
	check "environment" [ "$(tr '\n' ' ' <"$D/out")" = 'A=b "c\ B=x ' ]
	local other=i386
	[ "$arch" = i386 ] && other=x86_64
	run --arch $other "$D/hello"
	check "image for the other arch" refused "an image for $arch"
	run README.md
	check "no image" refused 'no image'
	run "$D/none"
	check "no file" refused 'No such file'
	run --initrd "$D/none" "$D/hello"
	check "initrd missing" refused 'No such file'
	scripts/pack-initrd tests/programs "$D/whole.cpio"
	head -c 1000 "$D/whole.cpio" >"$D/cut.cpio"
	run --initrd "$D/cut.cpio" "$D/hello"
	check "initrd cut off" ended 0 'argv[0] = <hello>' '^initrd: bad: '
	run --mem 1M "$D/hello"
	check "less memory than image" refused 'less than the image'
	run --mem 2M "$D/hello"
	check "too little memory" ended 134 '' '^panic: '
	run --mem 3Q "$D/hello"
	check "--mem 3Q" ended 125 '' '3Q'
	run --icount --machine pc --cpus 2 "$D/hello"
	check "--icount on a pc" ended 0 'argv[0] = <hello>'
	run --mem 64M --append gctrace=1 "$D/garbage"
	check "100 MB without a free in 64M" ended 0 '100000000 bytes' '^gc1[0-9]: '
}

for arch in $ARCHES; do
	for program in hello ends copy environment garbage; do
		compile "tests/programs/$program.c" -o "$D/$program" ||
			echo "Bail out! $program"
	done
	words
	ends
	signals
	streams
	options
done
echo "1..$n"
