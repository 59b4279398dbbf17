/* SPDX-License-Identifier: MIT */
/*
 * start.S - from 32-bit protected mode without paging to 64-bit C
 *
 * In, at arch_start: %eax magic, %ebx loader's structure, %esp boot stack.
 * Out, at boot_main: %edi magic, %esi structure, long mode, the first 4 GiB
 * mapped by 2 MiB pages at 0 and once more at 0xffff800000000000 (PML4 entry
 * 256).  paging.c builds the tables that stay.
 */
	.section .text.boot, "ax"
	.cfi_sections .debug_frame
	.code32

	.globl	arch_start
arch_start:
	movl	%eax, %edi
	movl	%ebx, %esi

	movl	$0x80000000, %eax
	cpuid
	cmpl	$0x80000001, %eax
	jb	no_long_mode
	movl	$0x80000001, %eax
	cpuid
	btl	$29, %edx
	jnc	no_long_mode

	/* 2,048 entries of 2 MiB, four tables, one PDPT, two PML4 entries. */
	movl	$boot_pd, %ebx
	movl	$0x83, %eax			/* present, write, large */
1:	movl	%eax, (%ebx)
	addl	$8, %ebx
	addl	$0x200000, %eax
	jnc	1b
	movl	$boot_pd + 3, %eax
	movl	%eax, boot_pdpt
	addl	$4096, %eax
	movl	%eax, boot_pdpt + 8
	addl	$4096, %eax
	movl	%eax, boot_pdpt + 16
	addl	$4096, %eax
	movl	%eax, boot_pdpt + 24
	movl	$boot_pdpt + 3, %eax
	movl	%eax, boot_pml4
	movl	%eax, boot_pml4 + 256 * 8

	movl	$boot_pml4, %eax
	movl	%eax, %cr3
	movl	$0x20, %eax			/* PAE */
	movl	%eax, %cr4
	movl	$0xc0000080, %ecx		/* EFER */
	rdmsr
	orl	$0x100, %eax			/* LME */
	wrmsr
	movl	$0x80010021, %eax		/* PG, WP, NE, PE */
	movl	%eax, %cr0
	lgdt	boot_gdtr
	ljmp	$0x08, $1f

	.code64
1:	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movq	$boot_stack_top, %rsp
	xorl	%ebp, %ebp
	.cfi_startproc
	.cfi_undefined rip	/* nobody called this */
	call	boot_main
	ud2
	.cfi_endproc

	.code32
no_long_mode:
	movl	$2f, %esi
	movw	$0x3f8, %dx
1:	lodsb
	testb	%al, %al
	jz	1f
	outb	%al, %dx
	jmp	1b
1:	movw	$0xf4, %dx
	movl	$0x11, %eax
	outl	%eax, %dx
	cli
	hlt
	jmp	1b

	.section .rodata.boot, "a"
2:	.asciz	"panic: this image needs a 64-bit processor\n"
	.balign	8
boot_gdt:
	.quad	0
	.quad	0x00af9a000000ffff
	.quad	0x00cf92000000ffff
boot_gdtr:
	.short	. - boot_gdt - 1
	.long	boot_gdt

	.section .bss.noroot, "aw", @nobits
	.balign	4096
boot_pml4:
	.skip	4096
boot_pdpt:
	.skip	4096
boot_pd:
	.skip	4 * 4096

	.section .note.GNU-stack, "", @progbits
