#!/bin/sh
# SPDX-License-Identifier: MIT
# run-i386-picolibc.t - what `make run ARCH=i386 LIBC=picolibc` does ends well
. tests/run/suite.sh

run_suite i386 i386-picolibc
