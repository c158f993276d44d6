#include "record/message.h"

#include "base/text.h"
#include "record/from_ldns.h"
#include "record/wire.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <string.h>

enum {
    HEADER = 12,
    RRS_MAX = 4096,       /* records of one message; 64 KiB hold about 5,000 of the smallest */
    STRINGS_MAX = 1024,   /* character-strings of one TXT: ldns spends 80 octets and an allocation on each, even if empty */
    LINKS_MAX = 64,       /* aliases in one answer */
    EDES_MAX = 8,
    EDE_OPTION = 15,      /* RFC 8914 §2 */
};

static bool skip_name(struct dcv_cursor *cursor)
{
    for (;;) {
        uint8_t label = dcv_cursor_u8(cursor);
        if (cursor->failed || label == 0)
            return !cursor->failed;
        if ((label & 0xc0) == 0xc0) {
            (void)dcv_cursor_u8(cursor);
            return !cursor->failed;
        }
        if (label > DCV_LABEL_MAX)
            return false;
        (void)dcv_cursor_take(cursor, label);
    }
}

static bool bearable_strings(const uint8_t *rdata, size_t len)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, rdata, len);
    unsigned count = 0;
    while (dcv_cursor_left(&cursor) != 0) {
        uint8_t size = dcv_cursor_u8(&cursor);
        (void)dcv_cursor_take(&cursor, size);
        if (cursor.failed || ++count > STRINGS_MAX)
            return false;
    }
    return true;
}

/* A look over the records before ldns sees them: bounded in number, whole, and no TXT that would cost hundreds of MiB. */
static bool bearable(const uint8_t *wire, size_t len)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, wire, len);
    (void)dcv_cursor_take(&cursor, 4);
    uint16_t questions = dcv_cursor_u16(&cursor);
    unsigned records = dcv_cursor_u16(&cursor);
    records += dcv_cursor_u16(&cursor);
    records += dcv_cursor_u16(&cursor);
    if (cursor.failed || questions > 1 || records > RRS_MAX)
        return false;
    if (questions == 1 && (!skip_name(&cursor) || dcv_cursor_take(&cursor, 4) == NULL))
        return false;
    for (unsigned i = 0; i < records; i++) {
        if (!skip_name(&cursor))
            return false;
        uint16_t type = dcv_cursor_u16(&cursor);
        (void)dcv_cursor_take(&cursor, 6);
        uint16_t rdlen = dcv_cursor_u16(&cursor);
        const uint8_t *rdata = dcv_cursor_take(&cursor, rdlen);
        if (cursor.failed || (type == DCV_TYPE_TXT && !bearable_strings(rdata, rdlen)))
            return false;
    }
    return true;
}

static bool copy_section(struct dcv_arena *arena, const ldns_rr_list *list, struct dcv_rrs *out)
{
    size_t count = list != NULL ? ldns_rr_list_rr_count(list) : 0;
    out->items = dcv_arena_array(arena, count, sizeof out->items[0]);
    if (out->items == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        ldns_rr *rr = ldns_rr_list_rr(list, i);
        ldns_rr_type type = ldns_rr_get_type(rr);
        if (ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN || type == LDNS_RR_TYPE_OPT || type == 0) /* 0 is no type (RFC 6895 §3.1) */
            continue;
        if (!dcv_rr_from_ldns(arena, rr, &out->items[out->count++]))
            return false;
    }
    return true;
}

/* Unbound quotes a question as "<name type class>", in the mixed case in which it was asked. */
static void lower_questions(char *text)
{
    bool within = false;
    for (; *text != '\0'; text++) {
        if (*text == '<' || *text == '>' || *text == ' ')
            within = *text == '<';
        else if (within)
            *text = dcv_ascii_lower(*text);
    }
}

static const char *ede_text(struct dcv_arena *arena, const uint8_t *text, size_t len)
{
    struct dcv_buf escaped;
    dcv_buf_init(&escaped, 4096);
    while (len != 0 && text[len - 1] == 0) /* some servers count a final zero */
        len--;
    dcv_text_escape(&escaped, text, len > 512 ? 512 : len);
    char *copy = dcv_arena_strdup(arena, dcv_buf_text(&escaped));
    dcv_buf_done(&escaped);
    if (copy != NULL)
        lower_questions(copy);
    return copy;
}

/* Extended DNS Errors among the EDNS options; ldns 1.8 has no reader for them. */
static bool copy_edes(struct dcv_arena *arena, const ldns_pkt *packet, struct dcv_message *out)
{
    const ldns_rdf *options = ldns_pkt_edns_data(packet);
    if (options == NULL)
        return true;
    struct dcv_ede *edes = dcv_arena_array(arena, EDES_MAX, sizeof *edes);
    if (edes == NULL)
        return false;
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, ldns_rdf_data(options), ldns_rdf_size(options));
    while (dcv_cursor_left(&cursor) != 0 && out->ede_count < EDES_MAX) {
        uint16_t code = dcv_cursor_u16(&cursor), len = dcv_cursor_u16(&cursor);
        const uint8_t *data = dcv_cursor_take(&cursor, len);
        if (cursor.failed)
            break;
        if (code != EDE_OPTION || len < 2)
            continue;
        struct dcv_ede *ede = &edes[out->ede_count++];
        ede->code = (uint16_t)(data[0] << 8 | data[1]);
        ede->text = ede_text(arena, data + 2, len - 2U);
        if (ede->text == NULL)
            return false;
    }
    out->edes = edes;
    return true;
}

static enum dcv_status copy_message(struct dcv_arena *arena, const ldns_pkt *packet, struct dcv_message *out)
{
    struct dcv_message message = {
        .rcode = (uint16_t)(ldns_pkt_get_rcode(packet) | (ldns_pkt_edns(packet) ? (unsigned)ldns_pkt_edns_extended_rcode(packet) << 4 : 0U)),
        .authoritative = ldns_pkt_aa(packet),
        .truncated = ldns_pkt_tc(packet),
        .recursion_available = ldns_pkt_ra(packet),
        .authentic = ldns_pkt_ad(packet),
        .checking_disabled = ldns_pkt_cd(packet),
        .edns = ldns_pkt_edns(packet),
    };
    if (!copy_section(arena, ldns_pkt_answer(packet), &message.answer)
        || !copy_section(arena, ldns_pkt_authority(packet), &message.authority)
        || !copy_section(arena, ldns_pkt_additional(packet), &message.additional) || !copy_edes(arena, packet, &message))
        return dcv_arena_failed(arena) ? DCV_ERR_NOMEM : DCV_ERR_SYNTAX;
    *out = message;
    return DCV_OK;
}

enum dcv_status dcv_message_parse(struct dcv_arena *arena, const uint8_t *wire, size_t len, struct dcv_message *out)
{
    if (len < HEADER || len > DCV_MESSAGE_MAX)
        return DCV_ERR_SYNTAX;
    const enum wire_read quick = wire_read(arena, wire, len, out);
    if (quick != WIRE_ODD)
        return quick == WIRE_READ ? DCV_OK : DCV_ERR_NOMEM;
    return dcv_message_parse_odd(arena, wire, len, out);
}

enum dcv_status dcv_message_parse_odd(struct dcv_arena *arena, const uint8_t *wire, size_t len, struct dcv_message *out)
{
    if (len < HEADER || len > DCV_MESSAGE_MAX || !bearable(wire, len))
        return DCV_ERR_SYNTAX;
    ldns_pkt *packet = NULL;
    ldns_status read = ldns_wire2pkt(&packet, wire, len);
    if (read != LDNS_STATUS_OK)
        return read == LDNS_STATUS_MEM_ERR ? DCV_ERR_NOMEM : DCV_ERR_SYNTAX;
    enum dcv_status status = copy_message(arena, packet, out);
    ldns_pkt_free(packet);
    if (status == DCV_OK)
        out->size = len;
    return status;
}

const char *dcv_rcode_text(uint16_t rcode, char out[DCV_RCODE_TEXT])
{
    static const char *const names[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
                                        "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"};
    if (rcode < sizeof names / sizeof names[0])
        (void)snprintf(out, DCV_RCODE_TEXT, "%s", names[rcode]);
    else
        (void)snprintf(out, DCV_RCODE_TEXT, rcode == 16 ? "BADVERS" : "RCODE%u", (unsigned)rcode);
    return out;
}

const char *dcv_ede_meaning(uint16_t code)
{
    static const char *const meanings[] = {
        "Other Error", "Unsupported DNSKEY Algorithm", "Unsupported DS Digest Type", "Stale Answer", "Forged Answer",
        "DNSSEC Indeterminate", "DNSSEC Bogus", "Signature Expired", "Signature Not Yet Valid", "DNSKEY Missing",
        "RRSIGs Missing", "No Zone Key Bit Set", "NSEC Missing", "Cached Error", "Not Ready", "Blocked", "Censored",
        "Filtered", "Prohibited", "Stale NXDOMAIN Answer", "Not Authoritative", "Not Supported", "No Reachable Authority",
        "Network Error", "Invalid Data", "Signature Expired before Valid", "Too Early", "Unsupported NSEC3 Iterations Value",
    };
    return code < sizeof meanings / sizeof meanings[0] ? meanings[code] : "";
}

size_t dcv_message_find(const struct dcv_message *message, const struct dcv_name *owner, uint16_t type, size_t from)
{
    for (size_t i = from; i < message->answer.count; i++)
        if (message->answer.items[i].type == type && dcv_name_equal(&message->answer.items[i].owner, owner))
            return i;
    return SIZE_MAX;
}

/* How many links a chain may have: one a CNAME, or it runs in a circle. */
static size_t aliases(const struct dcv_message *message)
{
    size_t count = 0;
    for (size_t i = 0; i < message->answer.count && count < LINKS_MAX; i++)
        count += message->answer.items[i].type == DCV_TYPE_CNAME;
    return count;
}

size_t dcv_message_chain(const struct dcv_message *message, const struct dcv_name *name, struct dcv_name *targets, size_t room,
                         struct dcv_name *last)
{
    struct dcv_name at = *name;
    size_t links = 0, most = aliases(message);
    while (links < most) {
        size_t index = dcv_message_find(message, &at, DCV_TYPE_CNAME, 0);
        struct dcv_name target;
        if (index == SIZE_MAX || !dcv_rr_target(&message->answer.items[index], &target))
            break;
        if (links < room)
            targets[links] = target;
        links++;
        at = target;
    }
    if (last != NULL)
        *last = at;
    return links;
}

bool dcv_message_loops(const struct dcv_message *message, const struct dcv_name *name)
{
    struct dcv_name last;
    (void)dcv_message_chain(message, name, NULL, 0, &last);
    return dcv_message_find(message, &last, DCV_TYPE_CNAME, 0) != SIZE_MAX;
}

/* RRSIG RDATA: type covered, algorithm, labels (RFC 4034 §3.1). */
enum dcv_origin dcv_message_origin(const struct dcv_message *message, const struct dcv_name *owner, uint16_t type)
{
    enum { LABELS = 3, RRSIG_MIN = 18 };
    for (size_t at = dcv_message_find(message, owner, DCV_TYPE_RRSIG, 0); at != SIZE_MAX;
         at = dcv_message_find(message, owner, DCV_TYPE_RRSIG, at + 1)) {
        const struct dcv_rr *rr = &message->answer.items[at];
        if (rr->rdlen >= RRSIG_MIN && (rr->rdata[0] << 8 | rr->rdata[1]) == type)
            return rr->rdata[LABELS] < dcv_name_labels(owner) ? DCV_ORIGIN_WILDCARD : DCV_ORIGIN_OWN;
    }
    return DCV_ORIGIN_UNKNOWN;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint32_t dcv_message_ttl(const struct dcv_message *message)
{
    uint32_t ttl = UINT32_MAX;
    for (size_t i = 0; i < message->answer.count; i++)
        ttl = smaller(ttl, message->answer.items[i].ttl);
    for (size_t i = 0; i < message->authority.count; i++) {
        struct dcv_soa soa;
        if (dcv_rr_soa(&message->authority.items[i], &soa))
            ttl = smaller(ttl, smaller(message->authority.items[i].ttl, soa.minimum));
    }
    return ttl == UINT32_MAX ? 0 : ttl;
}
