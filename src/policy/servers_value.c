/* What stands at a name, as a value to compare and to show. */
#include "base/text.h"
#include "policy/servers.h"

#include <stdlib.h>
#include <string.h>

enum {
    SHOWN_RECORDS = 3, SHOWN_LEN = 160, /* of an RRset in a text */
    SHOWN_VALUES = 4, VOICES_FACTS = 16,
    TEXT_MAX = 8192, RR_TEXT_MAX = 1 << 18,
};

/* ---- one value ------------------------------------------------------------------------------------------------------------------- */

/* A record, and its RDATA in a form in which equal ones have equal octets. */
struct comparable {
    const struct dcv_rr *rr;
    const uint8_t *rdata;
};

/* Names in RDATA compare without case (RFC 4343 §2): compression may make them follow the question. */
static struct comparable comparable(struct judge *judge, const struct dcv_rr *rr)
{
    struct comparable out = {rr, rr->rdata};
    if (rr->type != DCV_TYPE_MX && rr->type != DCV_TYPE_CNAME && rr->type != DCV_TYPE_NS)
        return out;
    uint8_t *lower = dcv_arena_copy(judge->arena, rr->rdata, rr->rdlen);
    for (size_t i = rr->type == DCV_TYPE_MX ? 2 : 0; lower != NULL && i < rr->rdlen; i++)
        lower[i] = (uint8_t)dcv_ascii_lower((char)lower[i]); /* octets of length are no letters */
    out.rdata = lower != NULL ? lower : rr->rdata;
    return out;
}

static int by_rdata(const void *a, const void *b)
{
    const struct comparable *first = a, *second = b;
    const uint16_t first_len = first->rr->rdlen, second_len = second->rr->rdlen;
    const size_t len = first_len < second_len ? first_len : second_len;
    const int order = len != 0 ? memcmp(first->rdata, second->rdata, len) : 0;
    return order != 0 ? order : (first_len > second_len) - (first_len < second_len);
}

/* The RDATA of a record in presentation form: what follows owner, TTL, class and type. */
static void put_rdata(struct dcv_buf *text, const struct dcv_rr *rr)
{
    struct dcv_buf whole;
    dcv_buf_init(&whole, RR_TEXT_MAX);
    dcv_rr_text(rr, &whole);
    const char *at = dcv_buf_text(&whole);
    for (int fields = 0; fields < 4 && at != NULL; fields++) {
        at = strpbrk(at, " \t");
        at = at != NULL ? at + strspn(at, " \t") : NULL;
    }
    const size_t len = at != NULL ? strlen(at) : 0;
    dcv_buf_put(text, at != NULL ? at : "", len < SHOWN_LEN ? len : SHOWN_LEN);
    dcv_buf_puts(text, len > SHOWN_LEN ? "…" : "");
    dcv_buf_done(&whole);
}

static const char *text_of(struct judge *judge, const struct comparable *records, size_t count)
{
    struct dcv_buf text;
    dcv_buf_init(&text, TEXT_MAX);
    if (records[0].rr->type == DCV_TYPE_CNAME)
        dcv_buf_puts(&text, "CNAME ");
    for (size_t i = 0; i < count && i < SHOWN_RECORDS; i++) {
        dcv_buf_puts(&text, i != 0 ? ", " : "");
        put_rdata(&text, records[i].rr);
    }
    if (count > SHOWN_RECORDS)
        dcv_buf_printf(&text, ", … (+%zu)", count - SHOWN_RECORDS);
    const char *copy = dcv_arena_strdup(judge->arena, dcv_buf_text(&text));
    dcv_buf_done(&text);
    return copy != NULL ? copy : "";
}

/* Makes the value of `count` records, at least one; sorts them. */
static struct value value_of_records(struct judge *judge, struct comparable *records, size_t count)
{
    struct value value = {.kind = records[0].rr->type == DCV_TYPE_CNAME ? VALUE_ALIAS : VALUE_ANSWER};
    size_t len = 0, kept = 0;
    qsort(records, count, sizeof *records, by_rdata);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || by_rdata(&records[kept - 1], &records[i]) != 0)
            records[kept++] = records[i];
    for (size_t i = 0; i < kept; i++)
        len += sizeof records[i].rr->rdlen + records[i].rr->rdlen;
    uint8_t *key = dcv_arena_alloc(judge->arena, len);
    for (size_t i = 0; key != NULL && i < kept; i++) {
        const struct dcv_rr *rr = records[i].rr;
        memcpy(key + value.len, &rr->rdlen, sizeof rr->rdlen);
        value.len += sizeof rr->rdlen;
        if (rr->rdlen != 0)
            memcpy(key + value.len, records[i].rdata, rr->rdlen);
        value.len += rr->rdlen;
    }
    value.key = key;
    value.text = text_of(judge, records, kept);
    return value;
}

static size_t collect(struct judge *judge, const struct dcv_message *message, const struct dcv_name *owner, uint16_t type,
                      struct comparable *out)
{
    size_t count = 0;
    for (size_t i = 0; i < message->answer.count; i++) {
        const struct dcv_rr *rr = &message->answer.items[i];
        if (rr->type == type && dcv_name_equal(&rr->owner, owner))
            out[count++] = comparable(judge, rr);
    }
    return count;
}

struct value value_of(struct judge *judge, const struct dcv_message *message, const struct dcv_name *owner, uint16_t type)
{
    enum { NXDOMAIN = 3 };
    struct comparable *records = dcv_arena_array(judge->arena, message->answer.count, sizeof *records);
    if (records == NULL)
        return (struct value){.text = ""};
    size_t count = collect(judge, message, owner, type, records);
    if (count == 0)
        count = collect(judge, message, owner, DCV_TYPE_CNAME, records);
    if (count != 0)
        return value_of_records(judge, records, count);
    const bool none = message->rcode == NXDOMAIN;
    return (struct value){.kind = none ? VALUE_NXDOMAIN : VALUE_NODATA,
                          .text = answer_word(none ? DCV_OUTCOME_NXDOMAIN : DCV_OUTCOME_NODATA)};
}

bool value_negative(const struct value *value)
{
    return value->kind == VALUE_NODATA || value->kind == VALUE_NXDOMAIN;
}

bool value_same(const struct value *a, const struct value *b, bool exactly)
{
    if (!exactly && value_negative(a) && value_negative(b))
        return true;
    return a->kind == b->kind && a->len == b->len && (a->len == 0 || memcmp(a->key, b->key, a->len) == 0);
}

/* ---- who says what ---------------------------------------------------------------------------------------------------------------- */

void voices_add(struct voices *voices, const char *text, const struct value *value, size_t fact)
{
    struct voice *voice = DCV_VEC_ADD(voices->judge->arena, &voices->items);
    if (voice != NULL)
        *voice = (struct voice){text, *value, fact};
}

bool voices_differ(const struct voices *voices, bool exactly)
{
    for (size_t i = 1; i < voices->items.count; i++)
        if (!value_same(&voices->items.items[0].value, &voices->items.items[i].value, exactly))
            return true;
    return false;
}

/* Did an earlier voice say the same? */
static bool said_before(const struct voices *voices, size_t number, bool exactly)
{
    for (size_t i = 0; i < number; i++)
        if (value_same(&voices->items.items[i].value, &voices->items.items[number].value, exactly))
            return true;
    return false;
}

const char *voices_text(const struct voices *voices, bool exactly)
{
    struct dcv_buf text;
    size_t values = 0;
    dcv_buf_init(&text, TEXT_MAX);
    for (size_t i = 0; i < voices->items.count; i++) {
        const struct voice *first = &voices->items.items[i];
        if (said_before(voices, i, exactly) || ++values > SHOWN_VALUES)
            continue;
        struct listing listing = listing_begin(voices->judge);
        for (size_t j = i; j < voices->items.count; j++)
            if (value_same(&first->value, &voices->items.items[j].value, exactly))
                listing_add(&listing, voices->items.items[j].text, NULL, SIZE_MAX);
        dcv_buf_printf(&text, "%s%s: %s", values > 1 ? "; " : "", listing_end(&listing), first->value.text);
    }
    if (values > SHOWN_VALUES)
        dcv_buf_printf(&text, "; … (+%zu)", values - SHOWN_VALUES);
    const char *copy = dcv_arena_strdup(voices->judge->arena, dcv_buf_text(&text));
    dcv_buf_done(&text);
    return copy != NULL ? copy : "";
}

struct dcv_fact_list voices_facts(const struct voices *voices)
{
    size_t facts[VOICES_FACTS], count = 0;
    for (size_t i = 0; i < voices->items.count && count < VOICES_FACTS; i++)
        facts[count++] = voices->items.items[i].fact;
    return dcv_fact_list(voices->judge->arena, facts, count);
}
