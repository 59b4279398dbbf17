// SPDX-License-Identifier: MIT
/*
 * leave.c - what a run leaves with whoever runs the machine
 *
 * Records of the second channel, of one kind for each word of leave=.  The
 * lines of the trace and the events of the phases go out as cycles end, the
 * profile and the dump when the program does.  Each is written once: one that
 * fails after a panic is told in a line, and the next begins.
 *
 * An observer's call has the CPU pinned, so that a panic of another task finds
 * the events of whole cycles.
 *
 * Bad at: speed; a byte takes 0.8 us in QEMU.
 */
#include <kernel/leave.h>

#include <stddef.h>

#include <kernel/channel.h>
#include <kernel/cpu.h>
#include <kernel/guard.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/time.h>
#include <kgc/kgc.h>
#include <lib/format.h>
#include <lib/mem.h>
#include <lib/noroot.h>

/* Bytes of a kind that wait until they are a record. */
struct stream {
	const char *kind;
	size_t n;
	char data[1024];
};
static struct stream NOROOT events, lines, profile;

static unsigned int pending; /* kinds not yet written, or not to their end */
static uint32_t told;	     /* number of the last cycle */
static uint64_t NOROOT failure_ns;
static struct kgc_cycle NOROOT last[KGC_LAST_CYCLES];
static bool panicked;

static void stream_flush(struct stream *s)
{
	const size_t n = s->n;

	s->n = 0;
	channel_write(s->kind, s->data, n);
	guard_progress();
}

/* A kgc_write_fn. */
static void stream_write(void *arg, const char *text, size_t n)
{
	struct stream *s = arg;
	size_t room;

	while (n) {
		room = sizeof(s->data) - s->n;
		if (room > n)
			room = n;
		memcpy(s->data + s->n, text, room);
		s->n += room;
		text += room;
		n -= room;
		if (s->n == sizeof(s->data))
			stream_flush(s);
	}
}

/* Seconds, in the form that logs have: "[0.032724] ". */
static void write_time(uint64_t ns)
{
	char digits[24];
	const int n = format_buffer(digits, sizeof(digits), "%010llu",
				    (unsigned long long)ns);

	stream_write(&lines, "[", 1);
	stream_write(&lines, digits, (size_t)n - 9);
	stream_write(&lines, ".", 1);
	stream_write(&lines, digits + n - 9, 6);
	stream_write(&lines, "] ", 2);
}

static void write_line(const struct kgc_cycle *c)
{
	char pause[40];
	const unsigned long long ns =
		c->begin_ns[KGC_PHASE_SWEEP] - c->begin_ns[KGC_PHASE_STOP];

	if (!c->begin_ns[KGC_NPHASES])
		return;
	stream_write(&lines, pause,
		     (size_t)format_buffer(pause, sizeof(pause), "pause %llu\n",
					   ns));
	write_time(c->begin_ns[KGC_NPHASES]);
	kgc_write_cycle(c, stream_write, &lines);
	stream_flush(&lines);
}

static void write_failure(void)
{
	size_t size;
	const uint64_t ns = kgc_last_failure(&size);

	if (ns == failure_ns)
		return;
	failure_ns = ns;
	kgc_events_mark("out of memory", ns, size, stream_write, &events);
}

static void observe(const struct kgc_cycle *c, void *arg)
{
	cpu_pin();
	told = c->number;
	if (pending & LEAVE_TRACE)
		write_line(c);
	if (pending & LEAVE_PERFETTO) {
		write_failure();
		kgc_events_cycle(c, stream_write, &events);
		stream_flush(&events);
	}
	cpu_unpin();
}

void leave_init(void)
{
	pending = params.leave | (params.events ? LEAVE_PERFETTO : 0);
	events.kind = "perfetto";
	lines.kind = "trace";
	profile.kind = "profile";
	if (pending & LEAVE_PERFETTO)
		kgc_events_begin(stream_write, &events);
	if (pending & (LEAVE_PERFETTO | LEAVE_TRACE))
		kgc_set_cycle_observer(observe, NULL);
}

/* Cycles that have not been told of, or did not end, and the end. */
static void finish_cycles(void)
{
	const int n = kgc_last_cycles(last, KGC_LAST_CYCLES);
	int i;

	cpu_pin();
	for (i = 0; i < n; i++)
		if (last[i].number > told)
			observe(&last[i], NULL);
	if (pending & LEAVE_PERFETTO) {
		write_failure();
		if (panicked)
			kgc_events_mark("panic", time_now_ns(), 0, stream_write,
					&events);
		kgc_events_end(stream_write, &events);
		stream_flush(&events);
	}
	pending &= ~(LEAVE_PERFETTO | LEAVE_TRACE);
	cpu_unpin();
}

static void finish_profile(void)
{
	pending &= ~LEAVE_PROFILE;
	if (kgc_profile(stream_write, &profile))
		printk("leave: profile: nothing is sampled:"
		       " memprofilerate=0\n");
	else
		stream_flush(&profile);
}

/* A kgc_write_fn: the dump's pieces are records enough. */
static void write_dump(void *arg, const char *s, size_t n)
{
	channel_write("dump", s, n);
	guard_progress();
}

static void finish_dump(void)
{
	pending &= ~LEAVE_DUMP;
	if (kgc_dump(write_dump, NULL))
		printk("leave: dump: no memory\n");
}

static const struct {
	unsigned int kinds;
	const char *name;
	void (*finish)(void);
} parts[] = {
	{ LEAVE_PERFETTO | LEAVE_TRACE, "trace", finish_cycles },
	{ LEAVE_PROFILE, "profile", finish_profile },
	{ LEAVE_DUMP, "dump", finish_dump },
};
enum { NPARTS = sizeof(parts) / sizeof(parts[0]) };

void leave_at_exit(void)
{
	int i;

	for (i = 0; i < NPARTS; i++)
		if (pending & parts[i].kinds)
			parts[i].finish();
}

void leave_after_panic(void)
{
	int i;

	panicked = true;
	for (i = 0; i < NPARTS; i++) {
		if (!(pending & parts[i].kinds))
			continue;
		if (!guard_call(parts[i].finish))
			printk("leave: %s: cut off: %s\n", parts[i].name,
			       guard_why());
		pending &= ~parts[i].kinds;
	}
}
