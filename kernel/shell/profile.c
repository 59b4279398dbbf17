// SPDX-License-Identifier: MIT
/*
 * profile.c - the shell's commands that show or send what others read
 *
 * A dump goes out as it is made, the world stopped: printing and the channel
 * wait for nobody.  Nothing is kept, so there is no room that could be short.
 */
#include <kernel/channel.h>
#include <kernel/symbols.h>
#include <kernel/time.h>
#include <kgc/kgc.h>
#include <lib/format.h>
#include <lib/mem.h>
#include <lib/noroot.h>

#include "internal.h"

/* --- prof --- */

enum { TOP_MOST = 20, CALLS = 6 };

struct site {
	uint64_t live_objects, live_bytes, all_bytes;
	unsigned int npc;
	uintptr_t pc[CALLS];
};

/* Those that hold the most, sorted. */
static struct site top[TOP_MOST] NOROOT;
static unsigned int ntop NOROOT;

static void keep_site(const struct kgc_site *s, void *arg)
{
	unsigned int i;

	for (i = ntop; i && top[i - 1].live_bytes < s->live_bytes; i--)
		if (i < TOP_MOST)
			top[i] = top[i - 1];
	if (i == TOP_MOST)
		return;
	top[i] = (struct site){
		.live_objects = s->live_objects,
		.live_bytes = s->live_bytes,
		.all_bytes = s->all_bytes,
		.npc = s->npc < CALLS ? s->npc : CALLS,
	};
	memcpy(top[i].pc, s->pc, top[i].npc * sizeof(s->pc[0]));
	if (ntop < TOP_MOST)
		ntop++;
}

static void show_site(const struct site *s)
{
	char name[96];
	unsigned int i;

	shell_printf("%12llu %10llu %14llu  ",
		     (unsigned long long)s->live_bytes,
		     (unsigned long long)s->live_objects,
		     (unsigned long long)s->all_bytes);
	for (i = 0; i < s->npc; i++) {
		symbol_format(name, sizeof(name), s->pc[i]);
		shell_printf("%s%s", i ? " < " : "", name);
	}
	shell_printf("\n");
}

static void prof_run(int argc, char **argv)
{
	unsigned int most = 10, i;
	int n;

	if (argc > 1 && !shell_number(argv[1], TOP_MOST, &most))
		return;
	ntop = 0;
	n = kgc_sites(keep_site, NULL);
	if (n < 0) {
		shell_printf("prof: nothing is sampled: memprofilerate=0\n");
		return;
	}
	shell_printf("%12s %10s %14s  %d sites, by sampling\n", "live bytes",
		     "objects", "ever allocated", n);
	for (i = 0; i < ntop && i < most; i++)
		show_site(&top[i]);
}

/* --- dump --- */

/* Three bytes become four letters; a line has 19 of those. */
struct lines {
	uint64_t bytes;
	unsigned char part[57];
	unsigned int n;
};

static void line_out(struct lines *l)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
				    "pqrstuvwxyz0123456789+/";
	const unsigned char *p = l->part;
	char text[80];
	unsigned int i, out = 0;
	uint32_t v;

	for (i = l->n; i < sizeof(l->part); i++)
		l->part[i] = 0;
	for (i = 0; i < l->n; i += 3) {
		v = (uint32_t)p[i] << 16 | (uint32_t)p[i + 1] << 8 | p[i + 2];
		text[out++] = digit[v >> 18];
		text[out++] = digit[v >> 12 & 63];
		text[out++] = i + 1 < l->n ? digit[v >> 6 & 63] : '=';
		text[out++] = i + 2 < l->n ? digit[v & 63] : '=';
	}
	if (l->n)
		shell_printf("dump: %.*s\n", (int)out, text);
	l->n = 0;
}

static void to_lines(void *arg, const char *s, size_t n)
{
	struct lines *l = arg;

	for (l->bytes += n; n--; s++) {
		l->part[l->n++] = (unsigned char)*s;
		if (l->n == sizeof(l->part))
			line_out(l);
	}
}

static void to_channel(void *arg, const char *s, size_t n)
{
	*(uint64_t *)arg += n;
	channel_write("dump", s, n);
}

static void dump_run(int argc, char **argv)
{
	static struct lines lines NOROOT;
	uint64_t start = time_now_ns();
	const bool text = argc > 1;
	int error;

	if (text && !text_equal(argv[1], "text")) {
		shell_printf("dump: to the channel, or text\n");
		return;
	}
	lines.bytes = lines.n = 0;
	error = text ? kgc_dump(to_lines, &lines)
		     : kgc_dump(to_channel, &lines.bytes);
	line_out(&lines);
	if (error)
		shell_printf("dump: no memory\n");
	else
		shell_printf("dump: %llu bytes %s, %llu us\n",
			     (unsigned long long)lines.bytes,
			     text ? "as text" : "to the second channel",
			     (unsigned long long)(time_now_ns() - start) /
				     1000);
}

static const struct shell_command commands[] = {
	{ .name = "prof",
	  .args = "[N]",
	  .help = "the N call stacks that hold the most",
	  .run = prof_run,
	  .most = 1 },
	{ .name = "dump",
	  .args = "[text]",
	  .help = "the heap to the second channel, or as lines",
	  .run = dump_run,
	  .most = 1 },
};
const struct shell_group shell_profile_group =
	SHELL_GROUP("For other tools", commands);
