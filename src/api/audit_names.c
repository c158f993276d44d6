/* A portfolio as a stream: one name a line, or a column of CSV. */
#include "api/audit.h"

#include "base/feed.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_OCTETS = 4096, CELLS_MAX = 4096, ROW_MAX_OCTETS = 1 << 20 };

struct audit_names {
    struct dcv_session *session;
    struct dcv_feed *feed;
    const char *path;   /* for messages */
    bool csv;
    size_t column;
    uint64_t line;
    char name[NAME_MAX_OCTETS + 1];
};

static const char blanks[] = " \t\r\v\f";

/* ---- one name a line ------------------------------------------------------------------------------------------------------------- */

/* Without blanks around it, and without a comment: "#" at the start or after a blank. */
static const char *plain_name(struct audit_names *names, const char *text, size_t len)
{
    while (len > 0 && strchr(blanks, text[0]) != NULL) {
        text++;
        len--;
    }
    size_t end = 0;
    while (end < len && !(text[end] == '#' && (end == 0 || strchr(blanks, text[end - 1]) != NULL)))
        end++;
    while (end > 0 && strchr(blanks, text[end - 1]) != NULL)
        end--;
    memcpy(names->name, text, end);
    names->name[end] = '\0';
    return names->name;
}

/* ---- CSV (RFC 4180) ---------------------------------------------------------------------------------------------------------------- */

/* The cell from `at` on, put together in `out`, which has room for the row; returns where the next one begins, behind the comma: past the end for the last. */
static size_t take_cell(const char *row, size_t len, size_t at, char *out)
{
    size_t size = 0;
    bool quoted = false;
    for (; at < len && (quoted || row[at] != ','); at++) {
        if (row[at] != '"')
            out[size++] = row[at] == '\n' || row[at] == '\r' ? ' ' : row[at];
        else if (quoted && at + 1 < len && row[at + 1] == '"')
            out[size++] = row[at++];
        else
            quoted = !quoted;
    }
    out[size] = '\0';
    return at + 1;
}

/* Is a quoted cell still open at the end? Then the row goes on on the next line. */
static bool open_quote(const char *row, size_t len)
{
    bool open = false;
    for (size_t i = 0; i < len; i++)
        open ^= row[i] == '"';
    return open;
}

/* A whole row, lent until the next call; NULL: there is none. */
static const char *next_row(struct audit_names *names, size_t *len, enum dcv_status *status)
{
    const char *line = dcv_feed_next(names->feed, len, status);
    while (line != NULL && open_quote(line, *len) && *len < ROW_MAX_OCTETS) {
        const size_t before = *len;
        line = dcv_feed_more(names->feed, len, status);
        if (*len == before)
            break;
    }
    return line;
}

static char *trim(char *text)
{
    text += strspn(text, blanks);
    size_t len = strlen(text);
    while (len > 0 && strchr(blanks, text[len - 1]) != NULL)
        text[--len] = '\0';
    return text;
}

/* The number of the column of that name; SIZE_MAX: there is none. A number counts from 1. */
static size_t find_column(const char *row, size_t len, const char *column)
{
    size_t found = SIZE_MAX, at = 0, count = 0;
    long number;
    char *cell = malloc(len + 1);
    for (; cell != NULL && at <= len && count < CELLS_MAX; count++) {
        at = take_cell(row, len, at, cell);
        if (found == SIZE_MAX && dcv_ascii_equal_nocase(trim(cell), column))
            found = count;
    }
    free(cell);
    if (found == SIZE_MAX && dcv_text_number(column, 1, (long)count, &number))
        found = (size_t)number - 1;
    return found;
}

static enum dcv_status read_head(struct audit_names *names, const char *column)
{
    enum dcv_status status = DCV_OK;
    size_t len;
    const char *row = next_row(names, &len, &status);
    if (row == NULL)
        return status != DCV_OK ? status : session_fail(names->session, DCV_ERR_USAGE, _("%s: empty; with --column it must be CSV with a head line"), names->path);
    names->csv = true;
    names->column = find_column(row, len, column);
    if (names->column != SIZE_MAX)
        return DCV_OK;
    const size_t shown = strcspn(row, "\r\n") < 200 ? strcspn(row, "\r\n") : 200;
    return session_fail(names->session, DCV_ERR_USAGE, _("%s:1: there is no column '%s'; its columns are: %.*s"), names->path, column, (int)shown, row);
}

/* The cell of the column; "" where the row is shorter. */
static const char *csv_name(struct audit_names *names, const char *row, size_t len)
{
    char *cell = malloc(len + 1);
    size_t at = 0;
    names->name[0] = '\0';
    for (size_t i = 0; cell != NULL && at <= len && i <= names->column; i++) {
        at = take_cell(row, len, at, cell);
        if (i == names->column) {
            const char *text = trim(cell);
            const size_t size = strlen(text) < NAME_MAX_OCTETS ? strlen(text) : NAME_MAX_OCTETS;
            memcpy(names->name, text, size);
            names->name[size] = '\0';
        }
    }
    free(cell);
    return names->name;
}

/* ---- the stream -------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status cannot_read(const struct audit_names *names, enum dcv_status status)
{
    switch (status) {
    case DCV_ERR_SYNTAX:
        return session_fail(names->session, DCV_ERR_USAGE, _("%s:%llu: a zero octet; a list of names is text, one name a line"), names->path,
                            (unsigned long long)dcv_feed_number(names->feed));
    case DCV_ERR_LIMIT:
        return session_fail(names->session, DCV_ERR_USAGE, _("%s:%llu: the line is too long; a list of names is text, one name a line"), names->path,
                            (unsigned long long)dcv_feed_number(names->feed));
    case DCV_ERR_IO: return session_fail(names->session, DCV_ERR_USAGE, "%s: %s", names->path, strerror(errno));
    default: return status;
    }
}

/* All that follows takes UTF-8; what is none is shown as it is, and is no name. */
static const char *readable(struct audit_names *names, enum dcv_status *status)
{
    struct dcv_buf escaped;
    const size_t len = strlen(names->name);
    if (dcv_utf8_valid(names->name, len))
        return names->name;
    dcv_buf_init(&escaped, (size_t)NAME_MAX_OCTETS * 4);
    dcv_text_escape(&escaped, names->name, len);
    if (escaped.failed)
        *status = DCV_ERR_NOMEM;
    (void)snprintf(names->name, sizeof names->name, "%s", dcv_buf_text(&escaped));
    dcv_buf_done(&escaped);
    return escaped.failed ? NULL : names->name;
}

bool audit_names_wait(struct audit_names *names, int *fd)
{
    return dcv_feed_waits(names->feed, fd);
}

const char *audit_names_next(struct audit_names *names, enum dcv_status *status)
{
    for (;;) {
        size_t len;
        *status = DCV_OK;
        const char *line = names->csv ? next_row(names, &len, status) : dcv_feed_next(names->feed, &len, status);
        if (*status == DCV_OK && line != NULL && !names->csv && len > NAME_MAX_OCTETS)
            *status = DCV_ERR_LIMIT;
        if (*status != DCV_OK)
            *status = cannot_read(names, *status);
        if (line == NULL || *status != DCV_OK)
            return NULL;
        names->line = dcv_feed_number(names->feed);
        const char *name = names->csv ? csv_name(names, line, len) : plain_name(names, line, len);
        if (name[0] != '\0')
            return readable(names, status);
    }
}

uint64_t audit_list_digest(uint64_t digest, const char *name)
{
    for (; *name != '\0'; name++) /* FNV-1a */
        digest = (digest ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return (digest ^ '\n') * UINT64_C(0x100000001b3);
}

/* Of a file: its names are counted first. A list of a million is read in a few milliseconds. */
static enum dcv_status survey(struct dcv_session *session, const char *path, const char *column, struct audit_list *list)
{
    struct audit_names *names = NULL;
    enum dcv_status status = audit_names_open(session, path, column, &names);
    for (const char *name; status == DCV_OK && (name = audit_names_next(names, &status)) != NULL;) {
        list->digest = audit_list_digest(list->digest, name);
        if (++list->total == list->known)
            list->known_digest = list->digest;
    }
    audit_names_close(names);
    return status;
}

enum dcv_status audit_names_survey(struct dcv_session *session, const char *path, const char *column, struct audit_list *list)
{
    list->total = list->digest = list->known_digest = 0;
    return dcv_feed_regular(path) ? survey(session, path, column, list) : DCV_OK;
}

enum dcv_status audit_names_open(struct dcv_session *session, const char *path, const char *column, struct audit_names **out)
{
    struct audit_names *names = calloc(1, sizeof *names);
    if (names == NULL)
        return DCV_ERR_NOMEM;
    names->session = session;
    names->path = strcmp(path, "-") == 0 ? _("standard input") : path;
    enum dcv_status status = dcv_feed_open(path, ROW_MAX_OCTETS, &names->feed);
    if (status == DCV_ERR_IO)
        (void)session_fail(session, DCV_ERR_USAGE, "%s: %s", names->path, strerror(errno));
    if (status == DCV_OK && column != NULL)
        status = read_head(names, column);
    if (status != DCV_OK) {
        audit_names_close(names);
        return status == DCV_ERR_IO ? DCV_ERR_USAGE : status;
    }
    *out = names;
    return DCV_OK;
}

void audit_names_close(struct audit_names *names)
{
    if (names == NULL)
        return;
    dcv_feed_close(names->feed);
    free(names);
}

uint64_t audit_names_line(const struct audit_names *names)
{
    return names->line;
}
