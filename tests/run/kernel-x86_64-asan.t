#!/bin/sh
# SPDX-License-Identifier: MIT
# kernel-x86_64-asan.t - all tests in the image, each load and store checked
. tests/run/suite.sh

kernel_suite x86_64 x86_64-checkasan
