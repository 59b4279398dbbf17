// SPDX-License-Identifier: MIT
/*
 * param.c - the kernel's parameters
 *
 * The command line is cut into words at blanks.  A backslash takes the next
 * byte as it is; between double quotes blanks are part of the word, because
 * GRUB puts words with blanks into quotes; a word of nothing is "".  Words live
 * in one buffer for good, so parameters may point into it.
 *
 * A word is name=value, or a name alone, which is name=1.  One that is not in
 * the table, or whose value does not parse, gets a line and has no effect.
 */
#include <kernel/param.h>

#include <boot/bootinfo.h>
#include <kernel/printk.h>
#include <lib/mem.h>

enum param_type {
	PARAM_PERCENT, /* int; "off" is -1 */
	PARAM_UINT,
	PARAM_SIZE, /* with K, M, G or T behind it; 0x for addresses */
	PARAM_STRING,
	PARAM_BOOL,
	PARAM_LOG,   /* bool: serial or channel */
	PARAM_STDIN, /* bool: plain or escaped */
	PARAM_TRACE, /* bool: off or perfetto */
	PARAM_LEAVE, /* uint: bits of LEAVE_..., words parted by commas */
	PARAM_RUN,   /* into params.run[], one behind the other */
};

struct param {
	const char *name;
	enum param_type type;
	void *value;
	const char *preset;	  /* NULL: none, all zero */
	unsigned int least, most; /* of PARAM_UINT */
	const char *help;
};

struct kernel_params params;

static const struct param table[] = {
	{ "gcpercent", PARAM_PERCENT, &params.gcpercent, "100", 0, 0,
	  "growth of the heap between collections, or off" },
	{ "gctrace", PARAM_UINT, &params.gctrace, NULL, 0, 2,
	  "1: a line for each collection; 2: collect twice" },
	{ "debuggc", PARAM_UINT, &params.debuggc, NULL, 0, 1,
	  "1: print each pause" },
	{ "gcstress", PARAM_UINT, &params.gcstress, NULL, 0, ~0u,
	  "collect at every Nth allocation" },
	{ "gcshare", PARAM_UINT, &params.gcshare, "90", 1, 100,
	  "most of the bytes marked and allocated that a full heap marks" },
	{ "memprofilerate", PARAM_SIZE, &params.memprofilerate, "512K", 0, 0,
	  "bytes between two samples of the profile; 0: none" },
	{ "guard", PARAM_UINT, &params.guard, NULL, 0, ~0u,
	  "one allocation in N lies between pages that fault; 0: none" },
	{ "heap_reserve", PARAM_SIZE, &params.heap_reserve, NULL, 0, 0,
	  "address space for the heap" },
	{ "heap_base", PARAM_SIZE, &params.heap_base, NULL, 0, 0,
	  "lowest address of the heap" },
	{ "heap_max", PARAM_SIZE, &params.heap_max, NULL, 0, 0,
	  "most memory that the heap may take" },
	{ "heap_min", PARAM_SIZE, &params.heap_min, NULL, 0, 0,
	  "least heap that is collected" },
	{ "stack", PARAM_UINT, &params.stack, "1024", 32, 1 << 18,
	  "stack of the main task, KiB" },
	{ "hz", PARAM_UINT, &params.hz, "100", 20, 10000, "ticks a second" },
	{ "seed", PARAM_UINT, &params.seed, "1", 0, ~0u,
	  "of the tests' random numbers" },
	{ "cases", PARAM_STRING, &params.cases, "first", 0, 0,
	  "first or all: how much the tests do" },
	{ "mode", PARAM_STRING, &params.mode, NULL, 0, 0, "of a workload" },
	{ "malloc", PARAM_STRING, &params.malloc, NULL, 0, 0,
	  "gc, manual or leak: what becomes of a program's blocks" },
	{ "crash", PARAM_STRING, &params.crash, NULL, 0, 0,
	  "fail on purpose, see crash.c" },
	{ "log", PARAM_LOG, &params.log_channel, "serial", 0, 0,
	  "serial or channel: where messages go" },
	{ "leave", PARAM_LEAVE, &params.leave, NULL, 0, 0,
	  "profile,dump,perfetto,trace: records to leave on the channel" },
	{ "trace", PARAM_TRACE, &params.events, "off", 0, 0,
	  "off or perfetto: events of each phase to the channel" },
	{ "stdin", PARAM_STDIN, &params.stdin_escaped, "plain", 0, 0,
	  "plain or escaped: form of the serial input" },
	{ "quiet", PARAM_BOOL, &params.quiet, NULL, 0, 0, "no boot lines" },
	{ "clock", PARAM_BOOL, &params.clock, NULL, 0, 0,
	  "say how many cycles each run took" },
	{ "name", PARAM_STRING, &params.name, "kgc", 0, 0,
	  "of the program, its argv[0]" },
	{ "run", PARAM_RUN, NULL, NULL, 0, 0, "do this; may be repeated" },
};

#define NTABLE (sizeof(table) / sizeof(table[0]))

/* What the command line gives each, as text, or NULL. */
static const char *given[NTABLE];

/* Values that were set later. */
enum { TEXT_MAX = 32 };
static char later[NTABLE][TEXT_MAX];

/* A word and what parts it from the next are two bytes at least. */
_Static_assert(PARAM_ARGS_MAX >= BOOT_CMDLINE_MAX / 2, "argv may overflow");

static char words[BOOT_CMDLINE_MAX + 1];

/* Digits in base 10 or, behind 0x, 16; *@end is what follows them. */
static bool number_parse(const char *s, const char **end, uint64_t *value)
{
	const unsigned int base = text_begins(s, "0x") ? 16 : 10;
	const char *start;
	unsigned int digit;
	uint64_t v = 0;

	if (base == 16)
		s += 2;
	for (start = s;; s++) {
		digit = *s - '0';
		if (digit > 9 && base == 16)
			digit = (*s | 0x20) - 'a' + 10;
		if (digit >= base || (*s > '9' && digit < 10))
			break;
		if (v > (~(uint64_t)0 >> 4) - base)
			return false;
		v = v * base + digit;
	}
	*end = s;
	*value = v;
	return s != start;
}

static bool uint_parse(const struct param *p, const char *s)
{
	uint64_t v;

	if (!number_parse(s, &s, &v) || *s || v < p->least || v > p->most)
		return false;
	*(unsigned int *)p->value = (unsigned int)v;
	return true;
}

static bool percent_parse(const struct param *p, const char *s)
{
	uint64_t v;

	if (text_equal(s, "off")) {
		*(int *)p->value = -1;
		return true;
	}
	if (!number_parse(s, &s, &v) || *s || v > 1000000)
		return false;
	*(int *)p->value = (int)v;
	return true;
}

static bool size_parse(const struct param *p, const char *s)
{
	static const char units[] = "KMGT";
	unsigned int i, shift = 0;
	uint64_t v;

	if (!number_parse(s, &s, &v))
		return false;
	for (i = 0; *s && units[i]; i++)
		if ((*s & ~0x20) == units[i]) {
			shift = 10 * (i + 1);
			s++;
			break;
		}
	if (*s || v > (uint64_t)SIZE_MAX >> shift)
		return false;
	*(size_t *)p->value = (size_t)(v << shift);
	return true;
}

static bool bool_parse(const struct param *p, const char *s)
{
	if (!text_equal(s, "0") && !text_equal(s, "1"))
		return false;
	*(bool *)p->value = *s == '1';
	return true;
}

/* One of two words: *value tells whether it is the second. */
static bool choice_parse(const struct param *p, const char *s,
			 const char *first, const char *second)
{
	if (!text_equal(s, first) && !text_equal(s, second))
		return false;
	*(bool *)p->value = text_equal(s, second);
	return true;
}

/* Is @name the first @n bytes of @s? */
static bool is_word(const char *s, size_t n, const char *name)
{
	while (n && *name && *s == *name)
		s++, name++, n--;
	return !n && !*name;
}

/* The bit of the word of @n bytes at @s, or 0. */
static unsigned int leave_bit(const char *s, size_t n)
{
	static const char *const names[] = { "profile", "dump", "perfetto",
					     "trace" };
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_word(s, n, names[i]))
			return 1u << i;
	return 0;
}

static bool leave_parse(const struct param *p, const char *s)
{
	unsigned int bits = 0, bit;
	size_t n;

	for (; *s; s += n + (s[n] == ',')) {
		for (n = 0; s[n] && s[n] != ',';)
			n++;
		bit = leave_bit(s, n);
		if (!bit)
			return false;
		bits |= bit;
	}
	*(unsigned int *)p->value = bits;
	return true;
}

static bool run_add(const char *s)
{
	if (params.nrun == PARAM_RUNS_MAX)
		return false;
	params.run[params.nrun++] = s;
	return true;
}

static bool value_parse(const struct param *p, const char *s)
{
	switch (p->type) {
	case PARAM_PERCENT:
		return percent_parse(p, s);
	case PARAM_UINT:
		return uint_parse(p, s);
	case PARAM_SIZE:
		return size_parse(p, s);
	case PARAM_BOOL:
		return bool_parse(p, s);
	case PARAM_LOG:
		return choice_parse(p, s, "serial", "channel");
	case PARAM_STDIN:
		return choice_parse(p, s, "plain", "escaped");
	case PARAM_TRACE:
		return choice_parse(p, s, "off", "perfetto");
	case PARAM_LEAVE:
		return leave_parse(p, s);
	case PARAM_RUN:
		return run_add(s);
	case PARAM_STRING:
		*(const char **)p->value = s;
		return true;
	}
	return false;
}

static const struct param *param_find(const char *name)
{
	const struct param *p;

	for (p = table; p < table + NTABLE; p++)
		if (text_equal(p->name, name))
			return p;
	return NULL;
}

static void env_add(const char *word)
{
	if (params.nenv == PARAM_ENVS_MAX)
		printk("param: too many variables: %s\n", word);
	else
		params.env[params.nenv++] = word;
}

static void word_parse(char *word)
{
	const char *value = "1";
	const struct param *p;
	char *equals;

	if (text_begins(word, "env.")) {
		env_add(word + 4);
		return;
	}
	for (equals = word; *equals && *equals != '=';)
		equals++;
	if (*equals) {
		*equals = '\0';
		value = equals + 1;
	}
	p = param_find(word);
	if (!p)
		printk("param: unknown: %s\n", word);
	else if (value_parse(p, value))
		given[p - table] = value;
	else
		printk("param: %s=%s is ignored: %s\n", word, value, p->help);
}

/* The next word of *@from, unescaped, to *@to; NULL at the end. */
static char *word_next(const char **from, char **to)
{
	const char *s = *from;
	bool quoted = false;
	char *word = *to;

	while (*s == ' ' || *s == '\t')
		s++;
	if (!*s)
		return NULL;
	for (; *s && (quoted || (*s != ' ' && *s != '\t')); s++) {
		if (*s == '"') {
			quoted = !quoted;
			continue;
		}
		if (*s == '\\' && s[1])
			s++;
		*(*to)++ = *s;
	}
	*from = s;
	*(*to)++ = '\0';
	return word;
}

/* Complaints, too, go where log= says, wherever in the line it stands. */
static void log_find(void)
{
	const char *from = bootinfo.cmdline;
	char *to = words, *word;

	while ((word = word_next(&from, &to)) && !text_equal(word, "--"))
		if (text_begins(word, "log="))
			params.log_channel = text_equal(word, "log=channel");
}

void param_init(void)
{
	const char *from = bootinfo.cmdline;
	bool arguments = false;
	char *to = words, *word;
	const struct param *p;

	for (p = table; p < table + NTABLE; p++)
		if (p->preset)
			value_parse(p, p->preset);
	log_find();
	while ((word = word_next(&from, &to))) {
		if (arguments)
			params.argv[params.argc++] = word;
		else if (!arguments && text_equal(word, "--"))
			arguments = true;
		else if (!arguments)
			word_parse(word);
	}
}

const char *param_string(const char *name)
{
	const struct param *p = param_find(name);

	if (!p)
		return NULL;
	return given[p - table] ? given[p - table] : p->preset;
}

const char *param_name(unsigned int i)
{
	return i < NTABLE ? table[i].name : NULL;
}

bool param_set(const char *name, const char *text)
{
	const struct param *p = param_find(name);
	const size_t n = text_length(text);
	char *copy;

	if (!p || n >= TEXT_MAX)
		return false;
	copy = later[p - table];
	/* A text is pointed to, whatever else is read. */
	if (p->type != PARAM_STRING && !value_parse(p, text))
		return false;
	memcpy(copy, text, n + 1);
	if (p->type == PARAM_STRING)
		value_parse(p, copy);
	given[p - table] = copy;
	return true;
}
