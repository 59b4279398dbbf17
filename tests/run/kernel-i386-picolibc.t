#!/bin/sh
# SPDX-License-Identifier: MIT
# kernel-i386-picolibc.t - all tests in the kernel image with picolibc
. tests/run/suite.sh

kernel_suite i386 i386-picolibc
