/* SPDX-License-Identifier: MIT */
/*
 * kernel/line.h - edit a line, as a person types it
 *
 * A function of bytes alone: what the keyboard sends goes in, what the terminal
 * is to show comes out through `echo`.
 */
#ifndef KERNEL_LINE_H
#define KERNEL_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	LINE_MAX = 1024,     /* bytes of a line, with its terminator */
	LINE_HISTORY = 4096, /* bytes of all lines that are remembered */
	LINE_COLUMNS = 80,
};

enum line_event {
	LINE_MORE,  /* all bytes are taken, and the line goes on */
	LINE_DONE,  /* `text` is the line */
	LINE_LONG,  /* the line has ended, and was too long: `text` is empty */
	LINE_BREAK, /* ^C */
	LINE_END,   /* ^D on an empty line */
};

struct line {
	/* By the user. */
	const char *prompt;
	bool plain; /* no terminal: no prompt, no echo, no keys */
	void (*echo)(const char *s, size_t n);
	/* Number @i of the words that may stand behind @n bytes of text. */
	const char *(*word)(const char *text, size_t n, unsigned int i);

	char text[LINE_MAX]; /* terminated when the line is done */
	size_t n, at;	     /* bytes of it; where the cursor is */
	size_t lost;	     /* bytes for which there was no room */

	/* What the terminal shows behind the prompt. */
	char shown[LINE_COLUMNS];
	size_t nshown, column;
	size_t first; /* of the text, at the first column */

	enum { KEY_PLAIN, KEY_ESCAPE, KEY_SEQUENCE } key;
	unsigned int number; /* the sequence's first */
	bool numbered;	     /* it has ended */

	char history[LINE_HISTORY]; /* terminated lines, the oldest first */
	size_t nhistory;
	unsigned int back;    /* how far back is shown; 0: a new line */
	char draft[LINE_MAX]; /* the new line meanwhile */
};

/* Begin another line: empty, with the prompt shown. */
void line_begin(struct line *l);

/*
 * Take bytes of @s up to the end of the line, at most @n; *@event says why no
 * more.  Returns how many; the rest belongs to the next line.
 */
size_t line_feed(struct line *l, const char *s, size_t n,
		 enum line_event *event);

#endif /* KERNEL_LINE_H */
