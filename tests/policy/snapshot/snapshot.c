/* Snapshots of the profiles: what each comes to by the policy, so that a change of a rule is seen in a review.
 *
 *     policy-snapshot DIR            compares DIR/<id>.txt with what is judged now; status 1 where they differ
 *     policy-snapshot --update DIR   writes them anew */
#include "snapshot.h"

#include "base/io.h"
#include "support/run.h"
#include "support/world.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_MAX = 1 << 18, TIMEOUT_S = 600 };

void snapshot_die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fputs("policy-snapshot: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    exit(EXIT_FAILURE);
}

static const char *kind_text(enum dcv_ca_kind kind)
{
    switch (kind) {
    case DCV_CA_KIND_CA: return "CA";
    case DCV_CA_KIND_RESELLER: return "reseller";
    case DCV_CA_KIND_BRAND: return "brand";
    case DCV_CA_KIND_BASELINE: return "baseline";
    }
    return "?";
}

static void print_head(const struct dcv_ca *ca, struct dcv_buf *out)
{
    dcv_buf_printf(out,
                   "# What the profile \"%s\" comes to by the policy, from 2024-01-01 to 2029-12-31.\n"
                   "# Rewrite with: build/dev/tests/bin/policy-snapshot --update fixtures/policy\n"
                   "# NAMES at ADNS: applied for, and the Authorization Domain Names whose address or contact it is;\n"
                   "# baseline.txt has them all. Contacts stand wherever a CA could look, those of WHOIS and RDAP at\n"
                   "# registered names only.\n\n",
                   ca->id);
    dcv_buf_printf(out, "%s: %s%s%s\n", ca->id, kind_text(ca->kind), ca->parent != NULL ? " of " : "", ca->parent != NULL ? ca->parent : "");
}

static void print_page(const struct addresses *addresses, const struct dcv_ca *ca, struct dcv_buf *out)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    print_head(ca, out);
    addresses_print(addresses, ca, arena, out);
    order_print(ca, arena, out);
    caa_print(ca, arena, out);
    limits_print(ca, arena, out);
    if (out->failed || dcv_arena_failed(arena))
        snapshot_die("%s: the page is too long, or memory is short", ca->id);
    dcv_arena_free(arena);
}

/* ---- files ---------------------------------------------------------------------------------------------------------------- */

static void path_of(const char *directory, const char *id, struct dcv_buf *out)
{
    dcv_buf_init(out, 4096);
    dcv_buf_printf(out, "%s/%s.txt", directory, id);
}

static bool write_page(const char *path, const struct dcv_buf *page)
{
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(page->data, 1, page->len, file) != page->len || fclose(file) != 0)
        snapshot_die("%s cannot be written", path);
    return true;
}

static size_t line_len(const char *text)
{
    return strcspn(text, "\n");
}

/* Says the first line that differs. */
static bool compare_page(const char *path, const struct dcv_buf *page)
{
    struct dcv_buf stored;
    dcv_buf_init(&stored, PAGE_MAX);
    const bool read = dcv_file_read(path, &stored) == DCV_OK;
    const char *old = dcv_buf_text(&stored), *new = dcv_buf_text(page);
    const bool equal = read && strcmp(old, new) == 0;
    size_t line = 1;
    if (!read)
        printf("%s: there is no such snapshot\n", path);
    for (; !equal && read; line++) {
        const size_t len = line_len(old), other = line_len(new);
        if (len != other || memcmp(old, new, len) != 0) {
            printf("%s:%zu: changed\n- %.*s\n+ %.*s\n", path, line, (int)len, old, (int)other, new);
            break;
        }
        old += len + (old[len] == '\n');
        new += other + (new[other] == '\n');
    }
    dcv_buf_done(&stored);
    return equal;
}

/* A file of a profile that is no more would never be read. */
static bool no_strangers(const char *directory)
{
    DIR *listing = opendir(directory);
    bool fine = true;
    if (listing == NULL)
        snapshot_die("%s cannot be read", directory);
    for (const struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        char id[256];
        const size_t len = strlen(entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        const bool text = len > 4 && strcmp(entry->d_name + len - 4, ".txt") == 0;
        (void)snprintf(id, sizeof id, "%.*s", (int)(text ? len - 4 : len), entry->d_name);
        const struct dcv_ca *ca = dcv_ca_find(world_set, id);
        if (text && ca != NULL && strcmp(ca->id, id) == 0)
            continue;
        printf("%s/%s: there is no such profile\n", directory, entry->d_name);
        fine = false;
    }
    (void)closedir(listing);
    return fine;
}

static bool do_pages(const char *directory, bool update)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    const struct addresses *addresses = addresses_judge(arena);
    bool fine = true;
    for (size_t i = 0; i < dcv_ca_count(world_set); i++) {
        const struct dcv_ca *ca = dcv_ca_at(world_set, i);
        struct dcv_buf page, path;
        dcv_buf_init(&page, PAGE_MAX);
        path_of(directory, ca->id, &path);
        print_page(addresses, ca, &page);
        fine = (update ? write_page : compare_page)(dcv_buf_text(&path), &page) && fine;
        dcv_buf_done(&path);
        dcv_buf_done(&page);
    }
    dcv_arena_free(arena);
    return fine;
}

/* What the command line asked for. The world's assertions work inside a test of Check only. */
static struct {
    const char *directory;
    bool update;
} asked;

START_TEST(snapshots)
{
    const bool pages = do_pages(asked.directory, asked.update);
    const bool alone = no_strangers(asked.directory);
    (void)fflush(stdout); /* Check leaves the process without */
    ck_assert_msg(pages && alone, "if that is meant: policy-snapshot --update %s, and review the difference", asked.directory);
}
END_TEST

int main(int argc, char **argv)
{
    asked.update = argc == 3 && strcmp(argv[1], "--update") == 0;
    if (argc != 2 && !asked.update)
        snapshot_die("usage: policy-snapshot [--update] DIR");
    asked.directory = argv[argc - 1];
    TCase *tcase = tcase_create("snapshots");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_test(tcase, snapshots);
    tcase_set_timeout(tcase, TIMEOUT_S);
    return run_cases("policy", tcase);
}
