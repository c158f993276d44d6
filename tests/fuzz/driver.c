/* Feeds a fuzz target every file of the directories given: its corpus as an ordinary test. */
#include "base/io.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_MAX = 1 << 20, PATH_ROOM = 4096 };

/* A copy of exactly the file's size, so that a sanitizer sees a read beyond it. */
static bool feed(const char *path)
{
    struct dcv_buf text;
    dcv_buf_init(&text, FILE_MAX);
    const bool read = dcv_file_read(path, &text) == DCV_OK;
    uint8_t *exact = malloc(text.len + (text.len == 0));
    if (read && exact != NULL) {
        memcpy(exact, dcv_buf_text(&text), text.len);
        (void)LLVMFuzzerTestOneInput(exact, text.len);
    } else {
        (void)fprintf(stderr, "%s cannot be read\n", path);
    }
    free(exact);
    dcv_buf_done(&text);
    return read;
}

/* The number of files fed, or -1. */
static int feed_directory(const char *directory)
{
    DIR *dir = opendir(directory);
    if (dir == NULL) {
        perror(directory);
        return -1;
    }
    int count = 0;
    for (struct dirent *entry; count >= 0 && (entry = readdir(dir)) != NULL;) {
        char path[PATH_ROOM];
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        count = feed(path) ? count + 1 : -1;
    }
    (void)closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const int count = feed_directory(argv[i]);
        if (count <= 0) {
            (void)fprintf(stderr, "%s: no files\n", argv[i]);
            return EXIT_FAILURE;
        }
        (void)printf("%s: %d files\n", argv[i], count);
    }
    return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
