/* The queries:
 *
 *     get KEY AGE        an empty line after it
 *     put KEY            likewise, and then the octets
 *
 * A file holds a line that says whose it is and how long, so that none of others is ever read or removed and none that was cut is believed; then what
 * was put. */
#include "net/cache.h"

#include "base/text.h"
#include "net/fields.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_(text) (text)

enum {
    KEY_MAX = 200,
    MARK_MAX = 40, /* octets of the first line */
    NAME_MAX_TRIES = 64,
};

static const char mark[] = "dcvready-cache 1 ";
static const char begun[] = ".new-"; /* how the names of files begin that are being written: no key does */

struct dcv_cache {
    char *dir;    /* NULL: there is none */
    bool tidied;  /* what is too old was removed */
    unsigned written;
};

/* ---- queries ------------------------------------------------------------------------------------------------------------------------ */

struct dcv_endpoint dcv_cache_endpoint(void)
{
    return (struct dcv_endpoint){.host = "127.0.0.1", .port = 1, .protocol = DCV_PROTO_CACHE};
}

static bool is_key(const char *text)
{
    const size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-");
    return len != 0 && len <= KEY_MAX && text[len] == '\0' && text[0] != '.';
}

enum dcv_status dcv_cache_get(const char *key, unsigned age_s, struct dcv_buf *query)
{
    if (!is_key(key))
        return DCV_ERR_USAGE;
    dcv_buf_printf(query, "get %s %u\n\n", key, age_s);
    return query->failed ? DCV_ERR_NOMEM : DCV_OK;
}

enum dcv_status dcv_cache_put(const char *key, const void *data, size_t len, struct dcv_buf *query)
{
    if (!is_key(key) || len > DCV_CACHE_MAX)
        return DCV_ERR_USAGE;
    dcv_fields_put(query, "put", key);
    dcv_buf_putc(query, '\n');
    dcv_buf_put(query, data, len);
    return query->failed ? DCV_ERR_NOMEM : DCV_OK;
}

struct request {
    bool put;
    char key[KEY_MAX + 1];
    long age_s;
    const uint8_t *data;
    size_t len;
};

/* "KEY AGE" of a get; of a put the key alone. */
static bool take_words(const char *words, struct request *out)
{
    const size_t len = strcspn(words, " ");
    if (len > KEY_MAX || (out->put ? words[len] != '\0' : words[len] != ' '))
        return false;
    memcpy(out->key, words, len);
    out->key[len] = '\0';
    return is_key(out->key) && (out->put || dcv_text_number(words + len + 1, 0, UINT_MAX, &out->age_s));
}

static bool read_request(const struct dcv_exchange *exchange, struct request *out)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_cursor cursor;
    if (arena == NULL)
        return false;
    *out = (struct request){0};
    dcv_cursor_init(&cursor, exchange->query, exchange->query_len);
    const char *words = dcv_fields_take(&cursor, arena, "get");
    out->put = words == NULL;
    if (words == NULL)
        words = dcv_fields_take(&cursor, arena, "put");
    const bool good = dcv_fields_end(&cursor) && words != NULL && take_words(words, out);
    out->data = cursor.at;
    out->len = dcv_cursor_left(&cursor);
    dcv_arena_free(arena);
    return good && (out->put ? out->len <= DCV_CACHE_MAX : out->len == 0);
}

/* ---- the directory ------------------------------------------------------------------------------------------------------------------ */

static enum dcv_exchange_end failed(struct dcv_exchange *exchange, const char *what, int error)
{
    dcv_exchange_why(exchange, what, error != 0 ? strerrordesc_np(error) : NULL);
    return DCV_EXCHANGE_FAILED;
}

/* With all that is missing above it. False: see errno. */
static bool make_directory(const char *dir)
{
    char path[PATH_MAX];
    const size_t len = strlen(dir);
    if (len >= sizeof path) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(path, dir, len + 1);
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        const char kept = path[i];
        path[i] = '\0';
        if (mkdir(path, S_IRWXU) != 0 && errno != EEXIST)
            return false;
        path[i] = kept;
    }
    return true;
}

/* A directory to which others may write is none for what others are not to see, nor for what is believed. -1: see errno. */
static int open_directory(const struct dcv_cache *cache)
{
    struct stat seen;
    const int fd = open(cache->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (fstat(fd, &seen) == 0 && seen.st_uid == geteuid() && (seen.st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return fd;
    (void)close(fd);
    errno = EPERM;
    return -1;
}

/* ---- files -------------------------------------------------------------------------------------------------------------------------- */

/* One that we may have written; -1: there is none. */
static int open_file(int dir, const char *name, struct stat *out)
{
    const int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (fstat(fd, out) == 0 && S_ISREG(out->st_mode) && out->st_uid == geteuid() && out->st_nlink == 1
        && out->st_size <= DCV_CACHE_MAX + MARK_MAX)
        return fd;
    (void)close(fd);
    return -1;
}

/* As many octets as there are, up to `room`; false: it cannot be read. */
static bool read_up_to(int fd, char *out, size_t room, size_t *len)
{
    *len = 0;
    while (*len < room) {
        const ssize_t got = read(fd, out + *len, room - *len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        *len += (size_t)got;
    }
    return true;
}

static bool write_all(int fd, const void *data, size_t len)
{
    for (size_t done = 0; done < len;) {
        const ssize_t wrote = write(fd, (const char *)data + done, len - done);
        if (wrote < 0 && errno != EINTR)
            return false;
        if (wrote > 0)
            done += (size_t)wrote;
    }
    return true;
}

static size_t put_mark(char out[MARK_MAX], size_t len)
{
    return (size_t)snprintf(out, MARK_MAX, "%s%zu\n", mark, len);
}

/* The octets of a whole file of ours: those after its first line. NULL: it is none. */
static const char *content_of(const char *data, size_t len, size_t *content_len)
{
    char expected[MARK_MAX];
    const char *end = memchr(data, '\n', len < MARK_MAX ? len : MARK_MAX);
    if (end == NULL)
        return NULL;
    *content_len = len - (size_t)(end + 1 - data);
    return put_mark(expected, *content_len) == (size_t)(end + 1 - data) && memcmp(expected, data, (size_t)(end + 1 - data)) == 0 ? end + 1 : NULL;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------------ */

static enum dcv_exchange_end take_content(struct dcv_exchange *exchange, const char *data, size_t len)
{
    size_t content_len = 0;
    const char *content = content_of(data, len, &content_len);
    if (content == NULL)
        return failed(exchange, N_("the file of the cache is damaged"), 0);
    exchange->answer = malloc(content_len + 1);
    if (exchange->answer == NULL)
        return DCV_EXCHANGE_FAILED;
    memcpy(exchange->answer, content, content_len);
    exchange->answer_len = content_len;
    return DCV_EXCHANGE_ANSWER;
}

static enum dcv_exchange_end read_file(struct dcv_exchange *exchange, int fd, const struct stat *seen)
{
    size_t len = 0;
    char *data = malloc((size_t)seen->st_size + 1);
    enum dcv_exchange_end end = DCV_EXCHANGE_FAILED;
    if (data != NULL)
        end = read_up_to(fd, data, (size_t)seen->st_size, &len) ? take_content(exchange, data, len)
                                                                : failed(exchange, N_("the cache cannot be read"), errno);
    free(data);
    return end;
}

/* One of the future was written by another clock: its age is not known. */
static bool is_young(const struct stat *seen, int64_t now_s, int64_t age_s)
{
    return seen->st_mtime <= now_s && now_s - seen->st_mtime <= age_s;
}

static enum dcv_exchange_end get(const struct dcv_cache *cache, const struct request *request, struct dcv_exchange *exchange, int64_t now_s)
{
    struct stat seen;
    enum dcv_exchange_end end = DCV_EXCHANGE_FAILED; /* as with most: nothing is kept of it */
    const int dir = open_directory(cache);
    if (dir < 0)
        return errno == ENOENT ? end : failed(exchange, N_("the cache cannot be read"), errno);
    const int fd = open_file(dir, request->key, &seen);
    if (fd >= 0 && is_young(&seen, now_s, request->age_s))
        end = read_file(exchange, fd, &seen);
    if (fd >= 0)
        (void)close(fd);
    (void)close(dir);
    return end;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------------------ */

static int create_file(struct dcv_cache *cache, int dir, char name[KEY_MAX])
{
    for (int i = 0; i < NAME_MAX_TRIES; i++) {
        (void)snprintf(name, KEY_MAX, "%s%ld-%u", begun, (long)getpid(), cache->written++);
        const int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

/* Its age counts by the clock of whoever puts it there. */
static bool fill(int fd, const struct request *request, int64_t now_s)
{
    char line[MARK_MAX];
    const struct timespec times[] = {{.tv_sec = (time_t)now_s}, {.tv_sec = (time_t)now_s}};
    return write_all(fd, line, put_mark(line, request->len)) && write_all(fd, request->data, request->len) && futimens(fd, times) == 0;
}

/* False: see errno; nothing of it is left. */
static bool write_file(struct dcv_cache *cache, int dir, const struct request *request, int64_t now_s)
{
    char name[KEY_MAX];
    const int fd = create_file(cache, dir, name);
    if (fd < 0)
        return false;
    bool good = fill(fd, request, now_s);
    int error = errno;
    if (close(fd) != 0 && good) {
        good = false;
        error = errno;
    }
    if (good && renameat(dir, name, dir, request->key) == 0)
        return true;
    error = good ? errno : error;
    (void)unlinkat(dir, name, 0);
    errno = error;
    return false;
}

/* ---- removing ----------------------------------------------------------------------------------------------------------------------- */

/* Whoever points the cache at a directory of other things keeps them: only what begins with the mark is ours. One of the far future is as old
 * as any. */
static bool is_stale(int dir, const char *name, int64_t now_s)
{
    char line[sizeof mark - 1];
    struct stat seen;
    size_t len = 0;
    const bool unfinished = strncmp(name, begun, sizeof begun - 1) == 0;
    if (!is_key(name) && !unfinished)
        return false;
    const int fd = open_file(dir, name, &seen);
    if (fd < 0)
        return false;
    const bool old = seen.st_mtime < now_s - DCV_CACHE_KEPT_S || seen.st_mtime > now_s + DCV_CACHE_KEPT_S;
    const bool stale = old && read_up_to(fd, line, sizeof line, &len) && (len == sizeof line || unfinished) && memcmp(line, mark, len) == 0;
    (void)close(fd);
    return stale;
}

/* Contact data does not linger. */
static void tidy(int dir, int64_t now_s)
{
    const int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = copy >= 0 ? fdopendir(copy) : NULL;
    if (list == NULL && copy >= 0)
        (void)close(copy);
    for (const struct dirent *entry; list != NULL && (entry = readdir(list)) != NULL;)
        if (is_stale(dir, entry->d_name, now_s))
            (void)unlinkat(dir, entry->d_name, 0);
    if (list != NULL)
        (void)closedir(list);
}

static enum dcv_exchange_end put(struct dcv_cache *cache, const struct request *request, struct dcv_exchange *exchange, int64_t now_s)
{
    const int dir = make_directory(cache->dir) ? open_directory(cache) : -1;
    if (dir < 0)
        return failed(exchange, N_("the cache cannot be written"), errno);
    if (!cache->tidied)
        tidy(dir, now_s);
    cache->tidied = true;
    const bool good = write_file(cache, dir, request, now_s);
    const int error = errno;
    (void)close(dir);
    return good ? DCV_EXCHANGE_ANSWER : failed(exchange, N_("the cache cannot be written"), error);
}

/* ---- the cache ---------------------------------------------------------------------------------------------------------------------- */

enum dcv_exchange_end dcv_cache_do(struct dcv_cache *cache, struct dcv_exchange *exchange, int64_t now_s)
{
    struct request request;
    if (cache->dir == NULL || !read_request(exchange, &request))
        return DCV_EXCHANGE_FAILED;
    return request.put ? put(cache, &request, exchange, now_s) : get(cache, &request, exchange, now_s);
}

enum dcv_status dcv_cache_create(const char *dir, struct dcv_cache **out)
{
    struct dcv_cache *cache = calloc(1, sizeof *cache);
    char *copy = dir != NULL && dir[0] != '\0' ? strdup(dir) : NULL;
    if (cache == NULL || (copy == NULL && dir != NULL && dir[0] != '\0')) {
        free(copy);
        free(cache);
        return DCV_ERR_NOMEM;
    }
    cache->dir = copy;
    *out = cache;
    return DCV_OK;
}

void dcv_cache_free(struct dcv_cache *cache)
{
    if (cache == NULL)
        return;
    free(cache->dir);
    free(cache);
}
