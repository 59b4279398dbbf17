// SPDX-License-Identifier: MIT
/*
 * host.c - what kgc.o asks for, on a machine with one CPU
 *
 * Tasks yield and interrupts are off: a pin is a count, the world stands still
 * by itself.  Bad at: space released before what was reserved later.
 */
#include <kgc/host.h>
#include <kgc/kgc.h>

#include "kernel.h"

enum { SPACE_LO = 1 << 30, SPACE_HI = SPACE_LO + (256 << 20), WRITABLE = 3 };

extern char data_start[], data_end[], stack_top[], end[];
__attribute__((section(".bss.noroot"), aligned(4096))) /* 256 MiB of them */
volatile uint64_t pages[(SPACE_HI - SPACE_LO) / 4096];
static uintptr_t space = SPACE_LO; /* reserved up to here */
static void **frames;		   /* free ones, linked through themselves */
static size_t nframes;
static struct task first = { .top = stack_top, .next = &first };
struct task *running = &first;
static unsigned int depth;
bool finalizers_due; /* the program looks now and then */

static void frame_free(uint64_t entry)
{
	void **frame = (void **)((uintptr_t)entry & ~(KGC_PAGE_SIZE - 1));

	*frame = frames;
	frames = frame;
	nframes++;
}

void *kgc_host_reserve(size_t size, void *lo, void *hi)
{
	const uintptr_t p = (uintptr_t)lo > space ? (uintptr_t)lo : space;

	if (p > SPACE_HI || size > SPACE_HI - p ||
	    (hi && p + size > (uintptr_t)hi))
		return NULL;
	space = p + size;
	return (void *)p;
}

int kgc_host_commit(void *addr, size_t size)
{
	volatile uint64_t *page = &pages[((uintptr_t)addr - SPACE_LO) / 4096];
	const size_t n = size / KGC_PAGE_SIZE;
	size_t i;

	if (n > nframes)
		return -KGC_ENOMEM;
	for (i = 0; i < n; i++, nframes--) {
		page[i] = (uintptr_t)frames | WRITABLE;
		frames = *frames;
	}
	__builtin_memset(addr, 0, size);
	return 0;
}

void kgc_host_decommit(void *addr, size_t size)
{
	uintptr_t p = (uintptr_t)addr;
	volatile uint64_t *page;

	for (; p < (uintptr_t)addr + size; p += KGC_PAGE_SIZE) {
		page = &pages[(p - SPACE_LO) / KGC_PAGE_SIZE];
		if (*page)
			frame_free(*page);
		*page = 0;
		__asm__ volatile("invlpg (%0)" : : "r"(p) : "memory");
	}
}

void kgc_host_release(void *addr, size_t size)
{
	kgc_host_decommit(addr, size);
	if ((uintptr_t)addr + size == space)
		space = (uintptr_t)addr;
}

unsigned int kgc_host_pin(void) { return depth++, 0; }
void kgc_host_unpin(void) { depth--; }
void kgc_host_relax(void) {}
bool kgc_host_stop_world(void) { return ++depth; }
void kgc_host_start_world(void) { depth--; }
enum kgc_context kgc_host_context(void)
{
	return depth ? KGC_PINNED : KGC_TASK;
}
void kgc_host_wake_finalizer(void) { finalizers_due = true; }
int kgc_host_backtrace(uintptr_t *pc, int max, int skip) { return 0; }
/* In ns: QEMU's counts at 1 GHz; calibrate a real one. */
uint64_t kgc_host_nanotime(void) { return __builtin_ia32_rdtsc(); }

/* The compiler puts all callee-saved registers into this frame. */
void kgc_host_call_saved(void (*fn)(void *arg), void *arg)
{
	register const void *sp __asm__("sp");

	__builtin_unwind_init();
	__asm__ volatile("" : "=r"(sp));
	running->sp = sp;
	fn(arg);
	__asm__ volatile(""); /* no jump to fn: the frame has to stay */
}

void kgc_host_roots(kgc_host_visit_fn *visit, void *arg)
{
	struct task *t = running;

	visit(data_start, data_end, KGC_ROOT_DATA, NULL, arg);
	do
		visit(t->sp, t->top, KGC_ROOT_STACK, t, arg);
	while ((t = t->next) != running);
}

int kgc_host_root_name(char *buf, size_t size, enum kgc_root kind,
		       const void *owner, const void *word)
{
	const size_t n = size > 4 ? 4 : size - 1;

	__builtin_memcpy(buf, kind == KGC_ROOT_STACK ? "task" : "data", n);
	buf[n] = 0;
	return n;
}

static void out(int port, char c)
{
	__asm__ volatile("outb %0, %w1" : : "a"(c), "d"(port));
}
static void put(char c) { out(0x3f8, c); } /* the serial line */

/* By halves: a 64-bit division would be a call into libgcc on i386. */
static void put_number(uint64_t v, uint32_t base, int width)
{
	uint32_t hi = v >> 32, lo = v, rest = hi % base;

	__asm__("divl %2" : "+a"(lo), "+d"(rest) : "r"(base));
	v = (uint64_t)(hi / base) << 32 | lo;
	if (v || width > 1)
		put_number(v, base, width - 1);
	put("0123456789abcdef"[rest]);
}

void kgc_host_vprintf(const char *fmt, va_list ap)
{
	int width, longs;
	const char *s;
	uint64_t v;

	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(*fmt);
			continue;
		}
		for (width = longs = 0; *++fmt == 'l' || *fmt <= '9';)
			*fmt == 'l' ? longs++ : (width = *fmt - '0');
		if (*fmt == 's') {
			for (s = va_arg(ap, const char *); *s; s++)
				put(*s);
			continue;
		}
		v = longs == 2 ? va_arg(ap, uint64_t) : va_arg(ap, uintptr_t);
		if (!longs && *fmt != 'p')
			v = (unsigned int)v;
		if (*fmt == 'd' && (int)v < 0) {
			put('-');
			v = -(unsigned int)v;
		}
		put_number(v, *fmt == 'p' || *fmt == 'x' ? 16 : 10, width);
	}
}

/* QEMU's isa-debug-exit ends with status 2 * @code + 1: 0x10 if all is well. */
static _Noreturn void leave(int code)
{
	for (;;)
		out(0xf4, code);
}

_Noreturn void kgc_host_panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kgc_host_vprintf(fmt, ap);
	put('\n');
	leave(0x11);
}

void *memset(void *to, int byte, size_t n)
{
	void *t = to;

	__asm__ volatile("rep stosb" : "+D"(t), "+c"(n) : "a"(byte) : "memory");
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	while (to > from && n--) /* upwards would overwrite what is to come */
		((char *)to)[n] = ((const char *)from)[n];
	for (size_t i = 0; to < from && i < n; i++)
		((char *)to)[i] = ((const char *)from)[i];
	return to;
}

void *memcpy(void *to, const void *f, size_t n) { return memmove(to, f, n); }

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	while (n && *x == *y)
		n--, x++, y++;
	return n ? *x - *y : 0;
}

/* Called by start.S with PVH's start information: RAM has type 1. */
_Noreturn void kernel_main(const uint32_t *info)
{
	const struct {
		uint64_t lo, size, type;
	} *map = (void *)(uintptr_t)info[10], *hi = map + info[12];
	uint64_t p;

	for (; map < hi; map++)
		for (p = map->lo; p < map->lo + map->size && p < SPACE_LO;
		     p += KGC_PAGE_SIZE)
			if ((uint32_t)map->type == 1 && p >= (uintptr_t)end)
				frame_free(p);
	leave(program() ? 0x10 : 0x11);
}
