// SPDX-License-Identifier: MIT
/*
 * name.c - the parts of a path, and time from its parts, which newlib leaves
 * out
 */
#include <libgen.h>
#include <string.h>
#include <time.h>

/* Cut the slashes off the end of @path, but not the first letter. */
static char *cut_slashes(char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	return path;
}

char *basename(char *path)
{
	char *slash;

	if (!path || !*path)
		return ".";
	slash = strrchr(cut_slashes(path), '/');
	return slash && slash[1] ? slash + 1 : path;
}

char *dirname(char *path)
{
	char *slash;

	if (!path || !*path)
		return ".";
	slash = strrchr(cut_slashes(path), '/');
	if (!slash)
		return ".";
	slash[slash == path] = '\0';
	return cut_slashes(path);
}

/* Days from 1 January 1970 to 1 March of @year, years that begin in March. */
static long long days_to_march(long long year)
{
	const long long era = (year >= 0 ? year : year - 399) / 400;

	year -= era * 400;
	return era * 146097 + year * 365 + year / 4 - year / 100 - 719468;
}

time_t timegm(struct tm *tm)
{
	const long long months = tm->tm_year * 12LL + tm->tm_mon - 2;
	const long long march = (months >= 0 ? months : months - 11) / 12;
	const int month = (int)(months - march * 12);
	const long long days = days_to_march(march + 1900) +
			       (153 * month + 2) / 5 + tm->tm_mday - 1;
	const time_t time =
		(time_t)(((days * 24 + tm->tm_hour) * 60 + tm->tm_min) * 60 +
			 tm->tm_sec);

	return gmtime_r(&time, tm) ? time : (time_t)-1;
}
