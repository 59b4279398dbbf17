#!/bin/sh
# SPDX-License-Identifier: MIT
# kernel-i386.t - all tests in the kernel image
. tests/run/suite.sh

kernel_suite i386 i386
