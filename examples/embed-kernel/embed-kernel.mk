# SPDX-License-Identifier: MIT
# embed-kernel.mk - a kernel of its own over kgc.o, and one that tests its host
E := examples/embed-kernel
K := $(O)/embed-kernel
K.objects = $(patsubst %,$(K)/%.o,$(basename $(wildcard $(1))))
K.host := $(call K.objects,$(E)/*.S $(E)/$(ARCH)/*.S $(E)/host.c) $(O)/kgc.o
K.program := $(call K.objects,$(E)/main.c)
K.conform := $(call K.objects,$(E)/conform/*.c tests/ktest.c tests/host/*.c \
	     tests/host/wrap/*.c)
K.wrap := $(addprefix --wrap=kgc_host_,reserve commit panic)

$(K)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(FREESTANDING) -O2 -g -Wall -Wextra -Werror \
		-Wno-unused-parameter -fno-tree-loop-distribute-patterns \
		-MMD -MP -iquote $(E) -Imm/include -Itests/include -c -o $@ $<

$(K)/%.o: %.S
	@mkdir -p $(@D)
	$(Q)$(CC) $(FREESTANDING) -c -o $@ $<

$(O)/embed-kernel.elf: $(K.program)
$(O)/embed-kernel-conform.elf: $(K.conform)
$(O)/embed-kernel-conform.elf: K.link := $(K.wrap)
$(O)/embed-kernel.elf $(O)/embed-kernel-conform.elf: $(K.host) $(E)/link.ld
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(LD) $(LD.$(ARCH)) -n -z noexecstack --no-warn-rwx-segments \
		$(K.link) -T $(E)/link.ld -o $@ $(filter %.o,$^)

embed-kernel: $(O)/embed-kernel.elf $(O)/embed-kernel-conform.elf ## examples/embed-kernel: a foreign kernel over kgc.o

.PHONY: embed-kernel
-include $(patsubst %.o,%.d,$(K.host) $(K.program) $(K.conform))
