/* Names that are alike are judged once: see shape/shape.h. A class is believed when its second name, judged by itself, came to the same; and one name in so many after that is
 * judged by itself again. */
#include "api/audit.h"

#include "base/map.h"
#include "fact/document.h"
#include "record/digest.h"
#include "shape/shape.h"
#include "verdict/verdict.h"

#include <stdlib.h>
#include <string.h>

enum {
    WITNESSES = 8,         /* of so many classes that are judged again, one is by its second name, too */
    SAMPLE = 256,          /* one name in so many is judged by itself although its class is known */
    BODY_MAX = 1 << 20,
    FACTS_TEXT_MAX = 8 << 20,
};

struct known_class {
    uint8_t key[DCV_STORE_KEY];
    enum dcv_verdict verdict;
    bool sure;     /* two of its names were judged */
    bool unlike;   /* they, or later ones, differ: each is judged by itself */
    uint32_t uses;
    size_t size, len;
    char marked[];
};

struct audit_classes {
    struct dcv_session *session;
    struct dcv_shaper *shaper;
    struct dcv_map *known; /* shape → known_class */
    size_t octets, max_octets;
    struct dcv_buf body, marked, filled, findings, facts, values;
};

enum dcv_status audit_classes_create(struct dcv_session *session, size_t max_octets, struct audit_classes **out)
{
    struct audit_classes *classes = calloc(1, sizeof *classes);
    if (classes == NULL)
        return DCV_ERR_NOMEM;
    classes->session = session;
    classes->max_octets = max_octets;
    classes->known = dcv_map_create();
    dcv_buf_init(&classes->body, BODY_MAX);
    dcv_buf_init(&classes->marked, BODY_MAX);
    dcv_buf_init(&classes->filled, BODY_MAX);
    dcv_buf_init(&classes->findings, BODY_MAX);
    dcv_buf_init(&classes->facts, FACTS_TEXT_MAX);
    dcv_buf_init(&classes->values, BODY_MAX);
    if (classes->known == NULL || dcv_shaper_create(session->psl, &classes->shaper) != DCV_OK) {
        audit_classes_free(classes);
        return DCV_ERR_NOMEM;
    }
    *out = classes;
    return DCV_OK;
}

void audit_classes_free(struct audit_classes *classes)
{
    if (classes == NULL)
        return;
    dcv_map_free(classes->known, free);
    dcv_shaper_free(classes->shaper);
    dcv_buf_done(&classes->body);
    dcv_buf_done(&classes->marked);
    dcv_buf_done(&classes->filled);
    dcv_buf_done(&classes->findings);
    dcv_buf_done(&classes->facts);
    dcv_buf_done(&classes->values);
    free(classes);
}

/* ---- judging one name by itself ------------------------------------------------------------------------------------------------ */

static enum dcv_status judge(struct audit_classes *classes, struct dcv_result *result)
{
    dcv_buf_clear(&classes->body);
    dcv_buf_clear(&classes->findings);
    if (result->arena == NULL)
        result->arena = dcv_arena_create(NULL);
    if (result->arena == NULL)
        return DCV_ERR_NOMEM;
    enum dcv_status status = result_judge(result);
    if (status == DCV_OK)
        status = dcv_row_judged(&result->judged, result->facts, &classes->body);
    if (status == DCV_OK)
        dcv_row_findings(&result->judged, &classes->findings);
    return status == DCV_OK && classes->findings.failed ? DCV_ERR_NOMEM : status;
}

static enum dcv_store_verdict verdict_of(enum dcv_verdict verdict)
{
    switch (verdict) {
    case DCV_READY: return DCV_STORE_READY;
    case DCV_NOT_READY: return DCV_STORE_NOT_READY;
    case DCV_UNKNOWN_VERDICT: return DCV_STORE_UNKNOWN;
    }
    return DCV_STORE_UNKNOWN;
}

/* The facts as a document; "": they are too long to be kept, and cannot be judged again. */
static const char *facts_text(struct audit_classes *classes, const struct dcv_result *result)
{
    dcv_buf_clear(&classes->facts);
    if (classes->session->audit.no_facts)
        return "";
    if (dcv_document_write(result->name.ascii, result->facts, &classes->facts) != DCV_OK)
        return "";
    return dcv_buf_text(&classes->facts);
}

/* What was just judged, as a class. */
static void send_class(struct audit_classes *classes, const struct dcv_result *result, const uint8_t key[DCV_STORE_KEY], const char *body, bool witness, struct dcv_buf *out)
{
    struct dcv_store_class class = {.verdict = verdict_of(result->judged.verdict), .findings = dcv_buf_text(&classes->findings), .body = body, .facts = "", .witness = NULL};
    memcpy(class.key, key, DCV_STORE_KEY);
    const char *facts = facts_text(classes, result);
    if (witness)
        class.witness = facts;
    else
        class.facts = facts;
    dcv_parcel_put_class(out, &class);
}

/* A class of one name: of its shape and its names together. */
static enum dcv_status judge_alone(struct audit_classes *classes, struct dcv_result *result, const struct dcv_shape *shape, struct dcv_buf *out, struct dcv_store_name *name)
{
    enum dcv_status status = judge(classes, result);
    if (status != DCV_OK)
        return status;
    dcv_digest(dcv_buf_text(&classes->body), classes->body.len, name->key);
    dcv_buf_clear(&classes->values);
    dcv_buf_puts(&classes->values, shape->values);
    name->values = dcv_buf_text(&classes->values);
    send_class(classes, result, name->key, dcv_buf_text(&classes->body), false, out);
    return out->failed ? DCV_ERR_NOMEM : DCV_OK;
}

/* ---- classes ---------------------------------------------------------------------------------------------------------------------- */

/* What is forgotten is sent again when it is met again: the run knows it by its key. */
static enum dcv_status make_room(struct audit_classes *classes, size_t size)
{
    if (classes->max_octets == 0 || classes->octets + size <= classes->max_octets)
        return DCV_OK;
    struct dcv_map *empty = dcv_map_create();
    if (empty == NULL)
        return DCV_ERR_NOMEM;
    dcv_map_free(classes->known, free);
    classes->known = empty;
    classes->octets = 0;
    return DCV_OK;
}

static enum dcv_status add_class(struct audit_classes *classes, struct dcv_result *result, const struct dcv_shape *shape, struct dcv_buf *out, struct dcv_store_name *name)
{
    enum { OVERHEAD = 128 };
    enum dcv_status status = judge(classes, result);
    if (status != DCV_OK)
        return status;
    dcv_buf_clear(&classes->marked);
    dcv_shape_mark(classes->shaper, dcv_buf_text(&classes->body), classes->body.len, &classes->marked);
    const size_t size = sizeof(struct known_class) + classes->marked.len + 1 + shape->len + OVERHEAD;
    status = classes->marked.failed ? DCV_ERR_NOMEM : make_room(classes, size);
    struct known_class *known = status == DCV_OK ? calloc(1, sizeof *known + classes->marked.len + 1) : NULL;
    if (known == NULL || !dcv_map_put(classes->known, shape->octets, shape->len, known)) {
        free(known);
        return DCV_ERR_NOMEM;
    }
    known->verdict = result->judged.verdict;
    known->size = size;
    known->len = classes->marked.len;
    memcpy(known->marked, dcv_buf_text(&classes->marked), known->len);
    classes->octets += size;
    dcv_digest(shape->octets, shape->len, known->key);
    memcpy(name->key, known->key, DCV_STORE_KEY);
    send_class(classes, result, known->key, known->marked, false, out);
    return out->failed ? DCV_ERR_NOMEM : DCV_OK;
}

/* Does the class say of this name what was just said of it by itself? */
static bool agrees(struct audit_classes *classes, const struct known_class *known, const struct dcv_result *result, const struct dcv_shape *shape)
{
    dcv_buf_clear(&classes->filled);
    return dcv_shape_fill(known->marked, known->len, shape->values, &classes->filled) && !classes->filled.failed && known->verdict == result->judged.verdict
        && classes->filled.len == classes->body.len && memcmp(classes->filled.data, classes->body.data, classes->body.len) == 0;
}

/* A name of a known class that is judged by itself all the same. */
static enum dcv_status check_class(struct audit_classes *classes, struct known_class *known, struct dcv_result *result, const struct dcv_shape *shape, struct dcv_buf *out,
                                   struct dcv_store_name *name, struct dcv_parcel_counts *counts)
{
    enum dcv_status status = judge(classes, result);
    if (status != DCV_OK)
        return status;
    if (!agrees(classes, known, result, shape)) {
        known->unlike = true;
        counts->unlike++;
        return judge_alone(classes, result, shape, out, name);
    }
    if (!known->sure && !classes->session->audit.no_facts)
        send_class(classes, result, known->key, known->marked, true, out);
    known->sure = true;
    return out->failed ? DCV_ERR_NOMEM : DCV_OK;
}

enum dcv_status audit_classes_judge(struct audit_classes *classes, struct dcv_result *result, struct dcv_buf *out, struct dcv_store_name *name, struct dcv_parcel_counts *counts)
{
    struct dcv_shape shape;
    enum dcv_status status = dcv_shape_of(classes->shaper, &result->name, result->facts, &shape);
    if (status != DCV_OK)
        return status;
    name->values = shape.values;
    struct known_class *known = shape.shared ? dcv_map_get(classes->known, shape.octets, shape.len) : NULL;
    if (known != NULL && known->sure && !known->unlike && ++known->uses % SAMPLE != 0) {
        counts->shared++;
        result->judged.verdict = known->verdict;
        memcpy(name->key, known->key, DCV_STORE_KEY);
        return DCV_OK;
    }
    counts->judged++;
    if (!shape.shared || (known != NULL && known->unlike))
        return judge_alone(classes, result, &shape, out, name);
    if (known == NULL)
        return add_class(classes, result, &shape, out, name);
    memcpy(name->key, known->key, DCV_STORE_KEY);
    return check_class(classes, known, result, &shape, out, name, counts);
}

/* ---- again ------------------------------------------------------------------------------------------------------------------------- */

/* Judges recorded facts; what is said of them, as the class has it, is in `marked`. */
static enum dcv_status judge_text(struct audit_classes *classes, const char *text, bool single, struct dcv_result *result)
{
    struct dcv_documents *documents = NULL;
    struct dcv_hostname_error fault;
    struct dcv_shape shape;
    char *error = NULL;
    enum dcv_status status = dcv_documents_read(text, strlen(text), &documents, &error);
    const char *name = status == DCV_OK && dcv_documents_count(documents) == 1 ? dcv_document_name(documents, 0) : NULL;
    if (status == DCV_OK && (name == NULL || dcv_hostname_parse(name, strlen(name), &result->name, &fault) != DCV_OK))
        status = DCV_ERR_SYNTAX;
    if (status == DCV_OK)
        status = dcv_document_add(documents, 0, NULL, result->facts, &error);
    if (status == DCV_OK) {
        result->text = result->name.ascii;
        dcv_facts_freeze(result->facts);
        status = judge(classes, result);
    }
    if (status == DCV_OK)
        status = dcv_shape_of(classes->shaper, &result->name, result->facts, &shape);
    dcv_buf_clear(&classes->marked);
    if (status == DCV_OK && single)
        dcv_buf_put(&classes->marked, dcv_buf_text(&classes->body), classes->body.len);
    else if (status == DCV_OK)
        dcv_shape_mark(classes->shaper, dcv_buf_text(&classes->body), classes->body.len, &classes->marked);
    free(error);
    dcv_documents_free(documents);
    return status == DCV_OK && classes->marked.failed ? DCV_ERR_NOMEM : status;
}

static void result_done(struct dcv_result *result)
{
    dcv_facts_free(result->facts);
    dcv_arena_free(result->arena);
}

enum dcv_status audit_class_again(struct audit_classes *classes, struct dcv_store_class *class, bool *sure)
{
    struct dcv_result first = {.session = classes->session, .facts = dcv_facts_create()}, second = {.session = classes->session, .facts = dcv_facts_create()};
    *sure = true;
    enum dcv_status status = first.facts != NULL && second.facts != NULL ? DCV_OK : DCV_ERR_NOMEM;
    const bool single = strchr(class->body, 1) == NULL;
    const bool asked = class->witness != NULL && class->key[0] % WITNESSES == 0;
    if (status == DCV_OK && asked) {
        status = judge_text(classes, class->witness, single, &second);
        dcv_buf_clear(&classes->filled);
        dcv_buf_put(&classes->filled, dcv_buf_text(&classes->marked), classes->marked.len);
    }
    if (status == DCV_OK)
        status = judge_text(classes, class->facts, single, &first);
    if (status == DCV_OK) {
        *sure = !asked
            || (classes->filled.len == classes->marked.len && memcmp(dcv_buf_text(&classes->filled), dcv_buf_text(&classes->marked), classes->marked.len) == 0);
        class->verdict = verdict_of(first.judged.verdict);
        class->findings = dcv_buf_text(&classes->findings);
        class->body = dcv_buf_text(&classes->marked);
    }
    result_done(&first);
    result_done(&second);
    return status;
}
