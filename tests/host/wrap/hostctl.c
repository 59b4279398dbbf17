// SPDX-License-Identifier: MIT
/*
 * hostctl.c - the hooks that the linker can give any host, unchanged
 *
 * Linked with
 *
 *	--wrap=kgc_host_reserve --wrap=kgc_host_commit --wrap=kgc_host_panic
 *
 * calls of those three come here, kgc.o's too, and go on to the host from here.
 *
 * Bad at: panics of several threads at once; formats other than %s %d %u %x %p
 * in a panic's message.  What is not a hook of this file is the embedder's:
 * hostctl_spawn(), _join() and _yield(), hostctl_last_output().
 */
#include <stdarg.h>
#include <stdatomic.h>

#include <kgc/host.h>
#include <kgc/kgc.h>
#include <tests/hostctl.h>

void *__real_kgc_host_reserve(size_t size, void *lo, void *hi);
int __real_kgc_host_commit(void *addr, size_t size);
void *__wrap_kgc_host_reserve(size_t size, void *lo, void *hi);
int __wrap_kgc_host_commit(void *addr, size_t size);
_Noreturn void __wrap_kgc_host_panic(const char *fmt, ...);

/* --- the nth call fails -------------------------------------------------- */

static atomic_ulong ncalls, fail_at;

static bool fails(void)
{
	return atomic_fetch_add(&ncalls, 1) + 1 == atomic_load(&fail_at);
}

void hostctl_fail_commit(unsigned long nth)
{
	atomic_store(&ncalls, 0);
	atomic_store(&fail_at, nth);
}

unsigned long hostctl_commits(void)
{
	return atomic_load(&ncalls);
}

void *__wrap_kgc_host_reserve(size_t size, void *lo, void *hi)
{
	return fails() ? NULL : __real_kgc_host_reserve(size, lo, hi);
}

int __wrap_kgc_host_commit(void *addr, size_t size)
{
	return fails() ? -KGC_ENOMEM : __real_kgc_host_commit(addr, size);
}

/* --- panics -------------------------------------------------------------- */

static void *landing[5]; /* what __builtin_setjmp() wants */
static bool catching;
static char *message, *message_end;

static void put(char c)
{
	if (message < message_end)
		*message++ = c;
}

static void put_number(uintptr_t v, unsigned int base)
{
	if (v >= base)
		put_number(v / base, base);
	put("0123456789abcdef"[v % base]);
}

static void put_signed(int v)
{
	if (v < 0)
		put('-');
	put_number(v < 0 ? 0u - (unsigned int)v : (unsigned int)v, 10);
}

static void put_message(const char *fmt, va_list ap)
{
	const char *s;

	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(*fmt);
			continue;
		}
		switch (*++fmt) {
		case 's':
			for (s = va_arg(ap, const char *); *s; s++)
				put(*s);
			break;
		case 'd':
			put_signed(va_arg(ap, int));
			break;
		case 'p':
			put_number((uintptr_t)va_arg(ap, void *), 16);
			break;
		default:
			put_number(va_arg(ap, unsigned int),
				   *fmt == 'x' ? 16 : 10);
		}
	}
	*message = 0;
}

_Noreturn void __wrap_kgc_host_panic(const char *fmt, ...)
{
	extern _Noreturn void __real_kgc_host_panic(const char *fmt, ...);
	char own[256];
	va_list ap;

	if (!catching) {
		message = own;
		message_end = own + sizeof own - 1;
	}
	va_start(ap, fmt);
	put_message(fmt, ap);
	va_end(ap);
	if (!catching)
		__real_kgc_host_panic("%s", own);
	catching = false;
	__builtin_longjmp(landing, 1);
}

/* Of its own, because a jump comes back to a frame whose locals are stale. */
static __attribute__((noinline)) bool call_caught(void (*fn)(void *arg),
						  void *arg)
{
	if (__builtin_setjmp(landing))
		return true;
	fn(arg);
	return false;
}

/* The caller is a task, and so had no pins. */
bool hostctl_catch_panic(void (*fn)(void *arg), void *arg, char *buf,
			 size_t size)
{
	bool caught;

	message = buf;
	message_end = buf + size - 1;
	catching = true;
	caught = call_caught(fn, arg);
	catching = false;
	while (caught && kgc_host_context() == KGC_PINNED)
		kgc_host_unpin();
	return caught;
}
