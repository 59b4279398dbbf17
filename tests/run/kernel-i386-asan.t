#!/bin/sh
# SPDX-License-Identifier: MIT
# kernel-i386-asan.t - all tests in the image, each load and store checked
. tests/run/suite.sh

kernel_suite i386 i386-checkasan
