#!/bin/sh
# SPDX-License-Identifier: MIT
# run-i386.t - what `make run ARCH=i386` does ends well
. tests/run/suite.sh

run_suite i386 i386
