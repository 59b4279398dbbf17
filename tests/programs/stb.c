// SPDX-License-Identifier: MIT
/*
 * stb.c - the stb libraries: decode pictures, rasterise a font, fill tables
 *
 *	stb picture FILE...	size and a checksum of the pixels
 *	stb font FILE TEXT	TEXT as letters of '.' to '@'
 *	stb tables N		hash maps and arrays
 *
 * Prints the same on every system.  On kgc pixels are noscan objects, and
 * nothing is freed there.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __kgc__
#include <kgc/kgc.h>
#define STBI_MALLOC(size)     kgc_alloc(size, KGC_NOSCAN | KGC_NOZERO)
#define STBI_REALLOC(p, size) grow(p, size)
#define STBI_FREE(p)	      ((void)(p))
#define STBTT_malloc(size, u) ((void)(u), kgc_alloc(size, 0))
#define STBTT_free(p, u)      ((void)(u), (void)(p))

static void *grow(void *p, size_t size)
{
	return p ? kgc_realloc(p, size) : STBI_MALLOC(size);
}
#endif

#define STB_IMAGE_IMPLEMENTATION
#define STBI_NO_SIMD
#define STBI_NO_HDR
#define STBI_NO_LINEAR
#include <stb/stb_image.h>
#define STB_TRUETYPE_IMPLEMENTATION
#include <stb/stb_truetype.h>
#define STB_DS_IMPLEMENTATION
#include <stb/stb_ds.h>

static uint32_t checksum(const unsigned char *p, size_t n)
{
	uint32_t a = 1, b = 0; /* Adler-32 */

	for (; n; n--, p++) {
		a = (a + *p) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

static int picture(const char *path)
{
	unsigned char *pixels;
	int w, h, n, round;

	for (round = 0; round < 3; round++) {
		pixels = stbi_load(path, &w, &h, &n, 0);
		if (!pixels) {
			printf("%s: %s\n", path, stbi_failure_reason());
			return 1;
		}
		printf("%s: %d x %d x %d, %08x\n", path, w, h, n,
		       (unsigned int)checksum(pixels, (size_t)w * h * n));
		stbi_image_free(pixels);
	}
	return 0;
}

static unsigned char *read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	unsigned char *data;
	long size;

	if (!f)
		return NULL;
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	data = malloc((size_t)size);
	if (data && fread(data, 1, (size_t)size, f) != (size_t)size)
		data = NULL;
	fclose(f);
	return data;
}

static int font(const char *path, const char *text)
{
	unsigned char *data = read_file(path), *bits;
	stbtt_fontinfo info;
	int w, h, x, y;

	if (!data || !stbtt_InitFont(&info, data, 0)) {
		printf("%s: no font\n", path);
		return 1;
	}
	for (; *text; text++) {
		bits = stbtt_GetCodepointBitmap(
			&info, 0, stbtt_ScaleForPixelHeight(&info, 20), *text,
			&w, &h, NULL, NULL);
		for (y = 0; y < h; y++) {
			for (x = 0; x < w; x++)
				putchar(" .:ioVM@"[bits[y * w + x] >> 5]);
			putchar('\n');
		}
		stbtt_FreeBitmap(bits, NULL);
	}
	return 0;
}

static int tables(int n)
{
	struct {
		char *key;
		int value;
	} *words = NULL;
	struct {
		int key, value;
	} *numbers = NULL;
	int *list = NULL, i;
	long long sum = 0;
	char name[20];

	sh_new_strdup(words);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "name %d", i % (n / 2 + 1));
		shput(words, name, i);
		hmput(numbers, i * 7919, i);
		arrput(list, i * 3);
		if (i % 3 == 0)
			hmdel(numbers, i / 3 * 7919);
	}
	for (i = 0; i < n; i++)
		sum += list[i] - hmget(numbers, i * 7919);
	printf("%d words, %d numbers, list of %d, sum %lld\n",
	       (int)shlen(words), (int)hmlen(numbers), (int)arrlen(list), sum);
	printf("name 17 is %d\n", shget(words, "name 17"));
	return 0;
}

int main(int argc, char **argv)
{
	int i, bad = 0;

	if (argc > 2 && !strcmp(argv[1], "picture"))
		for (i = 2; i < argc; i++)
			bad |= picture(argv[i]);
	else if (argc == 4 && !strcmp(argv[1], "font"))
		bad = font(argv[2], argv[3]);
	else if (argc == 3 && !strcmp(argv[1], "tables"))
		bad = tables(atoi(argv[2]));
	else
		bad = 2;
	return bad;
}
