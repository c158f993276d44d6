/* Signed records for tests, made with ldns: keys of any flags, and signatures as wrong as a test wants them. What cannot be made ends
 * the test. */
#ifndef DCV_SUPPORT_SIGN_H
#define DCV_SUPPORT_SIGN_H

#include "record/message.h"

/* A key pair of a zone. */
struct signer;

enum sign_algorithm {
    SIGN_RSASHA1 = 5, SIGN_RSASHA256 = 8, SIGN_ECDSAP256 = 13, SIGN_ECDSAP384 = 14, SIGN_ED25519 = 15, SIGN_ED448 = 16,
};
enum { SIGN_ZSK = 256, SIGN_KSK = 257, SIGN_REVOKED = 385, SIGN_NO_ZONE_KEY = 1 };

struct signer *signer_create(const char *zone, enum sign_algorithm algorithm, unsigned flags);
void signer_free(struct signer *signer);
uint16_t signer_tag(const struct signer *signer);
/* Presentation form of its DNSKEY, and of a DS for it (digest types 1, 2, 4); lent until the signer is freed. */
const char *signer_dnskey(struct signer *signer);
const char *signer_ds(struct signer *signer, int digest);

/* How to sign; zero: as it should be. */
struct signing {
    int64_t inception, expiration; /* UNIX times; 0: a day before and a week after SIGN_NOW */
    const char *signer;            /* the name in the signature */
    const char *owner;             /* where the records stand after signing: made from a wildcard */
    int labels;                    /* in the signature; 0: those of the owner */
    int tag;                       /* key tag in the signature */
    int algorithm;
    bool spoilt;                   /* a bit of the signature is wrong */
    bool alone;                    /* only the signature is put, not what it covers */
};
enum { SIGN_NOW = 1795255200 }; /* 2026-11-21T10:00:00Z */

/* Records in presentation form, one a line, put into a section in the order given. */
void put_records(struct dcv_arena *arena, struct dcv_rrs *section, const char *lines);
/* The same, which are one RRset, and its signature. */
void put_signed(struct dcv_arena *arena, struct dcv_rrs *section, struct signer *signer, const char *lines, const struct signing *how);

#endif
