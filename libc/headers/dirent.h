/* SPDX-License-Identifier: MIT */
/* dirent.h - reading directories */
#ifndef HEADERS_DIRENT_H
#define HEADERS_DIRENT_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
	DT_UNKNOWN = 0,
	DT_FIFO = 1,
	DT_CHR = 2,
	DT_DIR = 4,
	DT_BLK = 6,
	DT_REG = 8,
	DT_LNK = 10,
	DT_SOCK = 12,
};
#define DT_UNKNOWN DT_UNKNOWN
#define DT_FIFO	   DT_FIFO
#define DT_CHR	   DT_CHR
#define DT_DIR	   DT_DIR
#define DT_BLK	   DT_BLK
#define DT_REG	   DT_REG
#define DT_LNK	   DT_LNK
#define DT_SOCK	   DT_SOCK

#define _DIRENT_HAVE_D_TYPE 1
#ifndef MAXNAMLEN
#define MAXNAMLEN 255
#endif

struct dirent {
	ino_t d_ino;
	unsigned char d_type;
	char d_name[256];
};
#define d_fileno d_ino

typedef struct libc_dir DIR;

DIR *opendir(const char *path);
DIR *fdopendir(int fd);
int closedir(DIR *dir);
struct dirent *readdir(DIR *dir);
int readdir_r(DIR *__restrict dir, struct dirent *__restrict buf,
	      struct dirent **__restrict found);
void rewinddir(DIR *dir);
void seekdir(DIR *dir, long place);
long telldir(DIR *dir);
int dirfd(DIR *dir);
int alphasort(const struct dirent **a, const struct dirent **b);
int scandir(const char *path, struct dirent ***names,
	    int (*choose)(const struct dirent *),
	    int (*compare)(const struct dirent **, const struct dirent **));

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_DIRENT_H */
