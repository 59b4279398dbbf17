// SPDX-License-Identifier: MIT
/*
 * files_test.c - files and directories, against POSIX alone
 *
 * Each case works in /tmp/t, which it finds empty and leaves empty.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utime.h>

#include <kgc/kgc.h>
#include <tests/ktest.h>

/* @call fails, and with @error. */
#define EXPECT_ERROR(call, error)             \
	do {                                  \
		errno = 0;                    \
		EXPECT_EQ((long)(call), -1L); \
		EXPECT_EQ(errno, error);      \
	} while (0)

static void begin(void)
{
	EXPECT_EQ(mkdir("/tmp/t", 0755), 0);
	EXPECT_EQ(chdir("/tmp/t"), 0);
}

static void end(void)
{
	EXPECT_EQ(chdir("/"), 0);
	EXPECT_EQ(rmdir("/tmp/t"), 0);
}

static void write_file(const char *path, const char *text)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	EXPECT(fd >= 0);
	EXPECT_EQ(write(fd, text, strlen(text)), strlen(text));
	EXPECT_EQ(close(fd), 0);
}

static void expect_file(const char *path, const char *text)
{
	const int fd = open(path, O_RDONLY);
	char buf[100] = "";

	EXPECT(fd >= 0);
	EXPECT_EQ(read(fd, buf, sizeof(buf) - 1), strlen(text));
	EXPECT_STR(buf, text);
	EXPECT_EQ(close(fd), 0);
}

KTEST(libc_files, open_creates_cuts_and_refuses)
{
	int fd;

	begin();
	EXPECT_ERROR(open("a", O_RDWR), ENOENT);
	EXPECT_ERROR(open("", O_RDWR | O_CREAT, 0644), ENOENT);
	EXPECT_ERROR(open("no/a", O_RDWR | O_CREAT, 0644), ENOENT);
	fd = open("a", O_RDWR | O_CREAT | O_EXCL, 0644);
	ASSERT(fd > 2);
	EXPECT_EQ(close(fd), 0);
	EXPECT_ERROR(close(fd), EBADF);
	EXPECT_ERROR(open("a", O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
	EXPECT_ERROR(open("a", O_RDONLY | O_DIRECTORY), ENOTDIR);
	EXPECT_ERROR(open("a/b", O_RDONLY), ENOTDIR);
	EXPECT_ERROR(open("a/", O_RDONLY), ENOTDIR);
	EXPECT_ERROR(open("/tmp/t", O_WRONLY), EISDIR);
	EXPECT_ERROR(open("/tmp/t", O_RDWR | O_CREAT, 0644), EISDIR);
	write_file("a", "text");
	expect_file("a", "text");
	write_file("a", "");
	expect_file("a", "");
	EXPECT_EQ(unlink("a"), 0);
	end();
}

KTEST(libc_files, descriptors_are_for_what_they_were_opened_for)
{
	char byte = 'x';
	int fd;

	begin();
	write_file("a", "abc");
	fd = open("a", O_RDONLY);
	EXPECT_ERROR(write(fd, &byte, 1), EBADF);
	EXPECT_ERROR(ftruncate(fd, 0), EINVAL);
	EXPECT_EQ(close(fd), 0);
	fd = open("a", O_WRONLY);
	EXPECT_ERROR(read(fd, &byte, 1), EBADF);
	EXPECT_EQ(close(fd), 0);
	fd = open(".", O_RDONLY);
	EXPECT_ERROR(read(fd, &byte, 1), EISDIR);
	EXPECT_EQ(close(fd), 0);
	EXPECT_ERROR(read(-1, &byte, 1), EBADF);
	EXPECT_ERROR(write(9999, &byte, 1), EBADF);
	EXPECT_ERROR(lseek(200, 0, SEEK_SET), EBADF);
	EXPECT_ERROR(fsync(-1), EBADF);
	EXPECT_EQ(unlink("a"), 0);
	end();
}

KTEST(libc_files, seek_leaves_holes_of_zeros)
{
	char buf[20];
	struct stat st;
	int fd, i;

	begin();
	fd = open("a", O_RDWR | O_CREAT, 0644);
	ASSERT(fd > 2);
	EXPECT_EQ(write(fd, "head", 4), 4);
	EXPECT_EQ(lseek(fd, 10, SEEK_SET), 10);
	EXPECT_EQ(fstat(fd, &st), 0);
	EXPECT_EQ(st.st_size, 4);
	EXPECT_EQ(read(fd, buf, 1), 0);
	EXPECT_EQ(write(fd, "tail", 4), 4);
	EXPECT_EQ(lseek(fd, 0, SEEK_END), 14);
	EXPECT_EQ(lseek(fd, -4, SEEK_CUR), 10);
	EXPECT_EQ(read(fd, buf, sizeof(buf)), 4);
	EXPECT(!memcmp(buf, "tail", 4));
	EXPECT_EQ(pread(fd, buf, sizeof(buf), 2), 12);
	EXPECT(!memcmp(buf, "ad\0\0\0\0\0\0tail", 12));
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 14);
	EXPECT_ERROR(lseek(fd, -1, SEEK_SET), EINVAL);
	EXPECT_ERROR(lseek(fd, 0, 77), EINVAL);
	EXPECT_EQ(ftruncate(fd, 3), 0);
	EXPECT_EQ(ftruncate(fd, 12), 0);
	EXPECT_EQ(pread(fd, buf, sizeof(buf), 0), 12);
	EXPECT(!memcmp(buf, "hea", 3));
	for (i = 3; i < 12; i++)
		EXPECT_EQ(buf[i], 0);
	EXPECT_ERROR(ftruncate(fd, -1), EINVAL);
	EXPECT_EQ(close(fd), 0);
	EXPECT_EQ(truncate("a", 1), 0);
	expect_file("a", "h");
	EXPECT_ERROR(truncate("b", 1), ENOENT);
	EXPECT_ERROR(truncate(".", 1), EISDIR);
	EXPECT_EQ(unlink("a"), 0);
	end();
}

KTEST(libc_files, append_writes_at_the_end)
{
	int a, b;

	begin();
	a = open("a", O_WRONLY | O_CREAT | O_APPEND, 0644);
	b = open("a", O_WRONLY | O_APPEND);
	EXPECT_EQ(write(a, "1", 1), 1);
	EXPECT_EQ(write(b, "2", 1), 1);
	EXPECT_EQ(lseek(a, 0, SEEK_SET), 0);
	EXPECT_EQ(write(a, "3", 1), 1);
	EXPECT_EQ(close(a), 0);
	EXPECT_EQ(close(b), 0);
	expect_file("a", "123");
	EXPECT_EQ(unlink("a"), 0);
	end();
}

KTEST(libc_files, positioned_and_gathered_transfers)
{
	struct iovec v[3] = { { "one ", 4 }, { "", 0 }, { "two", 3 } };
	char left[4], right[10];
	int fd;

	begin();
	fd = open("a", O_RDWR | O_CREAT, 0644);
	EXPECT_EQ(writev(fd, v, 3), 7);
	EXPECT_EQ(pwrite(fd, "T", 1, 4), 1);
	EXPECT_EQ(lseek(fd, 0, SEEK_SET), 0);
	v[0].iov_base = left;
	v[2].iov_base = right;
	v[2].iov_len = sizeof(right);
	EXPECT_EQ(readv(fd, v, 3), 7);
	EXPECT(!memcmp(left, "one ", 4));
	EXPECT(!memcmp(right, "Two", 3));
	EXPECT_ERROR(pread(fd, left, 1, -1), EINVAL);
	EXPECT_ERROR(pwrite(fd, left, 1, -1), EINVAL);
	EXPECT_ERROR(readv(fd, v, -1), EINVAL);
	EXPECT_ERROR(pread(1, left, 1, 0), ESPIPE);
	EXPECT_ERROR(lseek(1, 0, SEEK_SET), ESPIPE);
	EXPECT_EQ(close(fd), 0);
	EXPECT_EQ(unlink("a"), 0);
	end();
}

KTEST(libc_files, what_is_unlinked_lives_while_it_is_open)
{
	char buf[10];
	struct stat st;
	int fd;

	begin();
	write_file("a", "still");
	fd = open("a", O_RDWR);
	EXPECT_EQ(unlink("a"), 0);
	EXPECT_ERROR(stat("a", &st), ENOENT);
	EXPECT_ERROR(unlink("a"), ENOENT);
	kgc_collect();
	EXPECT_EQ(read(fd, buf, sizeof(buf)), 5);
	EXPECT(!memcmp(buf, "still", 5));
	EXPECT_EQ(fstat(fd, &st), 0);
	EXPECT_EQ(st.st_nlink, 0);
	EXPECT_EQ(close(fd), 0);
	EXPECT_ERROR(unlink("/tmp"), EPERM);
	EXPECT_ERROR(unlink("no/a"), ENOENT);
	EXPECT_ERROR(unlink(""), ENOENT);
	end();
}

KTEST(libc_files, contents_survive_collections)
{
	enum { N = 300000 };
	unsigned int i, good = 0, v;
	FILE *f;

	begin();
	f = fopen("a", "w+");
	ASSERT(f);
	for (i = 0; i < N; i++) {
		fwrite(&i, sizeof(i), 1, f);
		if (i % (N / 5) == 0)
			kgc_collect();
	}
	rewind(f);
	for (i = 0; i < N; i++)
		good += fread(&v, sizeof(v), 1, f) == 1 && v == i;
	EXPECT_EQ(good, N);
	EXPECT_EQ(fclose(f), 0);
	EXPECT_EQ(remove("a"), 0);
	end();
}

KTEST(libc_files, links)
{
	struct stat a, b;

	begin();
	write_file("a", "shared");
	EXPECT_EQ(link("a", "b"), 0);
	EXPECT_EQ(stat("a", &a), 0);
	EXPECT_EQ(lstat("b", &b), 0);
	EXPECT_EQ(a.st_nlink, 2);
	EXPECT_EQ(a.st_ino, b.st_ino);
	EXPECT_ERROR(link("a", "b"), EEXIST);
	EXPECT_ERROR(link("no", "c"), ENOENT);
	EXPECT_ERROR(link("/tmp/t", "c"), EPERM);
	EXPECT_EQ(rename("a", "b"), 0); /* the same file: nothing happens */
	EXPECT_EQ(unlink("a"), 0);
	expect_file("b", "shared");
	EXPECT_ERROR(readlink("b", (char[8]){ 0 }, 8), EINVAL);
	EXPECT_ERROR(readlink("a", (char[8]){ 0 }, 8), ENOENT);
	EXPECT_EQ(unlink("b"), 0);
	end();
}

KTEST(libc_files, rename_of_files)
{
	begin();
	write_file("a", "A");
	write_file("b", "B");
	EXPECT_EQ(rename("a", "c"), 0);
	expect_file("c", "A");
	EXPECT_ERROR(open("a", O_RDONLY), ENOENT);
	EXPECT_EQ(rename("b", "/tmp/t/c"), 0);
	expect_file("c", "B");
	EXPECT_EQ(rename("c", "c"), 0);
	EXPECT_ERROR(rename("a", "d"), ENOENT);
	EXPECT_ERROR(rename("c", "no/d"), ENOENT);
	EXPECT_ERROR(rename("c", "/tmp"), EISDIR);
	EXPECT_ERROR(rename("c", "d/"), ENOTDIR);
	EXPECT_EQ(unlink("c"), 0);
	end();
}

KTEST(libc_files, rename_of_directories)
{
	struct stat st;

	begin();
	EXPECT_EQ(mkdir("a", 0700), 0);
	EXPECT_EQ(mkdir("a/sub", 0700), 0);
	EXPECT_EQ(mkdir("b", 0700), 0);
	write_file("f", "");
	EXPECT_ERROR(rename("a", "f"), ENOTDIR);
	EXPECT_ERROR(rename("f", "a"), EISDIR);
	EXPECT_ERROR(rename("b", "a"), ENOTEMPTY);
	EXPECT_ERROR(rename("a", "a/sub/x"), EINVAL);
	EXPECT_EQ(rename("a", "b"), 0);
	EXPECT_EQ(stat("b/sub/..", &st), 0);
	EXPECT_EQ(st.st_nlink, 3);
	EXPECT_ERROR(stat("a", &st), ENOENT);
	EXPECT_EQ(rename("b/sub", "s"), 0);
	EXPECT_EQ(stat("s/../f", &st), 0);
	EXPECT_EQ(rmdir("s"), 0);
	EXPECT_EQ(remove("b"), 0);
	EXPECT_EQ(remove("f"), 0);
	end();
}

KTEST(libc_files, directories_are_made_and_removed)
{
	struct stat st;

	begin();
	EXPECT_EQ(mkdir("d", 0750), 0);
	EXPECT_EQ(stat("d", &st), 0);
	EXPECT(S_ISDIR(st.st_mode));
	EXPECT_EQ(st.st_mode & 0777, 0750);
	EXPECT_ERROR(mkdir("d", 0755), EEXIST);
	EXPECT_ERROR(mkdir("/", 0755), EEXIST);
	EXPECT_ERROR(mkdir("no/d", 0755), ENOENT);
	EXPECT_EQ(mkdir("d/e/", 0755), 0);
	EXPECT_ERROR(rmdir("d"), ENOTEMPTY);
	EXPECT_ERROR(rmdir("d/."), EINVAL);
	EXPECT_ERROR(rmdir("d/e/.."), ENOTEMPTY);
	EXPECT_ERROR(rmdir("/"), EBUSY);
	EXPECT_ERROR(rmdir("no"), ENOENT);
	write_file("f", "");
	EXPECT_ERROR(rmdir("f"), ENOTDIR);
	EXPECT_EQ(unlink("f"), 0);
	EXPECT_EQ(rmdir("d/e"), 0);
	EXPECT_EQ(rmdir("d"), 0);
	end();
}

KTEST(libc_files, a_removed_working_directory)
{
	char buf[64];

	begin();
	EXPECT_EQ(mkdir("d", 0755), 0);
	EXPECT_EQ(chdir("d"), 0);
	EXPECT_STR(getcwd(buf, sizeof(buf)), "/tmp/t/d");
	EXPECT_EQ(rmdir("/tmp/t/d"), 0);
	kgc_collect();
	errno = 0;
	EXPECT(!getcwd(buf, sizeof(buf)));
	EXPECT_EQ(errno, ENOENT);
	EXPECT_ERROR(open("x", O_WRONLY | O_CREAT, 0644), ENOENT);
	EXPECT_EQ(chdir(".."), 0);
	EXPECT_STR(getcwd(buf, sizeof(buf)), "/tmp/t");
	end();
}

KTEST(libc_files, working_directory_and_paths)
{
	char buf[PATH_MAX], *text;
	int fd;

	begin();
	EXPECT_STR(getcwd(buf, sizeof(buf)), "/tmp/t");
	errno = 0;
	EXPECT(!getcwd(buf, 6));
	EXPECT_EQ(errno, ERANGE);
	errno = 0;
	EXPECT(!getcwd(buf, 0));
	EXPECT_EQ(errno, EINVAL);
	text = getcwd(NULL, 0);
	EXPECT_STR(text, "/tmp/t");
	free(text);
	EXPECT_ERROR(chdir("no"), ENOENT);
	write_file("f", "");
	EXPECT_ERROR(chdir("f"), ENOTDIR);
	EXPECT_STR(realpath("./../t//f", buf), "/tmp/t/f");
	EXPECT_STR(realpath("..", buf), "/tmp");
	EXPECT_STR(realpath("../..", buf), "/");
	errno = 0;
	EXPECT(!realpath("no", buf));
	EXPECT_EQ(errno, ENOENT);
	fd = open("/tmp", O_RDONLY | O_DIRECTORY);
	EXPECT_EQ(fchdir(fd), 0);
	EXPECT_STR(getcwd(buf, sizeof(buf)), "/tmp");
	EXPECT_EQ(faccessat(fd, "t/f", R_OK, 0), 0);
	EXPECT_EQ(unlinkat(fd, "t/f", 0), 0);
	EXPECT_ERROR(unlinkat(fd, "t/f", 0), ENOENT);
	EXPECT_EQ(close(fd), 0);
	EXPECT_ERROR(openat(fd, "t/f", O_RDONLY), EBADF);
	end();
}

KTEST(libc_files, names_that_are_too_long)
{
	static char name[NAME_MAX + 2], path[2 * PATH_MAX];
	struct stat st;
	int fd, i;

	begin();
	memset(name, 'n', NAME_MAX + 1);
	EXPECT_ERROR(open(name, O_WRONLY | O_CREAT, 0644), ENAMETOOLONG);
	EXPECT_ERROR(mkdir(name, 0755), ENAMETOOLONG);
	EXPECT_ERROR(stat(name, &st), ENAMETOOLONG);
	name[NAME_MAX] = '\0';
	fd = open(name, O_WRONLY | O_CREAT, 0644);
	EXPECT(fd > 2);
	EXPECT_EQ(close(fd), 0);
	EXPECT_EQ(unlink(name), 0);
	for (i = 0; i < PATH_MAX; i++)
		strcpy(path + i, i % 2 ? "/" : ".");
	EXPECT_ERROR(stat(path, &st), ENAMETOOLONG);
	path[PATH_MAX - 1] = '\0';
	EXPECT_EQ(stat(path, &st), 0);
	end();
}

KTEST(libc_files, reading_a_directory)
{
	static const char *const names[] = { "one", "two", "three", "four" };
	struct dirent *entry, **list;
	unsigned int seen = 0, i;
	DIR *dir;
	long at;

	begin();
	for (i = 0; i < 4; i++)
		write_file(names[i], "");
	dir = opendir(".");
	ASSERT(dir);
	while ((entry = readdir(dir))) {
		for (i = 0; i < 4; i++)
			if (!strcmp(entry->d_name, names[i])) {
				seen |= 1u << i;
				EXPECT_EQ(entry->d_type, DT_REG);
				/* Removing what was read hides no other. */
				EXPECT_EQ(unlink(names[i]), 0);
			}
		if (entry->d_name[0] == '.')
			seen += 16;
	}
	EXPECT_EQ(seen, 15 + 32);
	rewinddir(dir);
	EXPECT_STR(readdir(dir)->d_name, ".");
	at = telldir(dir);
	EXPECT_STR(readdir(dir)->d_name, "..");
	seekdir(dir, at);
	EXPECT_STR(readdir(dir)->d_name, "..");
	errno = 0;
	EXPECT(!readdir(dir));
	EXPECT_EQ(errno, 0);
	EXPECT_EQ(closedir(dir), 0);
	EXPECT_EQ(scandir("/tmp/t", &list, NULL, alphasort), 2);
	EXPECT_STR(list[0]->d_name, ".");
	errno = 0;
	EXPECT(!opendir("no"));
	EXPECT_EQ(errno, ENOENT);
	write_file("f", "");
	EXPECT(!opendir("f"));
	EXPECT_EQ(errno, ENOTDIR);
	EXPECT_EQ(unlink("f"), 0);
	end();
}

KTEST(libc_files, a_directory_of_thousands)
{
	enum { N = 2000 };
	struct stat st;
	char name[16];
	int i, n = 0;
	DIR *dir;

	begin();
	for (i = 0; i < N; i++) {
		sprintf(name, "f%d", i);
		write_file(name, name);
	}
	dir = opendir(".");
	while (readdir(dir))
		n++;
	EXPECT_EQ(closedir(dir), 0);
	EXPECT_EQ(n, N + 2);
	for (i = N - 1; i >= 0; i--) {
		sprintf(name, "f%d", i);
		n -= stat(name, &st) == 0 && unlink(name) == 0;
	}
	EXPECT_EQ(n, 2);
	end();
}

KTEST(libc_files, duplicates_share_a_place)
{
	int a, b, c;

	begin();
	a = open("a", O_RDWR | O_CREAT, 0644);
	b = dup(a);
	EXPECT_EQ(write(a, "12", 2), 2);
	EXPECT_EQ(write(b, "34", 2), 2);
	EXPECT_EQ(dup2(a, 77), 77);
	EXPECT_EQ(lseek(77, 0, SEEK_CUR), 4);
	EXPECT_EQ(dup2(a, a), a);
	c = fcntl(a, F_DUPFD, 100);
	EXPECT_EQ(c, 100);
	EXPECT_EQ(close(a), 0);
	EXPECT_EQ(close(b), 0);
	EXPECT_EQ(write(c, "5", 1), 1);
	EXPECT_EQ(close(c), 0);
	EXPECT_EQ(close(77), 0);
	EXPECT_ERROR(dup(a), EBADF);
	EXPECT_ERROR(dup2(a, 5), EBADF);
	EXPECT_ERROR(dup2(1, -1), EBADF);
	EXPECT_ERROR(dup2(1, 1 << 20), EBADF);
	expect_file("a", "12345");
	EXPECT_EQ(unlink("a"), 0);
	end();
}

KTEST(libc_files, flags_and_locks)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd;

	begin();
	fd = open("a", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(fd, F_SETFD, 0), 0);
	EXPECT_EQ(fcntl(fd, F_GETFD), 0);
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	EXPECT_EQ(fcntl(fd, F_SETFL, O_APPEND), 0);
	EXPECT_EQ(fcntl(fd, F_GETFL), O_RDWR | O_APPEND);
	EXPECT_EQ(fcntl(fd, F_SETLK, &lock), 0);
	EXPECT_EQ(fcntl(fd, F_GETLK, &lock), 0);
	EXPECT_EQ(lock.l_type, F_UNLCK);
	EXPECT_ERROR(fcntl(fd, 12345), EINVAL);
	EXPECT_ERROR(fcntl(fd, F_DUPFD, -1), EINVAL);
	EXPECT_EQ(fsync(fd), 0);
	EXPECT_EQ(close(fd), 0);
	EXPECT_ERROR(fcntl(fd, F_GETFL), EBADF);
	EXPECT_EQ(unlink("a"), 0);
	end();
}

KTEST(libc_files, descriptors_run_out)
{
	int fds[2000], n, fd = 0;

	begin();
	for (n = 0; n < 2000 && fd >= 0; n++) {
		fd = open("/dev/null", O_RDONLY);
		fds[n] = fd;
	}
	EXPECT_EQ(errno, EMFILE);
	EXPECT(n > 250);
	EXPECT_ERROR(dup(1), EMFILE);
	for (n--; n > 0; n--)
		EXPECT_EQ(close(fds[n - 1]), 0);
	end();
}

KTEST(libc_files, modes_owners_and_times)
{
	const struct timespec times[2] = { { 111, 0 }, { 222, 5 } };
	const struct timespec bad[2] = { { 0, 1000000000 }, { 0, 0 } };
	struct stat st;
	mode_t mask;

	begin();
	mask = umask(027);
	EXPECT_EQ(umask(027), 027);
	write_file("a", "x");
	EXPECT_EQ(stat("a", &st), 0);
	EXPECT_EQ(st.st_mode, S_IFREG | 0640);
	umask(mask);
	EXPECT_EQ(st.st_mtime - time(NULL) < 3, 1);
	EXPECT_EQ(access("a", R_OK | W_OK), 0);
	EXPECT_ERROR(access("a", X_OK), EACCES);
	EXPECT_EQ(chmod("a", 0755), 0);
	EXPECT_EQ(access("a", X_OK), 0);
	EXPECT_ERROR(access("b", F_OK), ENOENT);
	EXPECT_EQ(chown("a", 5, 6), 0);
	EXPECT_EQ(utimensat(AT_FDCWD, "a", times, 0), 0);
	EXPECT_EQ(stat("a", &st), 0);
	EXPECT_EQ(st.st_mode & 07777, 0755);
	EXPECT_EQ(st.st_uid, 5);
	EXPECT_EQ(st.st_gid, 6);
	EXPECT_EQ(st.st_atime, 111);
	EXPECT_EQ(st.st_mtime, 222);
	EXPECT_ERROR(utimensat(AT_FDCWD, "a", bad, 0), EINVAL);
	EXPECT_EQ(utime("a", &(struct utimbuf){ 1, 2 }), 0);
	EXPECT_EQ(stat("a", &st), 0);
	EXPECT_EQ(st.st_mtime, 2);
	EXPECT_EQ(utimes("a", NULL), 0);
	EXPECT_EQ(stat("a", &st), 0);
	EXPECT(st.st_mtime > 1000000);
	EXPECT_ERROR(utime("b", NULL), ENOENT);
	EXPECT_ERROR(chmod("b", 0), ENOENT);
	EXPECT_EQ(unlink("a"), 0);
	end();
}

KTEST(libc_files, temporary_files)
{
	char name[] = "/tmp/t/XXXXXX", text[10] = "";
	FILE *f;
	int fd;

	begin();
	fd = mkstemp(name);
	ASSERT(fd > 2);
	EXPECT_EQ(write(fd, "tmp", 3), 3);
	EXPECT_EQ(close(fd), 0);
	expect_file(name, "tmp");
	EXPECT_EQ(unlink(name), 0);
	f = tmpfile();
	ASSERT(f);
	EXPECT(fputs("inside", f) >= 0);
	rewind(f);
	EXPECT(fgets(text, sizeof(text), f));
	EXPECT_STR(text, "inside");
	EXPECT_EQ(fclose(f), 0);
	end();
}

KTEST(libc_files, lines)
{
	char *line = NULL;
	size_t room = 0;
	FILE *f;

	begin();
	write_file("a", "one\n\nlast");
	f = fopen("a", "r");
	ASSERT(f);
	EXPECT_EQ(getline(&line, &room, f), 4);
	EXPECT_STR(line, "one\n");
	EXPECT_EQ(getline(&line, &room, f), 1);
	EXPECT_EQ(getdelim(&line, &room, 's', f), 3);
	EXPECT_STR(line, "las");
	EXPECT_EQ(getline(&line, &room, f), 1);
	EXPECT_STR(line, "t");
	EXPECT_EQ(getline(&line, &room, f), -1);
	free(line);
	EXPECT_EQ(fclose(f), 0);
	EXPECT_EQ(unlink("a"), 0);
	end();
}

KTEST(libc_files, a_file_larger_than_memory)
{
	struct stat st;
	int fd;

	begin();
	fd = open("a", O_RDWR | O_CREAT, 0644);
	ASSERT(fd > 2);
	EXPECT_EQ(write(fd, "kept", 4), 4);
	EXPECT_ERROR(ftruncate(fd, INT_MAX), ENOSPC);
	EXPECT_EQ(lseek(fd, INT_MAX - 8, SEEK_SET), INT_MAX - 8);
	EXPECT_ERROR(write(fd, "x", 1), ENOSPC);
	EXPECT_EQ(fstat(fd, &st), 0);
	EXPECT_EQ(st.st_size, 4);
	EXPECT_EQ(close(fd), 0);
	expect_file("a", "kept");
	EXPECT_EQ(unlink("a"), 0);
	end();
}

KTEST(libc_files, files_of_the_initrd_can_be_changed)
{
	static const char path[] = "/cpython-startup.hg";
	struct stat st;
	char buf[8];
	int fd;

	if (stat(path, &st) != 0) {
		ktest_skip("no such file in the initrd");
		return;
	}
	fd = open(path, O_RDWR);
	ASSERT(fd > 2);
	EXPECT_EQ(read(fd, buf, 8), 8);
	EXPECT(!memcmp(buf, "HGRAPH1\n", 8));
	EXPECT_EQ(pwrite(fd, "X", 1, 1), 1);
	EXPECT_EQ(pread(fd, buf, 8, 0), 8);
	EXPECT(!memcmp(buf, "HXRAPH1\n", 8));
	EXPECT_EQ(lseek(fd, 0, SEEK_END), st.st_size);
	EXPECT_EQ(pwrite(fd, "G", 1, 1), 1);
	EXPECT_EQ(close(fd), 0);
}

KTEST(libc_files, devices)
{
	unsigned char a[64], b[64] = { 1 };
	struct stat st;
	int fd;

	fd = open("/dev/null", O_RDWR);
	EXPECT_EQ(write(fd, "gone", 4), 4);
	EXPECT_EQ(read(fd, a, sizeof(a)), 0);
	EXPECT(!isatty(fd));
	EXPECT_EQ(errno, ENOTTY);
	EXPECT_EQ(fstat(fd, &st), 0);
	EXPECT(S_ISCHR(st.st_mode));
	EXPECT_EQ(close(fd), 0);
	fd = open("/dev/zero", O_RDONLY);
	memset(a, 7, sizeof(a));
	EXPECT_EQ(read(fd, a, sizeof(a)), sizeof(a));
	EXPECT(a[0] == 0 && a[63] == 0);
	EXPECT_EQ(close(fd), 0);
	fd = open("/dev/urandom", O_RDONLY);
	EXPECT_EQ(read(fd, a, sizeof(a)), sizeof(a));
	EXPECT_EQ(getentropy(b, sizeof(b)), 0);
	EXPECT(memcmp(a, b, sizeof(a)) != 0);
	EXPECT_ERROR(getentropy(a, 257), EIO);
	EXPECT_EQ(close(fd), 0);
	fd = open("/dev/full", O_WRONLY);
	EXPECT_ERROR(write(fd, "x", 1), ENOSPC);
	EXPECT_EQ(close(fd), 0);
	fd = open("/dev/stdout", O_WRONLY);
	EXPECT(fd > 2);
	EXPECT_EQ(close(fd), 0);
	fd = open("/dev/console", O_RDWR);
	EXPECT_EQ(write(fd, "", 0), 0);
	EXPECT_EQ(close(fd), 0);
}

KTEST(libc_files, private_memory)
{
	char *p = mmap(NULL, 10000, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT(p != MAP_FAILED);
	EXPECT_EQ((uintptr_t)p % 4096, 0);
	EXPECT_EQ(p[0] + p[9999], 0);
	p[9999] = 1;
	EXPECT_EQ(munmap(p, 10000), 0);
	errno = 0;
	EXPECT(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	       MAP_FAILED);
	EXPECT_EQ(errno, EINVAL);
	EXPECT(mmap(NULL, 10, PROT_READ, MAP_PRIVATE, 1, 0) == MAP_FAILED);
	EXPECT_EQ(errno, ENODEV);
	EXPECT_ERROR(munmap((void *)&errno, 10), EINVAL);
	EXPECT(sbrk(1) == (void *)-1);
	EXPECT_EQ(errno, ENOMEM);
}
