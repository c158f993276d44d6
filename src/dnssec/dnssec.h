/* DNSSEC validation (RFC 4033 to 4035, 5155, 6840, 9276), pure: answers, trust anchors and a time in; a verdict with its cause out, or what
 * is still to be looked up to reach it. Nothing is sent, no clock is read. */
#ifndef DCV_DNSSEC_DNSSEC_H
#define DCV_DNSSEC_DNSSEC_H

#include "base/status.h"
#include "record/message.h"
#include "record/trust.h"

/* Trust anchors: DS and DNSKEY records, the owner of which is the zone that they anchor. */
struct dcv_anchors;
/* The root's keys as IANA publishes them (tags 20326 and 38696). DCV_ERR_NOMEM. */
enum dcv_status dcv_anchors_iana(struct dcv_anchors **out);
/* Reads DS and DNSKEY records, each with its absolute owner, from `text`: what "unbound-anchor" and Debian's dns-root-data write; other records,
 * comments and empty lines are passed over. DCV_ERR_SYNTAX: a line cannot be read (`*line`), or there is no anchor at all (`*line` 0). */
enum dcv_status dcv_anchors_parse(const char *text, size_t len, struct dcv_anchors **out, size_t *line);
void dcv_anchors_free(struct dcv_anchors *anchors);
size_t dcv_anchors_count(const struct dcv_anchors *anchors);
const struct dcv_rr *dcv_anchors_at(const struct dcv_anchors *anchors, size_t index);

struct dcv_validator_options {
    const struct dcv_anchors *anchors; /* lent */
    bool refuse_sha1;                  /* algorithms 5 and 7 count as unsupported (RFC 9905), and with them DS digest type 1 */
    size_t cache_bytes;                /* that what it remembers may take; 0: about a megabyte */
};

/* What a validator did so far, all answers together. */
struct dcv_validator_counts {
    uint64_t signatures;  /* signature checks made, in public-key operations */
    uint64_t keys;        /* of them, those over DNSKEY RRsets */
    uint64_t remembered;  /* checks spared, because the same RRset, signature and key had been checked before */
    uint64_t hashes;      /* NSEC3 hashes computed, in rounds of SHA-1 */
};

/* A validator remembers the results of signature checks, so that a zone's keys cost once for all names of a run. */
struct dcv_validator;
enum dcv_status dcv_validator_create(const struct dcv_validator_options *options, struct dcv_validator **out);
void dcv_validator_free(struct dcv_validator *validator);
/* What it remembers takes, about. */
size_t dcv_validator_cache_bytes(const struct dcv_validator *validator);
const struct dcv_validator_counts *dcv_validator_counts(const struct dcv_validator *validator);

/* What is known of a question that the chain of trust may need. */
enum dcv_knowledge { DCV_KNOWN_NOT_ASKED, DCV_KNOWN_FAILED, DCV_KNOWN_ANSWER };
struct dcv_known_answer {
    enum dcv_knowledge state;
    const struct dcv_message *message; /* of ANSWER: NOERROR or NXDOMAIN, asked with CD */
};
/* Where the validator looks up DS and DNSKEY RRsets. */
struct dcv_chain {
    struct dcv_known_answer (*find)(void *user, const struct dcv_name *name, uint16_t type);
    void *user;
};

/* Lookups that are missing; they can be made at the same time. */
enum { DCV_NEEDS_MAX = 8 };
struct dcv_needs {
    struct {
        struct dcv_name name;
        uint16_t type;
    } items[DCV_NEEDS_MAX];
    size_t count;
};

/* Judges an answer to (`name`, `type`) at the time `now` (UNIX). DCV_OK: `needs->count` is 0 and `*out` is set, or it is not and the call is to be
 * repeated once those lookups have ended, well or ill. DCV_ERR_NOMEM. */
enum dcv_status dcv_validate(struct dcv_validator *validator, const struct dcv_chain *chain, const struct dcv_name *name, uint16_t type,
                             const struct dcv_message *message, int64_t now, struct dcv_trust *out, struct dcv_needs *needs);

#endif
