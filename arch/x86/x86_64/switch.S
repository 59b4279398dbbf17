/* SPDX-License-Identifier: MIT */
/*
 * switch.S - go on with another task; call with all registers in memory
 *
 * A task that does not run has on its stack, from its saved stack pointer up:
 *
 *	r15 r14 r13 r12 rbx rbp   return address
 *
 * and its FP state in its area.  Interrupts are off throughout.
 *
 * The .cfi lines tell a debugger where the caller's registers are.
 */
	.text
	.cfi_sections .debug_frame

	.macro	save reg
	pushq	%\reg
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset \reg, 0
	.endm

	.macro	restore reg
	popq	%\reg
	.cfi_adjust_cfa_offset -8
	.cfi_restore \reg
	.endm

/* arch_switch(rdi: &from_sp, rsi: from_fp, rdx: to_sp, rcx: to_fp) */
	.globl	arch_switch
arch_switch:
	.cfi_startproc
	save	rbp
	save	rbx
	save	r12
	save	r13
	save	r14
	save	r15
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
	.globl	arch_switched	/* where each task that does not run is */
arch_switched:
2:	restore	r15
	restore	r14
	restore	r13
	restore	r12
	restore	rbx
	restore	rbp
	ret
	.cfi_endproc

/*
 * A task begins here, by arch_switch()'s ret: rbx is the argument, r12 the
 * function, the stack a multiple of 16.  Debuggers take the byte before a
 * return address for the call.
 */
	.cfi_startproc
	.cfi_undefined rip
task_unstarted:
	nop
	.globl	task_begin
task_begin:
	movq	%rbx, %rdi
	xorl	%ebp, %ebp
	call	*%r12
	ud2
	.cfi_endproc

/* arch_call_saved(rdi: fn, rsi: arg, rdx: &sp, rcx: stack_top or 0) */
	.globl	arch_call_saved
arch_call_saved:
	.cfi_startproc
	.cfi_signal_frame	/* callers may lie lower than callees */
	save	rbp
	movq	%rsp, %rbp
	.cfi_def_cfa_register rbp
	pushq	%rbx
	.cfi_offset rbx, -24
	pushq	%r12
	.cfi_offset r12, -32
	pushq	%r13
	.cfi_offset r13, -40
	pushq	%r14
	.cfi_offset r14, -48
	pushq	%r15
	.cfi_offset r15, -56
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
	.cfi_def_cfa rsp, 8
	ret
	.cfi_endproc

	.section .note.GNU-stack, "", @progbits
