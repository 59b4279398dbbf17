// SPDX-License-Identifier: MIT
/*
 * registers_test.c - each register of x86_64 as the only root
 *
 * system.h says what these functions do.  They are assembly as a whole, for
 * the compiler would keep copies.
 */
#include "system.h"

/* --- callee-saved, over a call of kgc_collect() -------------------------- */

#define HOLD(name, load)                                 \
	__asm__(".text\n"                                \
		"hold_" #name ":\n"                      \
		" pushq %rbx\n"                          \
		" pushq %rbp\n"                          \
		" pushq %r12\n"                          \
		" pushq %r13\n"                          \
		" pushq %r14\n"                          \
		" pushq %r15\n"                          \
		" subq $8, %rsp\n"                       \
		" notq %rdi\n" load " xorl %edi, %edi\n" \
		" call *%rsi\n"                          \
		" addq $8, %rsp\n"                       \
		" popq %r15\n"                           \
		" popq %r14\n"                           \
		" popq %r13\n"                           \
		" popq %r12\n"                           \
		" popq %rbp\n"                           \
		" popq %rbx\n"                           \
		" ret\n");                               \
	sys_hold_fn hold_##name

#define CALLEE_SAVED(reg)                           \
	HOLD(reg, " movq %rdi, %" #reg "\n");       \
	KTEST(system_registers, callee_saved_##reg) \
	{                                           \
		sys_check_held(hold_##reg);         \
	}

HOLD(none, "");

KTEST(system_registers, callee_saved_none)
{
	sys_check_not_held(hold_none);
}

CALLEE_SAVED(rbx)
CALLEE_SAVED(rbp)
CALLEE_SAVED(r12)
CALLEE_SAVED(r13)
CALLEE_SAVED(r14)
CALLEE_SAVED(r15)

/* --- any, in a loop that is interrupted ---------------------------------- */

/* rbx holds the address of struct sys_spin, or rcx in its place. */
#define SPIN(name, flags, load, clear)                               \
	__asm__(".text\n"                                            \
		"spin_" #name ":\n"                                  \
		" pushq %rbx\n"                                      \
		" pushq %rbp\n"                                      \
		" pushq %r12\n"                                      \
		" pushq %r13\n"                                      \
		" pushq %r14\n"                                      \
		" pushq %r15\n"                                      \
		" notq %rdi\n"                                       \
		" movq %rdi, %rax\n"                                 \
		" xorl %edi, %edi\n"                                 \
		" movq %rsi, %" flags "\n"                           \
		" xorl %esi, %esi\n" load " movl $1, (%" flags ")\n" \
		"1: pause\n"                                         \
		" cmpl $0, 4(%" flags ")\n"                          \
		" je 1b\n" clear " popq %r15\n"                      \
		" popq %r14\n"                                       \
		" popq %r13\n"                                       \
		" popq %r12\n"                                       \
		" popq %rbp\n"                                       \
		" popq %rbx\n"                                       \
		" ret\n");                                           \
	sys_spin_fn spin_##name

#define PREEMPTED_WITH(name)                      \
	KTEST(system_registers, preempted_##name) \
	{                                         \
		sys_check_preempted(spin_##name); \
	}
#define PREEMPTED(reg, flags)                 \
	SPIN(reg, flags,                      \
	     " movq %rax, %" #reg "\n"        \
	     " xorl %eax, %eax\n",            \
	     " xorq %" #reg ", %" #reg "\n"); \
	PREEMPTED_WITH(reg)
#define XMM(reg)                              \
	SPIN(reg, "rbx",                      \
	     " movq %rax, %" #reg "\n"        \
	     " xorl %eax, %eax\n",            \
	     " pxor %" #reg ", %" #reg "\n"); \
	PREEMPTED_WITH(reg)
#define XMM_HIGH(reg)                         \
	SPIN(reg##_high, "rbx",               \
	     " movq %rax, %" #reg "\n"        \
	     " pslldq $8, %" #reg "\n"        \
	     " xorl %eax, %eax\n",            \
	     " pxor %" #reg ", %" #reg "\n"); \
	PREEMPTED_WITH(reg##_high)
#define MM(reg)                             \
	SPIN(reg, "rbx",                    \
	     " movq %rax, %" #reg "\n"      \
	     " xorl %eax, %eax\n",          \
	     " pxor %" #reg ", %" #reg "\n" \
	     " emms\n");                    \
	PREEMPTED_WITH(reg)

SPIN(none, "rbx", " xorl %eax, %eax\n", "");

KTEST(system_registers, preempted_none)
{
	sys_check_not_preempted(spin_none);
}

SPIN(rax, "rbx", "", " xorl %eax, %eax\n");
PREEMPTED_WITH(rax)
PREEMPTED(rcx, "rbx")
PREEMPTED(rdx, "rbx")
PREEMPTED(rsi, "rbx")
PREEMPTED(rdi, "rbx")
PREEMPTED(r8, "rbx")
PREEMPTED(r9, "rbx")
PREEMPTED(r10, "rbx")
PREEMPTED(r11, "rbx")
PREEMPTED(rbx, "rcx")
PREEMPTED(rbp, "rbx")
PREEMPTED(r12, "rbx")
PREEMPTED(r13, "rbx")
PREEMPTED(r14, "rbx")
PREEMPTED(r15, "rbx")

XMM(xmm0)
XMM(xmm1)
XMM(xmm2)
XMM(xmm3)
XMM(xmm4)
XMM(xmm5)
XMM(xmm6)
XMM(xmm7)
XMM(xmm8)
XMM(xmm9)
XMM(xmm10)
XMM(xmm11)
XMM(xmm12)
XMM(xmm13)
XMM(xmm14)
XMM(xmm15)
XMM_HIGH(xmm0)
XMM_HIGH(xmm15)
MM(mm0)
MM(mm7)
