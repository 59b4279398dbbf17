// SPDX-License-Identifier: MIT
/*
 * line_test.c - keys in, a line and a terminal's row out
 *
 * What is echoed goes to a terminal of one row, which knows what the editor may
 * send and fails on anything else.
 */
#include <string.h>

#include <kernel/line.h>
#include <tests/ktest.h>

static struct line line;

static struct {
	char row[LINE_COLUMNS + 1];
	unsigned int column;
	char last[LINE_COLUMNS + 1]; /* the row that a newline left */
	unsigned int bells, bytes, wrong, cleared;
	int escape; /* how many bytes of a sequence have come */
} tty;

static void row_clear(unsigned int from)
{
	memset(tty.row + from, ' ', LINE_COLUMNS - from);
	tty.row[LINE_COLUMNS] = '\0';
}

static void screen_letter(char c)
{
	if (tty.column >= LINE_COLUMNS - 1)
		tty.wrong++; /* it would wrap, on some terminals */
	else
		tty.row[tty.column++] = c;
}

static void screen_control(char c)
{
	switch (c) {
	case '\b':
		tty.wrong += !tty.column;
		tty.column -= tty.column > 0;
		break;
	case '\n':
		memcpy(tty.last, tty.row, sizeof(tty.last));
		row_clear(tty.column = 0);
		break;
	case '\a':
		tty.bells++;
		break;
	case '\033':
		tty.escape = 1;
		break;
	default:
		tty.wrong++;
	}
}

/* ESC [ K, ESC [ H and ESC [ 2 J. */
static void screen_escape(char c)
{
	tty.escape++;
	if (c == '[' || c == '2')
		return;
	tty.escape = 0;
	if (c == 'K') {
		row_clear(tty.column);
	} else if (c == 'H') {
		tty.column = 0;
	} else if (c == 'J') {
		row_clear(0);
		tty.cleared++;
	} else {
		tty.wrong++;
	}
}

static void screen_write(const char *s, size_t n)
{
	for (tty.bytes += n; n--; s++)
		if (tty.escape)
			screen_escape(*s);
		else if (*s >= ' ' && *s < 127)
			screen_letter(*s);
		else
			screen_control(*s);
}

/* The row without blanks at its end. */
static const char *row_text(const char *row)
{
	static char text[LINE_COLUMNS + 1];
	size_t n = strlen(row);

	memcpy(text, row, n);
	while (n && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
	return text;
}

static const char *word(const char *text, size_t n, unsigned int i)
{
	static const char *const words[] = { "gc", "help", "heap", "mem" };

	if (n)
		return i == 0 && !strncmp(text, "gc", 2) ? "stats" : NULL;
	return i < 4 ? words[i] : NULL;
}

static void start(void)
{
	memset(&line, 0, sizeof(line));
	memset(&tty, 0, sizeof(tty));
	row_clear(0);
	line.prompt = "> ";
	line.echo = screen_write;
	line.word = word;
	line_begin(&line);
}

/* All of @s; the event of its last byte. */
static enum line_event feed(const char *s)
{
	enum line_event event = LINE_MORE;
	size_t n = strlen(s), taken;

	for (; n; n -= taken, s += taken) {
		taken = line_feed(&line, s, n, &event);
		if (event != LINE_MORE && n > taken)
			line_begin(&line);
	}
	return event;
}

/* A byte at a time. */
static enum line_event type(const char *s)
{
	enum line_event event = LINE_MORE;

	for (; *s; s++) {
		EXPECT_EQ(line_feed(&line, s, 1, &event), 1);
		if (event != LINE_MORE && s[1])
			line_begin(&line);
	}
	return event;
}

/* Does the row show @text behind the prompt? */
static void expect_row(const char *row, const char *text)
{
	char want[LINE_COLUMNS + 1] = "> ", shown[LINE_COLUMNS + 1];

	strcat(want, text);
	strcpy(shown, row_text(row));
	EXPECT_STR(shown, row_text(want));
}

/* Both ways @keys give @text, and the row shows that. */
static void expect(const char *keys, const char *text)
{
	int bytewise;

	for (bytewise = 0; bytewise < 2; bytewise++) {
		start();
		EXPECT_EQ(bytewise ? type(keys) : feed(keys), LINE_MORE);
		expect_row(tty.row, text);
		EXPECT_EQ(tty.column, 2 + line.at);
		EXPECT_EQ(bytewise ? type("\r") : feed("\r"), LINE_DONE);
		EXPECT_STR(line.text, text);
		expect_row(tty.last, text);
		EXPECT_EQ(tty.wrong, 0);
	}
}

KTEST(kernel_line, letters_are_taken_and_echoed)
{
	expect("hello", "hello");
	expect("a b  c", "a b  c");
	start();
	feed("abc");
	EXPECT_EQ(tty.bytes, 2 + 3);
}

KTEST(kernel_line, keys_edit_in_the_middle)
{
	expect("helo\x02l", "hello");
	expect("ello\x01h", "hello");
	expect("ello\x01h\x05!", "hello!");
	expect("hexllo\x1b[D\x1b[D\x1b[D\x7f", "hello");
	expect("xhello\x01\x04", "hello");
	expect("xhello\x1b[H\x1b[3~", "hello");
	expect("hello\x1b[1~x\x1b[4~y", "xhelloy");
	expect("hello\x1bOHx\x1bOFy", "xhelloy");
	expect("ac\x1b[D\x1b[Cb", "acb");
	expect("helloworld\x02\x02\x02\x02\x02\x0b", "hello");
	expect("worldhello\x02\x02\x02\x02\x02\x15", "hello");
	expect("one two  \x17three", "one three");
	expect("one two\x17\x17\x17", "");
	expect("one two\x1b"
	       "bx\x1b"
	       "fy",
	       "one xtwoy");
	expect("abc\x08\x08\x08\x08", "");
}

KTEST(kernel_line, ends_ring_and_do_no_harm)
{
	expect("\x02\x06\x0b\x15\x17\x7f", "");
	expect("a\x06\x04", "a");
	expect("\x1b[A\x1b[B", "");
	EXPECT_EQ(tty.bells, 2);
}

KTEST(kernel_line, unknown_sequences_are_swallowed)
{
	expect("a\x1b[1;5Pb", "ab");
	expect("a\x1b[200~b\x1b[201~c", "abc");
	expect("a\x1b[?25hb", "ab");
	expect("a\x1bxb", "ab");
	expect("a\x1b\x1b[Db", "ba");
	expect("a\x80\xff\xc3\xa4"
	       "b",
	       "ab");
	expect("a\x1b[99999999999~b", "ab");
	expect("a\x07\x0f\x12\x14\x16\x19\x1a\x1c\x1d\x1e\x1f"
	       "b",
	       "ab");
}

KTEST(kernel_line, control_c_gives_the_line_up)
{
	start();
	EXPECT_EQ(feed("half a li\x02\x03"), LINE_BREAK);
	EXPECT_STR(row_text(tty.last), "> half a li^C");
	line_begin(&line);
	EXPECT_EQ(feed("whole\r"), LINE_DONE);
	EXPECT_STR(line.text, "whole");
}

KTEST(kernel_line, control_d_ends_an_empty_line)
{
	start();
	EXPECT_EQ(feed("x\x04"), LINE_MORE);
	EXPECT_EQ(feed("\x7f\x04"), LINE_END);
}

KTEST(kernel_line, control_l_clears)
{
	start();
	feed("hello\x02");
	feed("\x0c");
	EXPECT_EQ(tty.cleared, 1);
	EXPECT_STR(row_text(tty.row), "> hello");
	EXPECT_EQ(tty.column, 6);
	EXPECT_EQ(tty.wrong, 0);
}

KTEST(kernel_line, bytes_behind_the_end_are_left)
{
	enum line_event event;

	start();
	EXPECT_EQ(line_feed(&line, "one\rtwo", 7, &event), 4);
	EXPECT_EQ(event, LINE_DONE);
	EXPECT_STR(line.text, "one");
}

/* --- history --- */

KTEST(kernel_line, history_goes_back_and_forth)
{
	expect("one\rtwo\rthree\r\x1b[A", "three");
	expect("one\rtwo\rthree\r\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A", "one");
	expect("one\rtwo\rthree\r\x10\x10\x0e", "three");
	expect("one\rtwo\rdraft\x1b[A\x1b[A\x1b[B\x1b[B", "draft");
	expect("one\r\x1b[A!\r\x1b[A", "one!");
	expect("one\r\x1b[A!\r\x1b[A\x1b[A", "one");
	/* Neither empty lines nor the same again. */
	expect("one\rtwo\rtwo\r\r\r\x1b[A\x1b[A", "one");
}

KTEST(kernel_line, history_forgets_the_oldest)
{
	char keys[32];
	unsigned int i, n;

	start();
	for (i = 0; i < 1000; i++) {
		strcpy(keys, "command number 1000\r");
		keys[16] = (char)('0' + i / 100);
		keys[17] = (char)('0' + i / 10 % 10);
		keys[18] = (char)('0' + i % 10);
		EXPECT_EQ(feed(keys), LINE_DONE);
		line_begin(&line);
	}
	for (n = 0; !tty.bells && n < 1000; n++)
		feed("\x1b[A");
	EXPECT_EQ(n - 1, LINE_HISTORY / 20);
	EXPECT_EQ(feed("\r"), LINE_DONE);
	EXPECT_EQ(strlen(line.text), 19);
}

/* --- completion --- */

KTEST(kernel_line, tabulator_completes)
{
	expect("m\t", "mem ");
	expect("m\tx", "mem x");
	expect("h\t", "he");
	expect("gc s\t", "gc stats ");
	expect("x\t", "x");
	expect("mem x\t", "mem x");
	start();
	feed("he\t");
	EXPECT_STR(row_text(tty.last), "help  heap");
	EXPECT_STR(row_text(tty.row), "> he");
	EXPECT_EQ(tty.wrong, 0);
}

/* --- long lines --- */

KTEST(kernel_line, long_lines_are_seen_through_a_window)
{
	static char keys[301];
	unsigned int i;

	for (i = 0; i < 300; i++)
		keys[i] = (char)('a' + i % 26);
	start();
	type(keys);
	EXPECT_EQ(tty.wrong, 0);
	EXPECT_EQ(tty.row[tty.column - 1], keys[299]);
	type("\x01");
	EXPECT_EQ(tty.column, 2);
	EXPECT(!memcmp(tty.row + 2, keys, LINE_COLUMNS - 3));
	for (i = 0; i < 150; i++)
		type("\x06");
	EXPECT_EQ(tty.row[tty.column], keys[150]);
	EXPECT_EQ(tty.row[tty.column - 1], keys[149]);
	type("#\x01\x05\r");
	EXPECT_EQ(tty.wrong, 0);
	EXPECT_EQ(strlen(line.text), 301);
	EXPECT_EQ(line.text[150], '#');
}

KTEST(kernel_line, too_long_a_line_is_told)
{
	unsigned int i;

	start();
	for (i = 0; i < LINE_MAX - 1; i++)
		feed("a");
	EXPECT_EQ(tty.bells, 0);
	for (i = 0; i < 10000; i++)
		feed("b");
	EXPECT_EQ(tty.bells, 1);
	EXPECT_EQ(tty.wrong, 0);
	EXPECT_EQ(feed("\r"), LINE_LONG);
	EXPECT_STR(line.text, "");
	line_begin(&line);
	EXPECT_EQ(feed("short\r"), LINE_DONE);
	EXPECT_STR(line.text, "short");
}

/* --- no terminal --- */

KTEST(kernel_line, plain_lines_are_not_echoed)
{
	start();
	tty.bytes = 0;
	line.plain = true;
	line_begin(&line);
	EXPECT_EQ(feed("gc\ts\x1b\x03tats\n"), LINE_DONE);
	EXPECT_STR(line.text, "gc stats");
	EXPECT_EQ(tty.bytes, 0);
}

/* --- any keys --- */

static const char *const keys[] = {
	"a",	  "b",	     "c ",
	"\x01",	  "\x05",    "\x02",
	"\x06",	  "\x7f",    "\x0b",
	"\x15",	  "\x17",    "\x1b[A",
	"\x1b[B", "\x1b[C",  "\x1b[D",
	"\x1b[H", "\x1b[F",  "\x1b[3~",
	"\t",	  "\r",	     "\x03",
	"\x0c",	  "long ",   "\x1b",
	"[",	  "\x1b[1;", "some words of it ",
};

KTEST(kernel_line, the_row_is_the_text_whatever_is_typed)
{
	const size_t n = sizeof(keys) / sizeof(keys[0]), width = 77;
	enum line_event event;
	unsigned int i;
	size_t shown;

	start();
	for (i = 0; i < 5000; i++) {
		event = feed(keys[ktest_random() / 7 % n]);
		if (event != LINE_MORE) {
			line_begin(&line);
			continue;
		}
		ASSERT(line.at <= line.n && line.first <= line.at);
		ASSERT(line.at - line.first <= width);
		ASSERT_EQ(tty.column, 2 + line.at - line.first);
		shown = line.n - line.first;
		shown = shown < width ? shown : width;
		ASSERT(!memcmp(tty.row + 2, line.text + line.first, shown));
		ASSERT_EQ(strspn(tty.row + 2 + shown, " "),
			  LINE_COLUMNS - 2 - shown);
	}
	EXPECT_EQ(tty.wrong, 0);
}
