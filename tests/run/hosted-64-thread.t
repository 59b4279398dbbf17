#!/bin/sh
# SPDX-License-Identifier: MIT
# hosted-64-thread.t - all tests under ThreadSanitizer
. tests/run/suite.sh

want_arch x86_64
# Symbolizing takes a lock that a stop of the world may hold.
TSAN_OPTIONS="halt_on_error=1 symbolize=0 report_signal_unsafe=0 $TSAN_OPTIONS"
export TSAN_OPTIONS
suite hosted-64-thread 600 build/hosted-thread/kgc \
	initrd=tests/data cases=first "run=tests:$T"
