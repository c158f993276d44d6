/* Resource records and typed readings of their RDATA. */
#ifndef DCV_RECORD_RR_H
#define DCV_RECORD_RR_H

#include "base/arena.h"
#include "base/buf.h"
#include "name/name.h"

enum dcv_rrtype {
    DCV_TYPE_A = 1, DCV_TYPE_NS = 2, DCV_TYPE_CNAME = 5, DCV_TYPE_SOA = 6, DCV_TYPE_MX = 15, DCV_TYPE_TXT = 16, DCV_TYPE_AAAA = 28,
    DCV_TYPE_DNAME = 39, DCV_TYPE_OPT = 41, DCV_TYPE_DS = 43, DCV_TYPE_RRSIG = 46, DCV_TYPE_NSEC = 47, DCV_TYPE_DNSKEY = 48,
    DCV_TYPE_NSEC3 = 50, DCV_TYPE_NSEC3PARAM = 51, DCV_TYPE_TLSA = 52, DCV_TYPE_CAA = 257,
};

/* One record of class IN. RDATA is in wire form, names in it uncompressed. */
struct dcv_rr {
    struct dcv_name owner;
    uint16_t type;
    uint16_t rdlen;
    uint32_t ttl; /* seconds; values above 2^31 - 1 are read as 0 (RFC 2181 §8) */
    const uint8_t *rdata;
};

/* "A", "CAA", "TYPE65280"; returns `out`. */
enum { DCV_TYPE_TEXT = 16 };
const char *dcv_type_text(uint16_t type, char out[DCV_TYPE_TEXT]);
/* Reads what dcv_type_text() writes; 0: no type. */
uint16_t dcv_type_parse(const char *text);
/* The record in presentation form, without the final newline, for people. */
void dcv_rr_text(const struct dcv_rr *rr, struct dcv_buf *out);

/* Reads one record in presentation form, class IN, as far as ldns does (it refuses a CAA value that is empty; RFC 3597 form helps).
 * DCV_ERR_SYNTAX, DCV_ERR_NOMEM. */
enum dcv_status dcv_rr_from_text(struct dcv_arena *arena, const char *text, struct dcv_rr *out);

/* An uncompressed name at the cursor, which moves behind it; false: there is none. */
bool dcv_cursor_name(struct dcv_cursor *cursor, struct dcv_name *out);

/* Typed readings: false when the RDATA is not of the type's form. Pointers lend from the record. */
struct dcv_caa {
    uint8_t flags;
    const char *tag; /* not zero-terminated, case as published */
    size_t tag_len;
    const uint8_t *value;
    size_t value_len;
};
bool dcv_rr_caa(const struct dcv_rr *rr, struct dcv_caa *out);

struct dcv_mx {
    uint16_t preference;
    struct dcv_name exchange;
};
bool dcv_rr_mx(const struct dcv_rr *rr, struct dcv_mx *out);

struct dcv_soa {
    struct dcv_name mname, rname;
    uint32_t serial, refresh, retry, expire, minimum;
};
bool dcv_rr_soa(const struct dcv_rr *rr, struct dcv_soa *out);

/* The name in the RDATA of NS, CNAME, DNAME. */
bool dcv_rr_target(const struct dcv_rr *rr, struct dcv_name *out);

/* TXT: the character-strings joined without a separator. `*strings` (may be NULL) is their number. NULL: not of the form, or
 * memory is short. */
const uint8_t *dcv_rr_txt(const struct dcv_rr *rr, struct dcv_arena *arena, size_t *len, size_t *strings);

/* An A or AAAA record that leads nowhere public: loopback, private use, link-local, shared, unspecified, multicast or
 * reserved space (RFC 6890). The documentation ranges count as public: they stand for public addresses in tests and texts. */
bool dcv_rr_private_address(const struct dcv_rr *rr);

#endif
