#!/bin/sh
# SPDX-License-Identifier: MIT
# hosted-32-address.t - all tests under Address- and UBSanitizer, 32 bits
. tests/run/suite.sh

want_arch i386
suite hosted-32-address 600 build/hosted-32-address/kgc \
	initrd=tests/data cases=first "run=tests:$T"
