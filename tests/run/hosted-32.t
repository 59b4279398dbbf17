#!/bin/sh
# SPDX-License-Identifier: MIT
# hosted-32.t - all tests as a process of 32 bits
. tests/run/suite.sh

want_arch i386
suite hosted-32 300 build/hosted-32/kgc initrd=tests/data cases=first "run=tests:$T"
