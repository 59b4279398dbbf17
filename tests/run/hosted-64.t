#!/bin/sh
# SPDX-License-Identifier: MIT
# hosted-64.t - all tests as a process of 64 bits
. tests/run/suite.sh

want_arch x86_64
suite hosted-64 300 build/hosted/kgc initrd=tests/data cases=first "run=tests:$T"
