# SPDX-License-Identifier: MIT
# asan.mk - CHECK=asan: the heap's bitmap answers for each load and store
#
# Tests and workloads are compiled to ask, and so are programs, by kgc-cc
# -fsanitize=kernel-address.  These files are in no other build.
asan-only	:= %/mm/fence.o %/posix/asan.o %/fence_test.o
asan-flags	:=
ifeq ($(CHECK),asan)
asan-only	:=
asan-flags	:= -fsanitize=kernel-address -include kgc_asan.h
endif
