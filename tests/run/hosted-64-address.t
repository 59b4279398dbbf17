#!/bin/sh
# SPDX-License-Identifier: MIT
# hosted-64-address.t - all tests under Address- and UBSanitizer, 64 bits
. tests/run/suite.sh

want_arch x86_64
suite hosted-64-address 600 build/hosted-address/kgc \
	initrd=tests/data cases=first "run=tests:$T"
