#include "ca/set.h"

#include "base/io.h"
#include "base/vec.h"
#include "ca/build.h"
#include "ca/profile_data.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct loader {
    struct dcv_ca_set *set;
    enum dcv_status status;
    const char *error; /* in the arena, or NULL */
};

static void fail(struct loader *loader, enum dcv_status status, const char *error)
{
    loader->status = error == NULL && status != DCV_ERR_NOMEM ? DCV_ERR_NOMEM : status;
    loader->error = error;
}

bool dcv_ca_set_put(struct dcv_ca_set *set, const struct dcv_ca *ca)
{
    size_t at = 0;
    while (at < set->count && strcmp(set->cas[at]->id, ca->id) < 0)
        at++;
    if (at < set->count && strcmp(set->cas[at]->id, ca->id) == 0) {
        set->cas[at] = ca;
        return true;
    }
    if (dcv_vec_add(set->arena, (void **)&set->cas, &set->count, &set->room, sizeof *set->cas) == NULL)
        return false;
    memmove(&set->cas[at + 1], &set->cas[at], (set->count - 1 - at) * sizeof *set->cas);
    set->cas[at] = ca;
    return true;
}

/* `file` as in errors. What is kept of `text` is copied. */
static void load_text(struct loader *loader, const char *file, const char *text, size_t len)
{
    struct dcv_ca_reader reader = {.arena = loader->set->arena, .file = file, .text = text, .len = len};
    const char *slash = strrchr(file, '/');
    if (strcmp(slash != NULL ? slash + 1 : file, DCV_CA_ISSUERS_FILE) == 0) {
        (void)dcv_issuers_read(loader->set, &reader);
    } else {
        const struct raw_profile *raw = dcv_ca_parse(&reader, &dcv_profile_schema);
        const struct dcv_ca *ca = raw != NULL ? dcv_ca_build(&reader, raw) : NULL;
        if (ca != NULL && !dcv_ca_set_put(loader->set, ca))
            reader.status = DCV_ERR_NOMEM;
    }
    if (reader.status != DCV_OK)
        fail(loader, reader.status, reader.error);
}

static void load_compiled_in(struct loader *loader)
{
    for (size_t i = 0; i < dcv_profile_data_count && loader->status == DCV_OK; i++) {
        const char *file = dcv_arena_printf(loader->set->arena, "contrib/ca/%s", dcv_profile_data[i].file);
        if (file == NULL)
            fail(loader, DCV_ERR_NOMEM, NULL);
        else
            load_text(loader, file, (const char *)dcv_profile_data[i].data, dcv_profile_data[i].len);
    }
}

static void fail_io(struct loader *loader, const char *path, int reason)
{
    struct dcv_arena *arena = loader->set->arena;
    fail(loader, DCV_ERR_IO,
         dcv_arena_printf(arena, "%s: cannot be read (%s); check the path and its permissions", path,
                          strerrordesc_np(reason)));
}

static void load_file(struct loader *loader, const char *dir, const char *name)
{
    struct dcv_arena *arena = loader->set->arena;
    const char *path = dcv_arena_printf(arena, "%s/%s", dir, name);
    if (path == NULL) {
        fail(loader, DCV_ERR_NOMEM, NULL);
        return;
    }
    struct dcv_buf text;
    dcv_buf_init(&text, DCV_CA_FILE_MAX);
    enum dcv_status status = dcv_file_read(path, &text);
    if (status == DCV_OK)
        load_text(loader, path, dcv_buf_text(&text), text.len);
    else if (status == DCV_ERR_IO)
        fail_io(loader, path, errno);
    else if (status == DCV_ERR_LIMIT)
        fail(loader, status,
             dcv_arena_printf(arena, "%s: larger than %d octets; is it a profile?", path, DCV_CA_FILE_MAX));
    else
        fail(loader, status, NULL);
    dcv_buf_done(&text);
}

static int only_yaml(const struct dirent *entry)
{
    const size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".yaml") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int dcv_ca_scan(const char *dir, struct dirent ***out)
{
    return scandir(dir, out, only_yaml, by_name);
}

static void load_dir(struct loader *loader, const char *dir)
{
    struct dirent **entries = NULL;
    const int count = dcv_ca_scan(dir, &entries);
    if (count < 0) {
        if (errno == ENOMEM)
            fail(loader, DCV_ERR_NOMEM, NULL);
        else
            fail_io(loader, dir, errno);
        return;
    }
    for (int i = 0; i < count; i++) {
        if (loader->status == DCV_OK)
            load_file(loader, dir, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

/* A parent is a profile of the set that has none itself. */
static void check_parents(struct loader *loader)
{
    const struct dcv_ca_set *set = loader->set;
    for (size_t i = 0; i < set->count && loader->status == DCV_OK; i++) {
        const struct dcv_ca *ca = set->cas[i];
        const struct dcv_ca *parent = ca->parent != NULL ? dcv_ca_find(set, ca->parent) : NULL;
        if (ca->parent != NULL && (parent == NULL || parent->parent != NULL))
            fail(loader, DCV_ERR_SYNTAX,
                 dcv_arena_printf(set->arena,
                                  "%s.yaml: the parent \"%s\" is not the id of an "
                                  "issuing CA; correct it or add that profile",
                                  ca->id, ca->parent));
    }
}

struct dcv_ca_set *dcv_ca_set_new(const struct dcv_allocator *allocator)
{
    struct dcv_arena *arena = dcv_arena_create(allocator);
    struct dcv_ca_set *set = arena != NULL ? dcv_arena_alloc(arena, sizeof *set) : NULL;
    if (set == NULL)
        dcv_arena_free(arena);
    else
        set->arena = arena;
    return set;
}

enum dcv_status dcv_ca_set_create_from(const struct dcv_allocator *allocator, const char *dir, struct dcv_ca_set **out,
                                       char **error)
{
    *error = NULL;
    struct loader loader = {.set = dcv_ca_set_new(allocator)};
    if (loader.set == NULL)
        return DCV_ERR_NOMEM;
    load_compiled_in(&loader);
    if (loader.status == DCV_OK && dir != NULL)
        load_dir(&loader, dir);
    if (loader.status == DCV_OK)
        check_parents(&loader);
    if (loader.status == DCV_OK && !dcv_issuers_finish(loader.set))
        fail(&loader, DCV_ERR_NOMEM, NULL);
    if (loader.status != DCV_OK) {
        *error = loader.error != NULL ? strdup(loader.error) : NULL;
        dcv_ca_set_free(loader.set);
        return loader.status;
    }
    *out = loader.set;
    return DCV_OK;
}

enum dcv_status dcv_ca_set_create(const char *dir, struct dcv_ca_set **out, char **error)
{
    return dcv_ca_set_create_from(NULL, dir, out, error);
}

void dcv_ca_set_free(struct dcv_ca_set *set)
{
    if (set != NULL)
        dcv_arena_free(set->arena);
}
