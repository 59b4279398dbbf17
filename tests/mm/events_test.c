// SPDX-License-Identifier: MIT
/*
 * events_test.c - a cycle in the Trace Event Format, to the byte
 *
 * That the whole is JSON of the right form is for tests/run/leave.t to say.
 */
#include "own.h"

static char text[4096];
static struct line line = { .buf = text, .size = sizeof(text) };

static const char *after(const char *s, int lines)
{
	for (; *s && lines; s++)
		lines -= *s == '\n';
	return s;
}

static void cycle(const struct kgc_cycle *c)
{
	line.n = 0;
	kgc_events_cycle(c, line_write, &line);
}

/* The first bytes of @s are those of @begin. */
static bool begins(const char *s, const char *begin)
{
	while (*begin && *s == *begin)
		s++, begin++;
	return !*begin;
}

static const struct kgc_cycle whole = {
	.number = 7,
	.begin_ns = { 1000001, 1000020, 1000300, 1004000, 1050000, 1600000,
		      1700000, 1700001, 1800000, 1900000 },
	.heap_before = 4194304,
	.heap_after = 1000,
	.next_gc = 4194305,
	.objects_before = 12,
};

KTEST(mm_events, whole_cycle)
{
	cycle(&whole);
	EXPECT(begins(text, ",\n{\"ph\":\"C\",\"pid\":1,\"tid\":1,\"ts\":"
			    "1000.001,\"name\":\"heap_alloc\","
			    "\"args\":{\"bytes\":4194304}},\n"
			    "{\"ph\":\"B\",\"pid\":1,\"tid\":1,\"ts\":1000.001,"
			    "\"name\":\"gc\",\"args\":{\"number\":7,"
			    "\"forced\":false,\"objects\":12}},\n"
			    "{\"ph\":\"B\",\"pid\":1,\"tid\":1,\"ts\":1000.001,"
			    "\"name\":\"stop the world\"},\n"
			    "{\"ph\":\"E\",\"pid\":1,\"tid\":1,\"ts\":"
			    "1000.020,\"name\":\"stop the world\"},\n"));
	/* Counter, gc, seven phases of two lines; its end; three counters. */
	EXPECT(begins(after(text, 17), "{\"ph\":\"E\",\"pid\":1,\"tid\":1,"
				       "\"ts\":1700.001,\"name\":\"gc\"},\n"));
	EXPECT_STR(after(text, 21),
		   "{\"ph\":\"B\",\"pid\":1,\"tid\":2,\"ts\":1700.001,"
		   "\"name\":\"sweep\"},\n"
		   "{\"ph\":\"E\",\"pid\":1,\"tid\":2,\"ts\":1800.000,\"name\":"
		   "\"sweep\"},\n"
		   "{\"ph\":\"B\",\"pid\":1,\"tid\":2,\"ts\":1800.000,"
		   "\"name\":\"release\"},\n"
		   "{\"ph\":\"E\",\"pid\":1,\"tid\":2,\"ts\":1900.000,\"name\":"
		   "\"release\"}");
}

KTEST(mm_events, cycle_that_stops_at_marking)
{
	static struct kgc_cycle NOROOT c;
	const char *last;
	int i;

	c = whole;
	for (i = KGC_PHASE_MARK + 1; i <= KGC_NPHASES; i++)
		c.begin_ns[i] = 0;
	cycle(&c);
	/* Counter, gc, four phases; the phase and the cycle end now. */
	last = after(text, 9);
	EXPECT(begins(last, "{\"ph\":\"B\",\"pid\":1,\"tid\":1,\"ts\":1004.000,"
			    "\"name\":\"mark\"},\n{\"ph\":\"E\""));
	EXPECT(begins(after(last, 2), "{\"ph\":\"E\",\"pid\":1,\"tid\":1,"));
	EXPECT_STR(after(last, 3), "");
}

KTEST(mm_events, marks)
{
	line.n = 0;
	kgc_events_mark("panic", 5000, 0, line_write, &line);
	EXPECT_STR(text, ",\n{\"ph\":\"i\",\"pid\":1,\"tid\":3,\"ts\":5.000,"
			 "\"s\":\"g\",\"name\":\"panic\"}");
	line.n = 0;
	kgc_events_mark("out of memory", 5001, 48, line_write, &line);
	EXPECT_STR(text, ",\n{\"ph\":\"i\",\"pid\":1,\"tid\":3,\"ts\":5.001,"
			 "\"s\":\"g\",\"name\":\"out of memory\","
			 "\"args\":{\"bytes\":48}}");
}

KTEST(mm_events, array_of_nothing)
{
	line.n = 0;
	kgc_events_begin(line_write, &line);
	kgc_events_end(line_write, &line);
	EXPECT(begins(text, "[\n{\"ph\":\"M\",\"pid\":1,\"name\":"
			    "\"process_name\",\"args\":{\"name\":\"kgc\"}},"));
	EXPECT_STR(after(text, 5), "]\n");
}
