#include "dnssec/dnssec.h"

#include "base/vec.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

struct dcv_anchors {
    struct dcv_arena *arena;
    DCV_VEC(struct dcv_rr) list;
};

/* https://data.iana.org/root-anchors/root-anchors.xml (RFC 9718): KSK-2017, validFrom 2017-02-02, and KSK-2024, validFrom 2024-07-18. */
static const char iana[] = ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n"
                           ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16\n";

enum dcv_status dcv_anchors_iana(struct dcv_anchors **out)
{
    size_t line;
    return dcv_anchors_parse(iana, sizeof iana - 1, out, &line);
}

/* unbound-anchor notes the state of each key behind it (RFC 5011 §4.2): only 2, VALID, and 3, MISSING, are trusted. */
static bool state_trusted(const char *line, size_t len)
{
    static const char mark[] = ";;state=";
    for (size_t at = 0; at + sizeof mark <= len; at++)
        if (memcmp(line + at, mark, sizeof mark - 1) == 0)
            return line[at + sizeof mark - 1] == '2' || line[at + sizeof mark - 1] == '3';
    return true;
}

/* Blanks the lines of keys that are not trusted; the count of lines stays. */
static void drop_untrusted(char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        const char *feed = memchr(text + at, '\n', len - at);
        const size_t size = feed != NULL ? (size_t)(feed - (text + at)) : len - at;
        if (!state_trusted(text + at, size))
            memset(text + at, ' ', size);
        at += size + 1;
    }
}

static enum dcv_status add_anchor(struct dcv_anchors *anchors, const struct dcv_rr *rr)
{
    if (rr->type != DCV_TYPE_DS && rr->type != DCV_TYPE_DNSKEY)
        return DCV_OK;
    struct dcv_rr *slot = DCV_VEC_ADD(anchors->arena, &anchors->list);
    if (slot == NULL)
        return DCV_ERR_NOMEM;
    *slot = *rr;
    return DCV_OK;
}

/* Takes the next record, with all lines that its parentheses join, without comments; or what is blank. */
static void take_entry(const char **at, const char *end, struct dcv_buf *entry, size_t *lines)
{
    int open = 0;
    bool comment = false;
    dcv_buf_clear(entry);
    *lines = 0;
    for (; *at < end; (*at)++) {
        const char c = **at;
        comment = c == ';' || (comment && c != '\n');
        open += !comment && c == '(';
        open -= !comment && c == ')';
        *lines += c == '\n';
        if (c == '\n' && open <= 0) {
            (*at)++;
            return;
        }
        if (!comment)
            dcv_buf_putc(entry, c == '(' || c == ')' || c == '\n' || c == '\r' ? ' ' : c);
    }
    (*lines)++;
    if (open > 0)
        dcv_buf_putc(entry, '?'); /* never closed: no record */
}

static enum dcv_status read_entry(struct dcv_anchors *anchors, const struct dcv_buf *entry)
{
    const char *text = dcv_buf_text(entry);
    const size_t blank = strspn(text, " \t");
    struct dcv_rr rr;
    if (entry->failed)
        return DCV_ERR_NOMEM;
    if (text[blank] == '\0')
        return DCV_OK;
    /* "The same owner" and "$ORIGIN" of master files: here each record names its own. */
    if (blank != 0 || text[0] == '$')
        return DCV_ERR_SYNTAX;
    enum dcv_status status = dcv_rr_from_text(anchors->arena, text, &rr);
    return status == DCV_OK ? add_anchor(anchors, &rr) : status;
}

static enum dcv_status read_text(struct dcv_anchors *anchors, char *text, size_t len, size_t *line)
{
    struct dcv_buf entry;
    enum dcv_status status = DCV_OK;
    size_t before = 1, lines;
    *line = 0;
    drop_untrusted(text, len);
    dcv_buf_init(&entry, len + 1);
    for (const char *at = text; status == DCV_OK && at < text + len; before += lines) {
        take_entry(&at, text + len, &entry, &lines);
        const bool zero = memchr(dcv_buf_text(&entry), '\0', entry.len) != NULL;
        status = zero ? DCV_ERR_SYNTAX : read_entry(anchors, &entry);
        if (status == DCV_ERR_SYNTAX)
            *line = before;
    }
    dcv_buf_done(&entry);
    return status == DCV_OK && anchors->list.count == 0 ? DCV_ERR_SYNTAX : status;
}

enum dcv_status dcv_anchors_parse(const char *text, size_t len, struct dcv_anchors **out, size_t *line)
{
    struct dcv_anchors *anchors = calloc(1, sizeof *anchors);
    char *copy = malloc(len + 1);
    enum dcv_status status = DCV_ERR_NOMEM;
    if (anchors != NULL && copy != NULL && (anchors->arena = dcv_arena_create(NULL)) != NULL) {
        memcpy(copy, text, len);
        copy[len] = '\n'; /* so that there is always something to read */
        status = read_text(anchors, copy, len + 1, line);
    }
    free(copy);
    if (status == DCV_OK)
        *out = anchors;
    else
        dcv_anchors_free(anchors);
    return status;
}

void dcv_anchors_free(struct dcv_anchors *anchors)
{
    if (anchors == NULL)
        return;
    dcv_arena_free(anchors->arena);
    free(anchors);
}

size_t dcv_anchors_count(const struct dcv_anchors *anchors)
{
    return anchors->list.count;
}

const struct dcv_rr *dcv_anchors_at(const struct dcv_anchors *anchors, size_t index)
{
    return &anchors->list.items[index];
}
