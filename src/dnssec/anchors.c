#include "dnssec/dnssec.h"

#include "base/vec.h"

#include <ldns/ldns.h>
#include <stdio.h>
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

static enum dcv_status add_anchor(struct dcv_anchors *anchors, const ldns_rr *parsed)
{
    const ldns_rr_type type = ldns_rr_get_type(parsed);
    if ((type != LDNS_RR_TYPE_DS && type != LDNS_RR_TYPE_DNSKEY) || ldns_rr_get_class(parsed) != LDNS_RR_CLASS_IN)
        return DCV_OK;
    char *text = ldns_rr2str(parsed);
    struct dcv_rr rr;
    enum dcv_status status = text == NULL ? DCV_ERR_NOMEM : dcv_rr_from_text(anchors->arena, text, &rr);
    free(text);
    if (status != DCV_OK)
        return status;
    struct dcv_rr *slot = DCV_VEC_ADD(anchors->arena, &anchors->list);
    if (slot == NULL)
        return DCV_ERR_NOMEM;
    *slot = rr;
    return DCV_OK;
}

/* Reads records until the end, or the first that cannot be read: `*start` is where it begins. ldns counts lines, but runs ahead. */
static enum dcv_status read_records(struct dcv_anchors *anchors, FILE *file, long *start)
{
    ldns_rdf *origin = ldns_dname_new_frm_str("."), *previous = NULL;
    uint32_t ttl = 0;
    enum dcv_status status = origin != NULL ? DCV_OK : DCV_ERR_NOMEM;
    while (status == DCV_OK && feof(file) == 0) {
        ldns_rr *parsed = NULL;
        *start = ftell(file);
        switch (ldns_rr_new_frm_fp_l(&parsed, file, &ttl, &origin, &previous, NULL)) {
        case LDNS_STATUS_OK: status = add_anchor(anchors, parsed); break;
        case LDNS_STATUS_SYNTAX_EMPTY:
        case LDNS_STATUS_SYNTAX_TTL:
        case LDNS_STATUS_SYNTAX_ORIGIN: break;
        case LDNS_STATUS_MEM_ERR: status = DCV_ERR_NOMEM; break;
        default: status = DCV_ERR_SYNTAX; break;
        }
        ldns_rr_free(parsed);
    }
    ldns_rdf_deep_free(previous);
    ldns_rdf_deep_free(origin);
    return status;
}

static size_t line_of(const char *text, size_t offset)
{
    size_t line = 1;
    for (size_t i = 0; i < offset; i++)
        line += text[i] == '\n';
    return line;
}

static enum dcv_status read_text(struct dcv_anchors *anchors, char *text, size_t len, size_t *line)
{
    const char *zero = memchr(text, '\0', len);
    long start = 0;
    *line = 0;
    if (zero != NULL) {
        *line = line_of(text, (size_t)(zero - text));
        return DCV_ERR_SYNTAX;
    }
    drop_untrusted(text, len);
    FILE *file = fmemopen(text, len, "r");
    if (file == NULL)
        return DCV_ERR_NOMEM;
    const enum dcv_status status = read_records(anchors, file, &start);
    (void)fclose(file);
    if (status == DCV_ERR_SYNTAX)
        *line = line_of(text, (size_t)start);
    else if (status == DCV_OK && anchors->list.count == 0)
        return DCV_ERR_SYNTAX;
    return status;
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
