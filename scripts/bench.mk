# SPDX-License-Identifier: MIT
# bench.mk - the benchmarks: each workload of hosted/bench over each peer
#
#	DATA	a folder of graphs and traces, or of such folders
#	RUNS	at most so many runs of each peer
#	ONLY	the cases whose names contain this
#
# build/bench/<peer> is a process, build/bench/<arch>/<peer> an image;
# scripts/bench has them run by turns.

DATA	?= tests/data
RUNS	?=
ONLY	?=

B	:= build/bench
bench-c	:= $(filter-out hosted/bench/image.c hosted/bench/own.c,\
	   $(wildcard hosted/bench/*.c)) \
	   workloads/graphfile.c workloads/tracefile.c workloads/reader.c
bench-deps := $(bench-c) $(wildcard hosted/bench/*.h hosted/bench/*/*.[ch]) \
	   workloads/internal.h scripts/bench.mk
BENCH.cflags := -m64 -O2 -g -std=gnu11 $(WARN) -fno-omit-frame-pointer \
	   -fno-strict-aliasing -fno-plt -pthread -D_GNU_SOURCE -Imm/include \
	   -iquote hosted/bench -iquote workloads

# peer: folder of its peer.h and heap.c, how to compile, what to link.  One
# that comes as an archive is linked as one, as ours is.
PEER.kgc	:= kgc
PEER.kgc-32	:= kgc -m32
PEER.kgc-free	:= kgc -DPEER_MANUAL=1
PEER.bdwgc	:= bdwgc
PEER.bdwgc-free	:= bdwgc -DPEER_MANUAL=1
PEER.mimalloc	:= malloc -D'PEER(name)=mi_\#\#name'
PEER.jemalloc	:= malloc
PEER.glibc	:= malloc
LIBS.kgc	:= build/hosted/libkgc.a
LIBS.kgc-32	:= build/hosted-32/libkgc.a
LIBS.kgc-free	:= build/hosted/libkgc.a
LIBS.bdwgc	:= -l:libgc.a -ldl
LIBS.bdwgc-free	:= -l:libgc.a -ldl
LIBS.mimalloc	:= -lmimalloc -Wl,-z,now
LIBS.jemalloc	:= -l:libjemalloc.a -lm -lstdc++
LIBS.glibc	:=
peers		:= kgc kgc-32 kgc-free bdwgc bdwgc-free mimalloc jemalloc glibc

$(peers:%=$(B)/%): $(B)/%: $(bench-deps) build/hosted/libkgc.a
	@mkdir -p $(@D)
	$(if $(findstring -32,$@),$(Q)$(MAKE) -s BITS=32 SAN= $(LIBS.$*))
	$(if $(Q),@echo "  BENCH   $@")
	$(Q)gcc $(BENCH.cflags) -iquote hosted/bench/$(firstword $(PEER.$*)) \
		$(wordlist 2,9,$(PEER.$*)) -o $@ $(bench-c) \
		hosted/bench/$(firstword $(PEER.$*))/heap.c $(LIBS.$*)

# The go of the machine, else Debian's; no network.
$(B)/go: $(wildcard hosted/bench/go/*)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  GO      $@")
	$(Q)cd hosted/bench/go && CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-mod=mod \
		go build -o $(abspath $@) .

# Images: our heap, the C library's malloc on it, and the mallocs that the C
# libraries bring themselves.
GUEST.kgc	:= kgc
GUEST.malloc	:= malloc -mmalloc=manual
GUEST.newlib	:= malloc -D'PEER(name)=own_\#\#name'
GUEST.picolibc	:= malloc -D'PEER(name)=own_\#\#name' -mlibc=picolibc
guest-c		:= $(filter-out %/process.c,$(bench-c)) hosted/bench/image.c
bench-arches	:= $(if $(filter file,$(origin ARCH)),x86_64 i386,$(ARCH))
guests		:= $(foreach a,$(bench-arches),$(foreach p,kgc malloc newlib \
		   picolibc,$(B)/$(a)/$(p)))
GUEST.arch	= $(word 3,$(subst /, ,$(@D)))
GUEST.own	= $(if $(findstring own_,$(GUEST.$(@F))),\
		  $@.o hosted/bench/own.c)

# What kgc-cc links with is built by it, when any of its sources changed.
$(guests): $(bench-deps) FORCE
	@mkdir -p $(@D)
	$(if $(Q),@echo "  BENCH   $@")
	$(Q)$(if $(GUEST.own),scripts/own-malloc $(GUEST.arch) $(@F) $@.o)
	$(Q)scripts/kgc-cc -march-kgc=$(GUEST.arch) -O2 -g -std=gnu11 $(WARN) \
		-fno-strict-aliasing -D_GNU_SOURCE -iquote hosted/bench \
		-iquote workloads \
		-iquote hosted/bench/$(firstword $(GUEST.$(@F))) \
		$(wordlist 2,9,$(GUEST.$(@F))) -o $@ $(guest-c) \
		hosted/bench/$(firstword $(GUEST.$(@F)))/heap.c $(GUEST.own)

BENCH	= scripts/bench --data '$(DATA)' $(if $(RUNS),--runs $(RUNS)) \
	  $(if $(ONLY),--only '$(ONLY)') $(BENCHFLAGS)

bench: $(peers:%=$(B)/%) $(B)/go ## against other heaps: DATA=folder RUNS=n ONLY=name
	$(Q)$(BENCH)

bench-guest: $(guests) $(B)/kgc all $(O)/kgc.o ## the same in the image, in instructions: DATA= RUNS= ONLY=
	$(Q)$(BENCH) --guest $(bench-arches)

.PHONY: bench bench-guest
