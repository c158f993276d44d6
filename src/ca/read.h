/* Reading one file of contrib/ca: YAML to the structures of schema.h, and errors with their line. */
#ifndef DCV_CA_READ_H
#define DCV_CA_READ_H

#include "base/arena.h"
#include "base/status.h"

#include <stdarg.h>
#include <stddef.h>

struct cyaml_schema_value;

struct dcv_ca_reader {
    struct dcv_arena *arena; /* where everything read is put */
    const char *file;        /* as it is named in errors */
    const char *text;        /* followed by a zero octet */
    size_t len;
    enum dcv_status status; /* of the first fault */
    const char *error;      /* "file:line: what; what to do", in the arena */
};

/* The top of the file as `schema` says (a mapping with CYAML_FLAG_POINTER), or NULL: see `status`. */
void *dcv_ca_parse(struct dcv_ca_reader *reader, const struct cyaml_schema_value *schema);
/* Notes a fault at `path` (see dcv_yaml_line()); the first one is kept. `format`: "what; what to do". */
void dcv_ca_fault(struct dcv_ca_reader *reader, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
