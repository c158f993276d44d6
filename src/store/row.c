#include "store/internal.h"

#include <string.h>

static void refuse(struct dcv_row *row, const char *what)
{
    row->status = dcv_store_damaged(row->store, what);
}

static bool is_text(struct dcv_row *row, int column, size_t max, const char **out)
{
    const char *text = (const char *)sqlite3_column_text(row->stmt, column);
    if (text == NULL) {
        row->status = dcv_store_short(row->store);
        return false;
    }
    const size_t len = (size_t)sqlite3_column_bytes(row->stmt, column);
    if (len > max || memchr(text, '\0', len) != NULL) {
        refuse(row, len > max ? "a text is too long" : "a text has zeros within");
        return false;
    }
    *out = text;
    return true;
}

const char *dcv_row_text(struct dcv_row *row, int column, size_t max)
{
    const char *text = "";
    if (row->status != DCV_OK)
        return text;
    if (sqlite3_column_type(row->stmt, column) != SQLITE_TEXT) {
        refuse(row, "a text is missing");
        return text;
    }
    return is_text(row, column, max, &text) ? text : "";
}

const char *dcv_row_text_or_null(struct dcv_row *row, int column, size_t max)
{
    return sqlite3_column_type(row->stmt, column) != SQLITE_NULL ? dcv_row_text(row, column, max) : NULL;
}

uint64_t dcv_row_number(struct dcv_row *row, int column, uint64_t max)
{
    if (row->status != DCV_OK)
        return 0;
    const int64_t number = sqlite3_column_int64(row->stmt, column);
    if (sqlite3_column_type(row->stmt, column) == SQLITE_INTEGER && number >= 0 && (uint64_t)number <= max)
        return (uint64_t)number;
    refuse(row, "a number is missing or out of range");
    return 0;
}

int64_t dcv_row_id(struct dcv_row *row, int column)
{
    const int64_t id = (int64_t)dcv_row_number(row, column, INT64_MAX);
    if (row->status == DCV_OK && id == 0)
        refuse(row, "a number is missing or out of range");
    return id;
}

int64_t dcv_row_id_or_null(struct dcv_row *row, int column)
{
    return sqlite3_column_type(row->stmt, column) != SQLITE_NULL ? dcv_row_id(row, column) : 0;
}

void dcv_row_key(struct dcv_row *row, int column, uint8_t key[DCV_STORE_KEY])
{
    memset(key, 0, DCV_STORE_KEY);
    if (row->status != DCV_OK)
        return;
    const void *data = sqlite3_column_type(row->stmt, column) == SQLITE_BLOB ? sqlite3_column_blob(row->stmt, column) : NULL;
    if (data != NULL && sqlite3_column_bytes(row->stmt, column) == DCV_STORE_KEY)
        memcpy(key, data, DCV_STORE_KEY);
    else
        refuse(row, "a key of a class is none");
}

int64_t dcv_row_class(struct dcv_row *row, struct dcv_store_class *out)
{
    *out = (struct dcv_store_class){0};
    const int64_t id = dcv_row_id(row, 0);
    dcv_row_key(row, 1, out->key);
    out->verdict = (enum dcv_store_verdict)dcv_row_number(row, 2, DCV_STORE_UNKNOWN);
    out->findings = dcv_row_text(row, 3, DCV_STORE_SHORT_MAX);
    out->body = dcv_row_text(row, 4, DCV_STORE_BODY_MAX);
    return id;
}

bool dcv_has_word(const char *words, const char *word, size_t len)
{
    for (const char *at = words; len != 0 && *at != '\0';) {
        const size_t here = strcspn(at, " ");
        if (here == len && memcmp(at, word, len) == 0)
            return true;
        at += here + (at[here] == ' ');
    }
    return false;
}

bool dcv_has_words(const char *words, const char *others)
{
    for (const char *at = others; *at != '\0';) {
        const size_t len = strcspn(at, " ");
        if (len != 0 && !dcv_has_word(words, at, len))
            return false;
        at += len + (at[len] == ' ');
    }
    return true;
}
