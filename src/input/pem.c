#include "input/pem.h"

#include <string.h>

static const char BEGIN[] = "-----BEGIN ", END[] = "-----END ", DASHES[] = "-----";

void dcv_pem_init(struct dcv_pem_reader *reader, const void *data, size_t len)
{
    static const char bom[] = "\xEF\xBB\xBF";
    const char *text = data;
    *reader = (struct dcv_pem_reader){.at = text, .end = len != 0 ? text + len : text};
    if (len >= strlen(bom) && memcmp(text, bom, strlen(bom)) == 0)
        reader->at += strlen(bom);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static bool next_line(struct dcv_pem_reader *reader, struct dcv_pem_line *line)
{
    if (reader->at == reader->end)
        return false;
    const char *start = reader->at, *stop = start;
    while (stop < reader->end && *stop != '\n' && *stop != '\r')
        stop++;
    reader->at = stop;
    if (reader->at < reader->end && *reader->at++ == '\r' && reader->at < reader->end && *reader->at == '\n')
        reader->at++;
    while (start < stop && blank(*start))
        start++;
    while (stop > start && blank(stop[-1]))
        stop--;
    *line = (struct dcv_pem_line){.text = start, .len = (size_t)(stop - start), .number = ++reader->number};
    return true;
}

/* The label of a line that is `before`, label, five hyphens. */
static bool boundary(const struct dcv_pem_line *line, const char *before, struct dcv_pem_line *label)
{
    const size_t prefix = strlen(before), suffix = strlen(DASHES);
    if (line->len < prefix + suffix || memcmp(line->text, before, prefix) != 0 ||
        memcmp(line->text + line->len - suffix, DASHES, suffix) != 0)
        return false;
    *label = (struct dcv_pem_line){line->text + prefix, line->len - prefix - suffix, line->number};
    /* All on one line is no boundary. */
    return memchr(label->text, '-', label->len) == NULL;
}

/* Reads on to the END line; in front of another BEGIN line the block is over, too. */
static void find_end(struct dcv_pem_reader *reader, struct dcv_pem_block *block)
{
    struct dcv_pem_line line, label = block->label;
    block->body = *reader;
    for (struct dcv_pem_reader before = *reader; next_line(reader, &line); before = *reader) {
        const bool begins = boundary(&line, BEGIN, &label);
        if (begins)
            *reader = before;
        block->body.end = begins ? before.at : line.text;
        block->closed = !begins && boundary(&line, END, &label);
        if (begins || block->closed)
            break;
        block->body.end = reader->at;
    }
    block->same_label =
        block->closed && label.len == block->label.len && memcmp(label.text, block->label.text, label.len) == 0;
}

bool dcv_pem_next(struct dcv_pem_reader *reader, struct dcv_pem_block *block)
{
    struct dcv_pem_line line;
    *block = (struct dcv_pem_block){.closed = false};
    while (next_line(reader, &line))
        if (boundary(&line, BEGIN, &block->label)) {
            find_end(reader, block);
            return true;
        }
    return false;
}

size_t dcv_pem_find(const void *data, size_t len, const char *words)
{
    struct dcv_pem_reader reader;
    struct dcv_pem_line line, label;
    dcv_pem_init(&reader, data, len);
    while (next_line(&reader, &line))
        if (memmem(line.text, line.len, words, strlen(words)) != NULL && !boundary(&line, BEGIN, &label))
            return line.number;
    return 0;
}

/* The six bits of a character of Base64 (RFC 4648 §4), or -1. */
static int six_bits(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

struct base64 {
    uint32_t bits;
    unsigned count;  /* characters of the group of four */
    unsigned padded; /* of them '=' */
    bool ended;
};

static enum dcv_pem_fault put_character(struct base64 *base64, char c, struct dcv_buf *out)
{
    const int bits = c == '=' ? 0 : six_bits(c);
    if (bits < 0)
        return DCV_PEM_OCTET;
    if (c == '=')
        base64->padded++;
    if (base64->ended || (base64->padded > 0 && (c != '=' || base64->count < 2)))
        return DCV_PEM_LENGTH;
    base64->bits = base64->bits << 6 | (uint32_t)bits;
    if (++base64->count < 4)
        return DCV_PEM_OK;
    const uint8_t octets[] = {(uint8_t)(base64->bits >> 16), (uint8_t)(base64->bits >> 8), (uint8_t)base64->bits};
    dcv_buf_put(out, octets, 3 - base64->padded);
    *base64 = (struct base64){.ended = base64->padded > 0};
    return DCV_PEM_OK;
}

static enum dcv_pem_fault put_line(struct base64 *base64, const struct dcv_pem_line *line, struct dcv_buf *out)
{
    for (size_t i = 0; i < line->len; i++) {
        const enum dcv_pem_fault fault = blank(line->text[i]) ? DCV_PEM_OK : put_character(base64, line->text[i], out);
        if (fault != DCV_PEM_OK)
            return fault;
    }
    return DCV_PEM_OK;
}

bool dcv_pem_bare(const void *data, size_t len)
{
    enum { SHORTEST = 32, KEPT = 1 };
    struct dcv_pem_reader reader;
    struct dcv_pem_line line;
    struct base64 base64 = {0};
    struct dcv_buf out; /* what does not fit is not wanted either */
    size_t characters = 0;
    enum dcv_pem_fault fault = DCV_PEM_OK;
    dcv_buf_init(&out, KEPT);
    dcv_pem_init(&reader, data, len);
    while (fault == DCV_PEM_OK && next_line(&reader, &line)) {
        fault = put_line(&base64, &line, &out);
        characters += line.len;
    }
    dcv_buf_done(&out);
    return fault == DCV_PEM_OK && characters >= SHORTEST;
}

/* Headers (RFC 1421 §4.4) end with an empty line. */
static bool encrypted(struct dcv_pem_reader *body)
{
    struct dcv_pem_reader reader = *body;
    struct dcv_pem_line line;
    bool found = false, headers = false;
    while (next_line(&reader, &line) && line.len > 0) {
        headers = headers || memchr(line.text, ':', line.len) != NULL;
        if (!headers)
            return false;
        found = found || memmem(line.text, line.len, "ENCRYPTED", strlen("ENCRYPTED")) != NULL;
    }
    if (headers)
        *body = reader;
    return found;
}

enum dcv_pem_fault dcv_pem_decode(const struct dcv_pem_block *block, struct dcv_buf *out, size_t *line)
{
    struct dcv_pem_reader body = block->body;
    struct dcv_pem_line text = block->label;
    struct base64 base64 = {0};
    enum dcv_pem_fault fault = encrypted(&body) ? DCV_PEM_ENCRYPTED : DCV_PEM_OK;
    while (fault == DCV_PEM_OK && next_line(&body, &text))
        fault = put_line(&base64, &text, out);
    if (fault == DCV_PEM_OK && !block->closed) {
        fault = DCV_PEM_OPEN;
        text = block->label;
    }
    if (fault == DCV_PEM_OK && base64.count != 0)
        fault = DCV_PEM_LENGTH;
    if (fault == DCV_PEM_OK && !block->same_label) {
        fault = DCV_PEM_LABELS;
        text = block->label;
    }
    *line = text.number;
    return fault;
}
