/* SPDX-License-Identifier: MIT */
/* start.S - to long mode; the registers that the collector has to see */
	.code32
	.globl	arch_start
arch_start:
	movl	$0xc0000080, %ecx	/* EFER */
	movl	$0x100, %eax		/* long mode */
	xorl	%edx, %edx
	wrmsr
	movl	$0x80000001, %eax
	movl	%eax, %cr0
	lgdt	gdtr
	ljmp	$8, $1f
	.code64
1:	movl	%ebx, %edi
	call	kernel_main

	/* (fn %rdi, arg %rsi): fn may change `running`: that is a switch. */
	.globl	kgc_host_call_saved
kgc_host_call_saved:
	pushq %rbp; pushq %rbx; pushq %r12; pushq %r13; pushq %r14; pushq %r15
	movq	running, %rax
	movq	%rsp, (%rax)
	subq	$8, %rsp		/* calls are made on 16 bytes */
	movq	%rdi, %rax
	movq	%rsi, %rdi
	call	*%rax
	movq	running, %rax
	movq	(%rax), %rsp
	popq %r15; popq %r14; popq %r13; popq %r12; popq %rbx; popq %rbp
	ret

	.data
gdt:	.quad	0, 0x00af9a000000ffff
gdtr:	.short	15
	.long	gdt
	.balign	4096
	.globl	top_table
top_table:
	.quad	1f + 3
	.balign	4096
1:	.quad	pd + 3, pd + 0x1003, pd + 0x2003, pd + 0x3003
	.balign	4096
