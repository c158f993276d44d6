#include "name/psl.h"

#include "base/io.h"
#include "base/text.h"

#include <errno.h>
#include <libpsl.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIST_SIZE_MAX = 16 * 1024 * 1024, /* the list of 2026 has a third of a megabyte */
    LABELS_MAX = 127,
};

static const char built_in[] = "built into libpsl";

/* What was asked of late: of one name several parts ask the same, and hosts are shared by many. */
enum { REMEMBERED = 256 };
struct remembered {
    struct dcv_name name; /* len 0: nothing */
    uint8_t labels;
};

struct dcv_psl {
    psl_ctx_t *list; /* psl_builtin() is not freed by psl_free(), which knows it */
    char *origin;
    struct remembered *remembered;
};

/* libpsl takes any text for a list of rules. A list has the marker of its ICANN section, or is a compiled one. */
static enum dcv_status check_list(const char *path)
{
    static const char compiled[] = ".DAFSA@PSL_", marker[] = "===BEGIN ICANN DOMAINS===";
    struct dcv_buf content;
    dcv_buf_init(&content, LIST_SIZE_MAX);
    enum dcv_status status = dcv_file_read(path, &content);
    if (status == DCV_OK && strncmp(dcv_buf_text(&content), compiled, sizeof compiled - 1) != 0 &&
        strstr(dcv_buf_text(&content), marker) == NULL) {
        errno = EINVAL;
        status = DCV_ERR_IO;
    }
    dcv_buf_done(&content);
    return status == DCV_ERR_LIMIT ? DCV_ERR_IO : status;
}

static enum dcv_status load(const char *path, struct dcv_psl *psl)
{
    enum dcv_status status = check_list(path);
    if (status != DCV_OK)
        return status;
    psl->list = psl_load_file(path);
    psl->origin = strdup(path);
    if (psl->origin == NULL)
        return DCV_ERR_NOMEM;
    return psl->list == NULL || psl_suffix_count(psl->list) == 0 ? DCV_ERR_IO : DCV_OK; /* -1: not known */
}

/* The list of the system, when there is one that can be read; otherwise the one in libpsl, which is always there. */
static enum dcv_status load_default(struct dcv_psl *psl)
{
    const char *path = psl_dist_filename();
    if (path != NULL && *path != '\0') {
        enum dcv_status status = load(path, psl);
        if (status != DCV_ERR_IO)
            return status;
        psl_free(psl->list);
        free(psl->origin);
    }
    psl->list = (psl_ctx_t *)(uintptr_t)psl_builtin();
    psl->origin = strdup(built_in);
    return psl->origin == NULL ? DCV_ERR_NOMEM : psl->list == NULL ? DCV_ERR_IO : DCV_OK;
}

enum dcv_status dcv_psl_create(const char *path, struct dcv_psl **out)
{
    struct dcv_psl *psl = calloc(1, sizeof *psl);
    if (psl == NULL)
        return DCV_ERR_NOMEM;
    psl->remembered = calloc(REMEMBERED, sizeof psl->remembered[0]);
    if (psl->remembered == NULL) {
        free(psl);
        return DCV_ERR_NOMEM;
    }
    enum dcv_status status = path != NULL ? load(path, psl) : load_default(psl);
    if (status == DCV_OK)
        *out = psl;
    else
        dcv_psl_free(psl);
    return status;
}

void dcv_psl_free(struct dcv_psl *psl)
{
    if (psl == NULL)
        return;
    psl_free(psl->list);
    free(psl->origin);
    free(psl->remembered);
    free(psl);
}

const char *dcv_psl_origin(const struct dcv_psl *psl)
{
    return psl->origin;
}

/* A name as libpsl reads it, made once for all its suffixes. */
struct query {
    char text[DCV_NAME_WIRE_MAX + 1];
    uint8_t start[LABELS_MAX]; /* of each label in `text`, leftmost first */
    unsigned labels;
};

/* An octet that is no part of a host name, an escaped dot above all, must not be taken for the syntax of a rule. */
static char host_octet(uint8_t octet)
{
    char c = dcv_ascii_lower((char)octet);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ? c : '_';
}

static void make_query(const struct dcv_name *name, struct query *out)
{
    size_t to = 0;
    out->labels = 0;
    for (unsigned i = 0; i < name->len && name->wire[i] != 0; i += name->wire[i] + 1U) {
        if (i > 0)
            out->text[to++] = '.';
        out->start[out->labels++] = (uint8_t)to;
        for (unsigned k = 1; k <= name->wire[i]; k++)
            out->text[to++] = host_octet(name->wire[i + k]);
    }
    out->text[to] = '\0';
}

/* The longest suffix that a rule matches; libpsl takes any single label for one, as the "*" rule of the list says. */
static unsigned suffix_labels(const struct dcv_psl *psl, const struct query *query, int type)
{
    for (unsigned i = 0; i < query->labels; i++)
        if (psl_is_public_suffix2(psl->list, query->text + query->start[i], type))
            return query->labels - i;
    return 0;
}

unsigned dcv_psl_suffix_labels(const struct dcv_psl *psl, const struct dcv_name *name)
{
    struct query query;
    struct remembered *slot = &psl->remembered[dcv_name_hash(name, 0) % REMEMBERED];
    if (slot->name.len != 0 && dcv_name_equal(&slot->name, name))
        return slot->labels;
    make_query(name, &query);
    const unsigned labels = suffix_labels(psl, &query, PSL_TYPE_ICANN);
    slot->name = *name;
    slot->labels = (uint8_t)labels;
    return labels;
}

bool dcv_psl_is_suffix(const struct dcv_psl *psl, const struct dcv_name *name)
{
    const unsigned labels = dcv_name_labels(name);
    return labels > 0 && dcv_psl_suffix_labels(psl, name) == labels;
}

static bool base_of(const struct dcv_name *name, unsigned suffix, struct dcv_name *out)
{
    if (suffix == dcv_name_labels(name))
        return false;
    *out = dcv_name_suffix(name, suffix + 1);
    return true;
}

bool dcv_psl_base(const struct dcv_psl *psl, const struct dcv_name *name, struct dcv_name *out)
{
    return base_of(name, dcv_psl_suffix_labels(psl, name), out);
}

bool dcv_psl_base_private(const struct dcv_psl *psl, const struct dcv_name *name, struct dcv_name *out)
{
    struct query query;
    make_query(name, &query);
    return base_of(name, suffix_labels(psl, &query, PSL_TYPE_ANY), out);
}

bool dcv_psl_tld_listed(const struct dcv_psl *psl, const struct dcv_name *name)
{
    struct query query;
    make_query(name, &query);
    return query.labels > 0 && psl_is_public_suffix2(psl->list, query.text + query.start[query.labels - 1],
                                                     PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}
