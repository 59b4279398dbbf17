#!/bin/sh
# SPDX-License-Identifier: MIT
# bad-input-image.t - the cases of bad-input.t in the image, and a cut initrd
. tests/run/suite.sh

want_all
for arch in $ARCHES; do break; done
exec tests/run/bad-input.t -i "scripts/run-qemu --arch $arch --timeout 120 \
	--kernel build/$arch/kgc.elf --mem 256M --initrd \$INITRD \
	--append \"\$APPEND\""
