#include "parcel/parcel.h"

#include "base/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- writing -------------------------------------------------------------------------------------------------------------------- */

/* Texts are UTF-8 already. */
static void put_text(struct dcv_buf *out, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    dcv_buf_putc(out, '"');
    for (const char *from = text;; text++) {
        const unsigned char octet = (unsigned char)*text;
        if (octet >= 0x20 && octet != '"' && octet != '\\')
            continue;
        dcv_buf_put(out, from, (size_t)(text - from));
        if (octet == '\0')
            break;
        if (octet < 0x20) {
            const char escape[] = {'\\', 'u', '0', '0', digits[octet >> 4], digits[octet & 15]};
            dcv_buf_put(out, escape, sizeof escape);
        } else {
            dcv_buf_putc(out, '\\');
            dcv_buf_putc(out, (char)octet);
        }
        from = text + 1;
    }
    dcv_buf_putc(out, '"');
}

/* What may be anything, as a line of a list: octets that are no UTF-8 go as an array of their hexadecimal form. */
static void put_octets(struct dcv_buf *out, const char *text)
{
    const size_t len = strlen(text);
    if (dcv_utf8_valid(text, len)) {
        put_text(out, text);
        return;
    }
    dcv_buf_puts(out, "[\"");
    dcv_hex_put(out, text, len);
    dcv_buf_puts(out, "\"]");
}

static void put_key(struct dcv_buf *out, const uint8_t key[DCV_STORE_KEY])
{
    dcv_buf_puts(out, ",\"");
    dcv_hex_put(out, key, DCV_STORE_KEY);
    dcv_buf_puts(out, "\",");
}

const char *dcv_parcel_key_text(const uint8_t key[DCV_STORE_KEY], char out[DCV_PARCEL_KEY_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < DCV_STORE_KEY; i++) {
        out[2 * i] = digits[key[i] >> 4];
        out[2 * i + 1] = digits[key[i] & 15];
    }
    out[DCV_PARCEL_KEY_TEXT - 1] = '\0';
    return out;
}

void dcv_parcel_put_class(struct dcv_buf *out, const struct dcv_store_class *class)
{
    dcv_buf_puts(out, "[\"class\"");
    put_key(out, class->key);
    dcv_buf_decimal(out, class->verdict);
    dcv_buf_putc(out, ',');
    put_text(out, class->findings);
    dcv_buf_putc(out, ',');
    put_text(out, class->body);
    dcv_buf_putc(out, ',');
    put_text(out, class->facts);
    dcv_buf_putc(out, ',');
    put_text(out, class->witness != NULL ? class->witness : "");
    dcv_buf_puts(out, "]\n");
}

void dcv_parcel_put_name(struct dcv_buf *out, const struct dcv_store_name *name)
{
    dcv_buf_puts(out, "[\"name\"");
    put_key(out, name->key);
    dcv_buf_decimal(out, name->number);
    dcv_buf_putc(out, ',');
    put_octets(out, name->text);
    dcv_buf_putc(out, ',');
    dcv_buf_decimal(out, name->state);
    dcv_buf_putc(out, ',');
    put_text(out, name->values);
    dcv_buf_putc(out, ',');
    put_text(out, name->note);
    const uint32_t numbers[] = {name->queries, name->cached, name->retries, name->elapsed_ms};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        dcv_buf_putc(out, ',');
        dcv_buf_decimal(out, numbers[i]);
    }
    dcv_buf_puts(out, "]\n");
}

enum { COUNTS = sizeof(struct dcv_parcel_counts) / sizeof(uint64_t) };

void dcv_parcel_put_counts(struct dcv_buf *out, const struct dcv_parcel_counts *counts)
{
    uint64_t numbers[COUNTS];
    memcpy(numbers, counts, sizeof numbers);
    dcv_buf_puts(out, "[\"counts\"");
    for (size_t i = 0; i < COUNTS; i++) {
        dcv_buf_putc(out, ',');
        dcv_buf_decimal(out, numbers[i]);
    }
    dcv_buf_puts(out, "]\n");
}

void dcv_parcel_put_failed(struct dcv_buf *out, const char *text)
{
    dcv_buf_puts(out, "[\"failed\",");
    put_text(out, text);
    dcv_buf_puts(out, "]\n");
}

enum {
    HEAD_FORM = 1, /* of the line: another one is not read */
    HEAD_TEXTS = sizeof((struct dcv_parcel_head *)NULL)->texts / sizeof(char *),
    HEAD_NUMBERS = sizeof((struct dcv_parcel_head *)NULL)->numbers / sizeof(uint64_t),
};

void dcv_parcel_put_head(struct dcv_buf *out, const struct dcv_parcel_head *head)
{
    const char *texts[HEAD_TEXTS];
    uint64_t numbers[HEAD_NUMBERS];
    memcpy(texts, &head->texts, sizeof texts);
    memcpy(numbers, &head->numbers, sizeof numbers);
    dcv_buf_puts(out, "[\"head\",");
    dcv_buf_decimal(out, HEAD_FORM);
    for (size_t i = 0; i < HEAD_TEXTS; i++) {
        dcv_buf_putc(out, ',');
        put_text(out, texts[i] != NULL ? texts[i] : "");
    }
    for (size_t i = 0; i < HEAD_NUMBERS; i++) {
        dcv_buf_putc(out, ',');
        dcv_buf_decimal(out, numbers[i]);
    }
    dcv_buf_puts(out, "]\n");
}

/* ---- reading -------------------------------------------------------------------------------------------------------------------- */

struct dcv_parcel_reader {
    json_t *line;
    char *octets; /* that came in hexadecimal form */
};

enum dcv_status dcv_parcel_reader_create(struct dcv_parcel_reader **out)
{
    *out = calloc(1, sizeof **out);
    return *out != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

void dcv_parcel_reader_free(struct dcv_parcel_reader *reader)
{
    if (reader == NULL)
        return;
    json_decref(reader->line);
    free(reader->octets);
    free(reader);
}

/* The items of a line, one after the other; failure is sticky. */
struct items {
    const json_t *line;
    size_t at;
    bool failed;
};

static const char *take_text(struct items *items)
{
    const char *text = json_string_value(json_array_get(items->line, items->at++));
    items->failed = items->failed || text == NULL;
    return text != NULL ? text : "";
}

/* As put_octets() has it. */
static const char *take_octets(struct items *items, char **kept)
{
    const json_t *value = json_array_get(items->line, items->at);
    if (!json_is_array(value))
        return take_text(items);
    const char *hex = json_array_size(value) == 1 ? json_string_value(json_array_get(value, 0)) : NULL;
    const size_t room = hex != NULL ? strlen(hex) / 2 : 0;
    size_t len = 0;
    free(*kept);
    *kept = calloc(1, room + 1);
    items->at++;
    items->failed = items->failed || hex == NULL || *kept == NULL || !dcv_hex_read(hex, (uint8_t *)*kept, room, &len) || memchr(*kept, '\0', len) != NULL;
    return items->failed ? "" : *kept;
}

static uint64_t take_number(struct items *items, uint64_t max)
{
    const json_t *value = json_array_get(items->line, items->at++);
    const json_int_t number = json_integer_value(value);
    items->failed = items->failed || !json_is_integer(value) || number < 0 || (uint64_t)number > max;
    return items->failed ? 0 : (uint64_t)number;
}

static void take_key(struct items *items, uint8_t out[DCV_STORE_KEY])
{
    size_t len = 0;
    if (!dcv_hex_read(take_text(items), out, DCV_STORE_KEY, &len) || len != DCV_STORE_KEY)
        items->failed = true;
}

static void read_class(struct items *items, struct dcv_store_class *out)
{
    take_key(items, out->key);
    out->verdict = (enum dcv_store_verdict)take_number(items, DCV_STORE_UNKNOWN);
    out->findings = take_text(items);
    out->body = take_text(items);
    out->facts = take_text(items);
    out->witness = take_text(items);
    if (out->witness[0] == '\0')
        out->witness = NULL;
}

static void read_name(struct dcv_parcel_reader *reader, struct items *items, struct dcv_store_name *out)
{
    take_key(items, out->key);
    out->number = take_number(items, INT64_MAX);
    out->text = take_octets(items, &reader->octets);
    out->state = (enum dcv_store_state)take_number(items, DCV_STORE_CRASHED);
    out->values = take_text(items);
    out->note = take_text(items);
    out->queries = (uint32_t)take_number(items, UINT32_MAX);
    out->cached = (uint32_t)take_number(items, UINT32_MAX);
    out->retries = (uint32_t)take_number(items, UINT32_MAX);
    out->elapsed_ms = (uint32_t)take_number(items, UINT32_MAX);
    items->failed = items->failed || out->number == 0;
}

static void read_counts(struct items *items, struct dcv_parcel_counts *out)
{
    uint64_t numbers[COUNTS] = {0};
    for (size_t i = 0; i < COUNTS; i++)
        numbers[i] = take_number(items, INT64_MAX);
    memcpy(out, numbers, sizeof numbers);
}

static void read_head(struct items *items, struct dcv_parcel_head *out)
{
    const char *texts[HEAD_TEXTS] = {NULL};
    uint64_t numbers[HEAD_NUMBERS] = {0};
    items->failed = items->failed || take_number(items, INT64_MAX) != HEAD_FORM;
    for (size_t i = 0; i < HEAD_TEXTS; i++)
        texts[i] = take_text(items);
    for (size_t i = 0; i < HEAD_NUMBERS; i++)
        numbers[i] = take_number(items, INT64_MAX);
    memcpy(&out->texts, texts, sizeof texts);
    memcpy(&out->numbers, numbers, sizeof numbers);
}

enum dcv_status dcv_parcel_read(struct dcv_parcel_reader *reader, const char *line, size_t len, struct dcv_parcel *out)
{
    json_decref(reader->line);
    reader->line = json_loadb(line, len, 0, NULL);
    struct items items = {.line = reader->line, .failed = !json_is_array(reader->line)};
    const char *kind = take_text(&items);
    *out = (struct dcv_parcel){.text = ""};
    if (strcmp(kind, "class") == 0) {
        out->kind = DCV_PARCEL_CLASS;
        read_class(&items, &out->class);
    } else if (strcmp(kind, "name") == 0) {
        out->kind = DCV_PARCEL_NAME;
        read_name(reader, &items, &out->name);
    } else if (strcmp(kind, "counts") == 0) {
        out->kind = DCV_PARCEL_COUNTS;
        read_counts(&items, &out->counts);
    } else if (strcmp(kind, "failed") == 0) {
        out->kind = DCV_PARCEL_FAILED;
        out->text = take_text(&items);
    } else if (strcmp(kind, "head") == 0) {
        out->kind = DCV_PARCEL_HEAD;
        read_head(&items, &out->head);
    } else {
        return DCV_ERR_SYNTAX;
    }
    return items.failed || items.at != json_array_size(reader->line) ? DCV_ERR_SYNTAX : DCV_OK;
}
