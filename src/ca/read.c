#include "ca/read.h"

#include "base/buf.h"
#include "base/text.h"
#include "ca/distance.h"
#include "ca/locate.h"

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    MESSAGE_MAX = 256,
    DEPTH_MAX = 8, /* the schemas are less deep */
    HEADER = 16,   /* before each block given to libcyaml: its size, which an arena does not know */
    TYPO_MAX = 2,
};

/* What libcyaml logs about a fault: a message, then the place of it from the inside out. */
struct trace {
    char message[MESSAGE_MAX];
    char step[DEPTH_MAX][64]; /* a key, or the number of an entry from 0 */
    size_t depth;
    bool placed; /* the innermost step is where it happened */
    bool at_key; /* and it is a key */
};

/* libcyaml grows a sequence by one entry at a time: some room is given in advance. */
static void *resize(void *user, void *block, size_t size)
{
    struct dcv_arena *arena = user;
    size_t *old = block != NULL ? (size_t *)(void *)((unsigned char *)block - HEADER) : NULL;
    if (size == 0)
        return NULL;
    if (old != NULL && size <= *old)
        return block;
    const size_t room = old != NULL && size < SIZE_MAX / 2 ? size + size / 2 : size;
    if (room > SIZE_MAX - HEADER)
        return NULL;
    unsigned char *larger = dcv_arena_alloc(arena, HEADER + room);
    if (larger == NULL)
        return NULL;
    *(size_t *)(void *)larger = room;
    if (old != NULL)
        memcpy(larger + HEADER, block, *old);
    return larger + HEADER;
}

/* "  in mapping field 'grade' (line: 4, column: 12)", "  in sequence entry '1' (line: 3, column: 5)" (counted from 1),
 * "  in mapping (line: 3, column: 8)". Its lines are those of the event before: dcv_yaml_line() knows better. */
static void add_step(struct trace *trace, const char *line)
{
    const char *key = strchr(line, '\'');
    const bool entry = strncmp(line, "  in sequence", 13) == 0;
    if (!trace->placed)
        trace->at_key = key != NULL && !entry;
    trace->placed = true;
    if (key == NULL || trace->depth == DEPTH_MAX)
        return;
    char *step = trace->step[trace->depth];
    (void)snprintf(step, sizeof trace->step[0], "%.*s", (int)strcspn(key + 1, "'"), key + 1);
    long number;
    if (entry && dcv_text_number(step, 1, INT32_MAX, &number))
        (void)snprintf(step, sizeof trace->step[0], "%ld", number - 1);
    trace->depth++;
}

static void on_log(cyaml_log_t level, void *user, const char *format, va_list args)
{
    struct trace *trace = user;
    char line[MESSAGE_MAX];
    if (level < CYAML_LOG_ERROR || vsnprintf(line, sizeof line, format, args) < 0)
        return;
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, "  in ", 5) == 0)
        add_step(trace, line);
    else if (trace->message[0] == '\0' && strncmp(line, "Load: ", 6) == 0 && strstr(line, "Backtrace") == NULL)
        (void)snprintf(trace->message, sizeof trace->message, "%s", line + 6);
}

static bool is_number(const char *step)
{
    return step[0] >= '0' && step[0] <= '9';
}

/* The schema of the innermost step but `drop`, and its path for dcv_yaml_line() with room for one key more. */
static const cyaml_schema_value_t *follow(const struct trace *trace, const cyaml_schema_value_t *schema, size_t drop,
                                          struct dcv_buf *path)
{
    for (size_t i = trace->depth; schema != NULL && i-- > drop;) {
        dcv_buf_printf(path, "%s/", trace->step[i]);
        if (schema->type == CYAML_SEQUENCE && is_number(trace->step[i])) {
            schema = schema->sequence.entry;
            continue;
        }
        const cyaml_schema_field_t *field = schema->type == CYAML_MAPPING ? schema->mapping.fields : NULL;
        while (field != NULL && field->key != NULL && strcmp(field->key, trace->step[i]) != 0)
            field++;
        schema = field != NULL && field->key != NULL ? &field->value : NULL;
    }
    return schema;
}

/* The rest of the message behind `start`, or NULL. */
static const char *behind(const char *message, const char *start)
{
    const size_t len = strlen(start);
    return strncmp(message, start, len) == 0 ? message + len : NULL;
}

static void fault_unknown_key(struct dcv_ca_reader *reader, const cyaml_schema_value_t *schema, struct dcv_buf *path,
                              const char *key)
{
    const char *nearest = NULL;
    size_t best = TYPO_MAX + 1;
    const bool mapping = schema != NULL && schema->type == CYAML_MAPPING;
    for (const cyaml_schema_field_t *field = mapping ? schema->mapping.fields : NULL;
         field != NULL && field->key != NULL; field++) {
        const size_t distance = dcv_distance(field->key, key);
        if (distance < best) {
            best = distance;
            nearest = field->key;
        }
    }
    dcv_buf_printf(path, "%s/", key);
    if (nearest != NULL)
        dcv_ca_fault(reader, dcv_buf_text(path), "unknown key \"%s\"; did you mean \"%s\"?", key, nearest);
    else
        dcv_ca_fault(reader, dcv_buf_text(path), "unknown key \"%s\"; remove it", key);
}

static void fault_word(struct dcv_ca_reader *reader, const cyaml_schema_value_t *schema, const struct dcv_buf *path,
                       const char *key, const char *value)
{
    struct dcv_buf words;
    dcv_buf_init(&words, 1024);
    const bool list = schema != NULL && (schema->type == CYAML_ENUM || schema->type == CYAML_FLAGS);
    for (uint32_t i = 0; list && i < schema->enumeration.count; i++)
        dcv_buf_printf(&words, "%s%s", i == 0 ? "" : ", ", schema->enumeration.strings[i].str);
    dcv_ca_fault(reader, dcv_buf_text(path), "\"%s\" is no value for \"%s\"; use one of: %s", value, key,
                 dcv_buf_text(&words));
    dcv_buf_done(&words);
}

/* The innermost key of the place of the fault, for people. */
static const char *innermost_key(const struct trace *trace)
{
    for (size_t i = 0; i < trace->depth; i++)
        if (!is_number(trace->step[i]))
            return trace->step[i];
    return "the file";
}

static void explain(struct dcv_ca_reader *reader, const struct trace *trace, cyaml_err_t code,
                    const cyaml_schema_value_t *schema, struct dcv_buf *path)
{
    const char *message = trace->message, *key = innermost_key(trace), *rest;
    if (code == CYAML_ERR_MAPPING_FIELD_MISSING &&
        (rest = behind(message, "Missing required mapping field: ")) != NULL) {
        (void)follow(trace, schema, trace->at_key ? 1 : 0, path);
        dcv_ca_fault(reader, dcv_buf_text(path), "the key \"%s\" is missing; add it", rest);
        return;
    }
    schema = follow(trace, schema, 0, path);
    const char *at = dcv_buf_text(path);
    if ((rest = behind(message, "Unexpected key: ")) != NULL)
        fault_unknown_key(reader, schema, path, rest);
    else if ((rest = behind(message, "Invalid ENUM value: ")) != NULL ||
             (rest = behind(message, "Unknown flag: ")) != NULL)
        fault_word(reader, schema, path, key, rest);
    else if ((rest = behind(message, "Mapping field already seen: ")) != NULL)
        dcv_ca_fault(reader, at, "the key \"%s\" is there twice; keep one of them", rest);
    else if ((rest = behind(message, "libyaml: ")) != NULL)
        dcv_ca_fault(reader, at, "no YAML: %s; correct the text", rest);
    else if (code == CYAML_ERR_STRING_LENGTH_MIN)
        dcv_ca_fault(reader, at, "\"%s\" is empty; give it a text or remove it", key);
    else if (code == CYAML_ERR_SEQUENCE_ENTRIES_MIN)
        dcv_ca_fault(reader, at, "\"%s\" has no entries; add one or remove it", key);
    else if (code == CYAML_ERR_ALIAS)
        dcv_ca_fault(reader, at, "\"%s\" uses a YAML alias; write the value out", key);
    else
        dcv_ca_fault(reader, at, "\"%s\" is not as expected (%s); correct it as in contrib/ca", key,
                     message[0] != '\0' ? message : cyaml_strerror(code));
}

/* libcyaml reads the first document of a text and leaves the others. */
static bool second_document(const struct dcv_ca_reader *reader)
{
    bool content = false;
    for (const char *line = reader->text; line != NULL && *line != '\0';) {
        const bool marker = strncmp(line, "---", 3) == 0 || strncmp(line, "...", 3) == 0;
        if (marker && content)
            return true;
        content = content || (!marker && *line != '#' && *line != '\n' && *line != '\r' && *line != '%');
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return false;
}

void *dcv_ca_parse(struct dcv_ca_reader *reader, const struct cyaml_schema_value *schema)
{
    if (second_document(reader)) {
        dcv_ca_fault(reader, "", "the file holds more than one YAML document; keep one");
        return NULL;
    }
    struct trace trace = {0};
    const cyaml_config_t config = {
        .log_fn = on_log,
        .log_ctx = &trace,
        .log_level = CYAML_LOG_ERROR,
        .mem_fn = resize,
        .mem_ctx = reader->arena,
        .flags = CYAML_CFG_NO_ALIAS,
    };
    cyaml_data_t *data = NULL;
    cyaml_err_t code = cyaml_load_data((const uint8_t *)reader->text, reader->len, &config, schema, &data, NULL);
    if (code == CYAML_ERR_OOM || dcv_arena_failed(reader->arena)) {
        reader->status = DCV_ERR_NOMEM;
        return NULL;
    }
    if (code != CYAML_OK) {
        struct dcv_buf path;
        dcv_buf_init(&path, 1024);
        explain(reader, &trace, code, schema, &path);
        dcv_buf_done(&path);
        return NULL;
    }
    if (data == NULL)
        dcv_ca_fault(reader, "", "the file is empty; fill it as in contrib/ca, or remove it");
    return data;
}

/* Keys and values of the file are in the message: nothing of them may act on a terminal. */
static const char *printable(struct dcv_arena *arena, const char *format, va_list args)
{
    struct dcv_buf message, line;
    dcv_buf_init(&message, 2048);
    dcv_buf_init(&line, 8192);
    dcv_buf_vprintf(&message, format, args);
    dcv_text_escape(&line, message.data, message.len);
    const char *text = line.failed || message.failed ? NULL : dcv_arena_strdup(arena, dcv_buf_text(&line));
    dcv_buf_done(&line);
    dcv_buf_done(&message);
    return text;
}

static void add_fault(struct dcv_ca_reader *reader, enum dcv_ca_severity severity, const char *path, const char *text)
{
    struct dcv_ca_fault *fault = DCV_VEC_ADD(reader->arena, &reader->faults);
    if (fault != NULL)
        *fault = (struct dcv_ca_fault){dcv_arena_strdup(reader->arena, path), 0, severity, text};
}

static void note_fault(struct dcv_ca_reader *reader, enum dcv_ca_severity severity, const char *path,
                       const char *format, va_list args)
{
    /* With memory short, what is missing may be what found no room. */
    const char *text = dcv_arena_failed(reader->arena) ? NULL : printable(reader->arena, format, args);
    if (text != NULL && reader->collect)
        add_fault(reader, severity, path, text);
    else if (text != NULL)
        reader->error = dcv_arena_printf(reader->arena, "%s:%zu: %s", reader->file,
                                         dcv_yaml_line(reader->text, reader->len, path), text);
    if (text == NULL || dcv_arena_failed(reader->arena))
        reader->status = DCV_ERR_NOMEM;
    else if (severity == DCV_CA_ERROR)
        reader->status = DCV_ERR_SYNTAX;
}

void dcv_ca_fault(struct dcv_ca_reader *reader, const char *path, const char *format, ...)
{
    if (reader->status != DCV_OK && !(reader->collect && reader->status == DCV_ERR_SYNTAX))
        return;
    va_list args;
    va_start(args, format);
    note_fault(reader, DCV_CA_ERROR, path, format, args);
    va_end(args);
}

void dcv_ca_remark(struct dcv_ca_reader *reader, enum dcv_ca_severity severity, const char *path, const char *format,
                   ...)
{
    if (!reader->collect || reader->status == DCV_ERR_NOMEM)
        return;
    va_list args;
    va_start(args, format);
    note_fault(reader, severity, path, format, args);
    va_end(args);
}
