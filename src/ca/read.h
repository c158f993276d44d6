/* Reading one file of contrib/ca: YAML to the structures of schema.h, and errors with their line. */
#ifndef DCV_CA_READ_H
#define DCV_CA_READ_H

#include "base/arena.h"
#include "base/status.h"
#include "base/vec.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct cyaml_schema_value;

/* An error keeps a profile from being loaded, a warning is a doubt. */
enum dcv_ca_severity { DCV_CA_ERROR, DCV_CA_WARNING };

struct dcv_ca_fault {
    const char *path; /* see dcv_yaml_line() */
    size_t line;      /* from 1; 0: that of `path` */
    enum dcv_ca_severity severity;
    const char *text; /* "what; what to do", printable */
};

/* A fact that cites a source. */
struct dcv_ca_cite {
    const char *path;
    size_t source; /* its number, from 0 */
    char grade;
};

struct dcv_ca_reader {
    struct dcv_arena *arena; /* where everything read is put */
    const char *file;        /* as it is named in errors */
    const char *text;        /* followed by a zero octet */
    size_t len;
    enum dcv_status status; /* of the first fault */
    const char *error;      /* "file:line: what; what to do", in the arena */
    /* `collect`: all faults and citations are kept, not only the first fault as `error`. In the arena. */
    bool collect;
    DCV_VEC(struct dcv_ca_fault) faults;
    DCV_VEC(struct dcv_ca_cite) cites;
};

/* The top of the file as `schema` says (a mapping with CYAML_FLAG_POINTER), or NULL: see `status`. */
void *dcv_ca_parse(struct dcv_ca_reader *reader, const struct cyaml_schema_value *schema);
/* Notes a fault at `path` (see dcv_yaml_line()). `format`: "what; what to do". */
void dcv_ca_fault(struct dcv_ca_reader *reader, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, where faults are collected, as an error or a warning. */
void dcv_ca_remark(struct dcv_ca_reader *reader, enum dcv_ca_severity severity, const char *path, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

#endif
