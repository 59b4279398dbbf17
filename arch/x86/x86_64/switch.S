/* SPDX-License-Identifier: MIT */
/*
 * switch.S - go on with another task; call with all registers in memory
 *
 * A task that does not run has on its stack, from its saved stack pointer up:
 *
 *	r15 r14 r13 r12 rbx rbp   return address
 *
 * and its FP state in its area.  Interrupts are off throughout.
 */
	.text

/* arch_switch(rdi: &from_sp, rsi: from_fp, rdx: to_sp, rcx: to_fp) */
	.globl	arch_switch
arch_switch:
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rdi)
	movq	%rdx, %rsp
	cmpb	$0, fpu_xsave
	je	1f
	movl	$-1, %eax
	movl	$-1, %edx
	xsave64	(%rsi)
	xrstor64 (%rcx)
	jmp	2f
1:	fxsave64 (%rsi)
	fxrstor64 (%rcx)
2:	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret

/*
 * A task begins here, by arch_switch()'s ret: rbx is the argument, r12 the
 * function, the stack a multiple of 16.
 */
	.globl	task_begin
task_begin:
	movq	%rbx, %rdi
	xorl	%ebp, %ebp
	call	*%r12
	ud2

/* arch_call_saved(rdi: fn, rsi: arg, rdx: &sp, rcx: stack_top or 0) */
	.globl	arch_call_saved
arch_call_saved:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rdx)
	movq	%rdi, %rax
	movq	%rsi, %rdi
	testq	%rcx, %rcx
	jz	1f
	movq	%rcx, %rsp
1:	andq	$-16, %rsp
	call	*%rax
	leaq	-40(%rbp), %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret

	.section .note.GNU-stack, "", @progbits
