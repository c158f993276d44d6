#include "ca/lint.h"

#include "base/io.h"
#include "ca/lint_rules.h"
#include "ca/locate.h"
#include "ca/profile_data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A file under way. */
struct unit {
    struct dcv_ca_reader reader;
    const char *unreadable;
    const void *raw; /* NULL: it could not be taken apart */
    const struct dcv_ca *ca;
    bool issuers;
    bool context; /* compiled-in, and only there for those that are looked over */
};

struct work {
    struct dcv_ca_set *set;
    DCV_VEC(struct unit) units;
};

static struct unit *add_unit(struct work *work, const char *file)
{
    struct dcv_arena *arena = work->set->arena;
    struct unit *unit = DCV_VEC_ADD(arena, &work->units);
    if (unit != NULL)
        unit->reader = (struct dcv_ca_reader){.arena = arena, .file = dcv_arena_strdup(arena, file), .collect = true};
    return unit;
}

static void refuse(struct work *work, struct unit *unit, int reason)
{
    unit->unreadable = dcv_arena_printf(work->set->arena, "cannot be read (%s); check the path and its permissions",
                                        strerrordesc_np(reason));
}

static void add_file(struct work *work, const char *path)
{
    struct unit *unit = add_unit(work, path);
    struct dcv_buf text;
    if (unit == NULL)
        return;
    dcv_buf_init(&text, DCV_CA_FILE_MAX);
    const enum dcv_status status = dcv_file_read(path, &text);
    if (status == DCV_OK) {
        unit->reader.text = dcv_arena_strndup(work->set->arena, dcv_buf_text(&text), text.len);
        unit->reader.len = text.len;
    } else if (status == DCV_ERR_IO) {
        refuse(work, unit, errno);
    } else if (status == DCV_ERR_LIMIT) {
        unit->unreadable =
            dcv_arena_printf(work->set->arena, "larger than %d octets; is it a profile?", DCV_CA_FILE_MAX);
    } else {
        dcv_arena_fail(work->set->arena);
    }
    dcv_buf_done(&text);
}

static void add_dir(struct work *work, const char *dir)
{
    struct dirent **entries = NULL;
    const int count = dcv_ca_scan(dir, &entries);
    struct unit *unit = count <= 0 ? add_unit(work, dir) : NULL;
    if (unit != NULL && count < 0)
        refuse(work, unit, errno);
    else if (unit != NULL)
        unit->unreadable = "holds no file *.yaml; name the directory of the profiles";
    for (int i = 0; i < count; i++) {
        const char *path = dcv_arena_printf(work->set->arena, "%s/%s", dir, entries[i]->d_name);
        if (path != NULL)
            add_file(work, path);
        free(entries[i]);
    }
    free(entries);
}

static void add_path(struct work *work, const char *path)
{
    struct stat about;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        add_dir(work, path);
    else
        add_file(work, path);
}

static void add_compiled_in(struct work *work, bool context)
{
    for (size_t i = 0; i < dcv_profile_data_count; i++) {
        const char *file = dcv_arena_printf(work->set->arena, "contrib/ca/%s", dcv_profile_data[i].file);
        struct unit *unit = file != NULL ? add_unit(work, file) : NULL;
        if (unit == NULL)
            return;
        unit->context = context;
        unit->reader.text = (const char *)dcv_profile_data[i].data;
        unit->reader.len = dcv_profile_data[i].len;
    }
}

static void build_issuers(struct work *work, struct unit *unit)
{
    struct dcv_ca_set own = {.arena = work->set->arena};
    unit->raw = dcv_ca_parse(&unit->reader, &dcv_issuers_schema);
    if (unit->raw != NULL && dcv_issuers_build(&own, &unit->reader, unit->raw)) {
        work->set->issuers = own.issuers;
        work->set->issuer_count = own.issuer_count;
    }
}

/* All are built before any is judged: they may speak of each other. */
static void build(struct work *work, struct unit *unit)
{
    const char *slash = strrchr(unit->reader.file, '/');
    unit->issuers = strcmp(slash != NULL ? slash + 1 : unit->reader.file, DCV_CA_ISSUERS_FILE) == 0;
    if (unit->issuers) {
        build_issuers(work, unit);
        return;
    }
    unit->raw = dcv_ca_parse(&unit->reader, &dcv_profile_schema);
    unit->ca = unit->raw != NULL ? dcv_ca_build(&unit->reader, unit->raw) : NULL;
    if (unit->ca != NULL && unit->reader.status == DCV_OK)
        (void)dcv_ca_set_put(work->set, unit->ca);
}

/* YAML allows tabs in places where they cannot be told from spaces. */
static void lint_lines(struct dcv_ca_reader *reader)
{
    size_t line = 1;
    for (const char *at = reader->text; *at != '\0'; line++) {
        const size_t len = strcspn(at, "\n");
        const char *odd = memchr(at, '\t', len) != NULL ? "a tab" : memchr(at, '\r', len) != NULL ? "a CR" : NULL;
        if (odd != NULL) {
            dcv_ca_remark(reader, DCV_CA_WARNING, "", "%s in the line; use %s", odd,
                          odd[2] == 't' ? "spaces" : "LF alone at the ends of lines");
            if (reader->faults.count != 0)
                reader->faults.items[reader->faults.count - 1].line = line;
        }
        at += len + (at[len] == '\n' ? 1 : 0);
    }
}

static void judge(const struct work *work, struct unit *unit)
{
    if (unit->context || unit->raw == NULL || unit->reader.status == DCV_ERR_NOMEM)
        return;
    lint_lines(&unit->reader);
    if (unit->issuers) {
        const struct raw_issuers *raw = unit->raw;
        dcv_lint_sources(&unit->reader, raw->sources, raw->source_count);
    } else if (unit->ca != NULL) {
        const struct dcv_linting linting = {&unit->reader, unit->raw, unit->ca, work->set};
        dcv_lint_sources(&unit->reader, linting.raw->sources, linting.raw->source_count);
        dcv_lint_profile(&linting);
        dcv_lint_texts(&linting);
    }
}

/* A fault whose line is the same comes as it was found: `path` is no longer needed and keeps the order. */
static int by_line(const void *a, const void *b)
{
    const struct dcv_ca_fault *one = a, *other = b;
    if (one->line != other->line)
        return one->line < other->line ? -1 : 1;
    return one->severity != other->severity ? (int)one->severity - (int)other->severity
                                            : strcmp(one->text, other->text);
}

static bool put_lines(struct dcv_ca_reader *reader)
{
    struct dcv_yaml *yaml = dcv_yaml_open(reader->text, reader->len);
    for (size_t i = 0; yaml != NULL && i < reader->faults.count; i++)
        if (reader->faults.items[i].line == 0)
            reader->faults.items[i].line = dcv_yaml_find(yaml, reader->faults.items[i].path);
    dcv_yaml_close(yaml);
    if (reader->faults.count > 1)
        qsort(reader->faults.items, reader->faults.count, sizeof *reader->faults.items, by_line);
    return yaml != NULL;
}

static bool finish(struct dcv_lint *lint, struct unit *unit)
{
    struct dcv_lint_file *file = &lint->files[lint->count++];
    struct dcv_ca_reader *reader = &unit->reader;
    *file = (struct dcv_lint_file){.file = reader->file, .unreadable = unit->unreadable};
    lint->unreadable += unit->unreadable != NULL;
    if (unit->unreadable != NULL || reader->faults.count == 0)
        return true;
    if (!put_lines(reader))
        return false;
    file->faults = reader->faults.items;
    file->count = reader->faults.count;
    for (size_t i = 0; i < file->count; i++)
        file->errors += file->faults[i].severity == DCV_CA_ERROR;
    file->warnings = file->count - file->errors;
    lint->errors += file->errors;
    lint->warnings += file->warnings;
    return true;
}

static struct dcv_lint *lint_units(struct work *work)
{
    struct dcv_arena *arena = work->set->arena;
    for (size_t i = 0; i < work->units.count; i++)
        if (work->units.items[i].unreadable == NULL && !dcv_arena_failed(arena))
            build(work, &work->units.items[i]);
    for (size_t i = 0; i < work->units.count && !dcv_arena_failed(arena); i++)
        judge(work, &work->units.items[i]);
    struct dcv_lint *lint = dcv_arena_alloc(arena, sizeof *lint);
    struct dcv_lint_file *files = dcv_arena_array(arena, work->units.count, sizeof *files);
    if (dcv_arena_failed(arena))
        return NULL;
    *lint = (struct dcv_lint){.files = files, .set = work->set};
    for (size_t i = 0; i < work->units.count; i++)
        if (!work->units.items[i].context && !finish(lint, &work->units.items[i]))
            return NULL;
    return lint;
}

enum dcv_status dcv_ca_lint(const struct dcv_allocator *allocator, const char *const *paths, size_t count,
                            struct dcv_lint **out)
{
    struct work work = {.set = dcv_ca_set_new(allocator)};
    if (work.set == NULL)
        return DCV_ERR_NOMEM;
    add_compiled_in(&work, count != 0);
    for (size_t i = 0; i < count; i++)
        add_path(&work, paths[i]);
    struct dcv_lint *lint = lint_units(&work);
    if (lint == NULL) {
        dcv_ca_set_free(work.set);
        return DCV_ERR_NOMEM;
    }
    *out = lint;
    return DCV_OK;
}

void dcv_lint_free(struct dcv_lint *lint)
{
    if (lint != NULL)
        dcv_ca_set_free(lint->set);
}
