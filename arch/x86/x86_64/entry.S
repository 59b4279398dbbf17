/* SPDX-License-Identifier: MIT */
/*
 * entry.S - exceptions and interrupts on x86_64
 *
 * Each vector's stub pushes an error code where the processor did not, then
 * its number; the rest of struct frame follows.
 *
 * Exceptions are reported on the stack that they arrive on (their own for a
 * double fault, NMI and machine check), and never return.
 *
 * Interrupts arrive on a stack of their own, because the interrupted function
 * may keep data in the 128 bytes below its stack pointer.  With interrupts
 * still off the frame moves to the interrupted stack:
 *
 *	interrupted rsp
 *	    128 bytes: the red zone
 *	& -16
 *	    struct frame, 22 words
 *	    interrupted rip, rbp: a frame for backtraces    <- rbp, rsp
 *
 * So the only copy of the registers lies on the task's own stack, where the
 * collector scans it, and nothing is left on the interrupt stack when
 * kernel_irq_exit() goes on with another task.
 */
#include "frame.h"

	.text
	.cfi_sections .debug_frame

	.macro	stub vector
	.balign	16
1:
	.if	!(\vector == 8 || (\vector >= 10 && \vector <= 14) || \
		  \vector == 17 || \vector == 21 || \vector == 29 || \
		  \vector == 30)
	pushq	$0
	.endif
	pushq	$\vector
	.if	\vector < 32
	jmp	exception
	.else
	jmp	interrupt
	.endif
	.section .rodata
	.quad	1b
	.text
	.endm

	.section .rodata
	.balign	8
	.globl	trap_stubs
trap_stubs:
	.text

	.altmacro
	.set	vector, 0
	.rept	256
	stub	%vector
	.set	vector, vector + 1
	.endr
	.noaltmacro

	.macro	push_registers
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rbx
	pushq	%rbp
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	cld
	.endm

/* For debuggers, from here on: struct frame ends at \reg + \end. */
	.macro	frame_ends reg, end
	.cfi_startproc simple
	.cfi_signal_frame
	.cfi_def_cfa \reg, \end
	.set	at, FRAME_WORDS * 8
	.irp	saved, r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, \
		rbx, rdx, rcx, rax
	.cfi_offset \saved, -at
	.set	at, at - 8
	.endr
	.cfi_offset rip, -40
	.cfi_offset rsp, -16
	.endm

/* The processor begins its frame on 16 bytes, and 22 words come after that. */
exception:
	push_registers
	movq	%rsp, %rdi
	andq	$-16, %rsp
	frame_ends rsp, FRAME_WORDS*8
	call	trap_exception
	ud2
	.cfi_endproc

interrupt:
	push_registers
	movq	%rsp, %rsi
	movq	(FRAME_WORDS - 2) * 8(%rsp), %rdi	/* interrupted rsp */
	subq	$128, %rdi
	andq	$-16, %rdi
	subq	$FRAME_WORDS * 8, %rdi
	movq	%rdi, %rdx
	movl	$FRAME_WORDS, %ecx
	rep	movsq
	movq	%rdx, %rsp

	movq	%rsp, %rdi
	pushq	(FRAME_WORDS - 5) * 8(%rsp)		/* interrupted rip */
	pushq	%rbp
	movq	%rsp, %rbp
	frame_ends rbp, (FRAME_WORDS+2)*8
	call	trap_irq
	addq	$16, %rsp
	.cfi_endproc

	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rbp
	popq	%rbx
	popq	%rdx
	popq	%rcx
	popq	%rax
	addq	$16, %rsp
	iretq

	.section .note.GNU-stack, "", @progbits
