#!/bin/sh
# SPDX-License-Identifier: MIT
# run-x86_64-picolibc.t - what `make run ARCH=x86_64 LIBC=picolibc` does ends well
. tests/run/suite.sh

run_suite x86_64 x86_64-picolibc
