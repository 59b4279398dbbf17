#!/bin/sh
# SPDX-License-Identifier: MIT
# run-x86_64.t - what `make run ARCH=x86_64` does ends well
. tests/run/suite.sh

run_suite x86_64 x86_64
