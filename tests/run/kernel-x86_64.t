#!/bin/sh
# SPDX-License-Identifier: MIT
# kernel-x86_64.t - all tests in the kernel image
. tests/run/suite.sh

kernel_suite x86_64 x86_64
