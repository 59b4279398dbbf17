#!/bin/sh
# SPDX-License-Identifier: MIT
# grub-iso.t - GRUB boots the image by Multiboot2 and its tests pass
. tests/run/suite.sh

want_arch x86_64
want_all
suite grub-iso 120 scripts/run-qemu --iso build/x86_64/kgc.iso --mem 256M
