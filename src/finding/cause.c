#include "finding/cause.h"

#include <stdbool.h>
#include <string.h>

#define N_(text) text

/* "{ede}" is the code of RFC 8914 with a space before it, or missing where none fits: no sentence needs it. */
enum { SENTENCES = 4 };

static const struct {
    const char *cause;
    const char *sentences[SENTENCES];
} causes[] = {
    {"unsigned", {N_("The zone {zone} is not signed: its parent holds no DS record for it, and proves that{ede}."),
                  N_("The zone is not signed: its parent holds no DS record for it, and proves that{ede}.")}},
    {"opt-out", {N_("An NSEC3 record of the zone {zone} opts out of proving what lies around {owner}{ede}."),
                 N_("An NSEC3 record opts out of proving what lies around the name{ede}.")}},
    {"algorithm-unknown", {N_("The DS records of the zone {zone} name only algorithms that cannot be verified (key {key}, {algorithm}): it counts as unsigned{ede}."),
                           N_("The DS records of the zone {zone} name only algorithms that cannot be verified: it counts as unsigned{ede}."),
                           N_("The DS records name only algorithms that cannot be verified: the zone counts as unsigned{ede}.")}},
    {"digest-unknown", {N_("The DS records of the zone {zone} have only digest types that cannot be computed: it counts as unsigned{ede}."),
                        N_("The DS records have only digest types that cannot be computed: the zone counts as unsigned{ede}.")}},
    {"nsec3-iterations", {N_("The NSEC3 records of the zone {zone} hash more often than validators bear: its denials prove nothing{ede}."),
                          N_("The NSEC3 records hash more often than validators bear: they prove nothing{ede}.")}},
    {"nsec3-unknown", {N_("The NSEC3 records of the zone {zone} hash with an algorithm that nobody defined: its denials prove nothing{ede}."),
                       N_("The NSEC3 records hash with an algorithm that nobody defined: they prove nothing{ede}.")}},
    {"signature-expired", {N_("The signature over {type} {owner} in the zone {zone} expired on {date} ({days} days ago), key {key}, {algorithm}{ede}."),
                           N_("The signature over {type} {owner} in the zone {zone} expired on {date} ({hours} hours ago), key {key}, {algorithm}{ede}."),
                           N_("The signature over {type} {owner} in the zone {zone} expired on {date}{ede}."),
                           N_("A signature has expired{ede}.")}},
    {"signature-not-yet-valid",
     {N_("The signature over {type} {owner} in the zone {zone} is not valid before {date} ({days} days from now), key {key}, {algorithm}{ede}."),
      N_("The signature over {type} {owner} in the zone {zone} is not valid before {date} ({hours} hours from now), key {key}, {algorithm}{ede}."),
      N_("The signature over {type} {owner} in the zone {zone} is not valid before {date}{ede}."), N_("A signature is not valid yet{ede}.")}},
    {"signature-invalid", {N_("The signature over {type} {owner} in the zone {zone} does not verify with key {key}, {algorithm}{ede}."),
                           N_("The signature over {type} {owner} in the zone {zone} does not verify{ede}."), N_("A signature does not verify{ede}.")}},
    {"signature-missing", {N_("{type} {owner} has no signature that counts, though the zone {zone} is signed{ede}."),
                           N_("{type} {owner} has no signature, though its zone is signed{ede}."),
                           N_("A signature is missing, though the zone is signed{ede}.")}},
    {"signer-wrong", {N_("{type} {owner} is signed in the name of the zone {zone}, to which it cannot belong{ede}."),
                      N_("Records are signed in the name of the zone {zone}, to which they cannot belong{ede}."),
                      N_("Records are signed by a zone to which they cannot belong{ede}.")}},
    {"key-missing", {N_("The signature over {type} {owner} names key {key}, {algorithm}, which the zone {zone} does not have{ede}."),
                     N_("The signature over {type} {owner} names a key that the zone {zone} does not have{ede}."),
                     N_("A signature names a key that the zone does not have{ede}.")}},
    {"key-unfit", {N_("Key {key}, {algorithm}, of the zone {zone} may not sign: it is revoked, or no zone key{ede}."),
                   N_("A key of the zone {zone} may not sign: it is revoked, or no zone key{ede}."),
                   N_("A key may not sign: it is revoked, or no zone key{ede}.")}},
    {"dnskey-missing", {N_("The parent of {zone} holds a DS record for it, but the zone has no DNSKEY at all{ede}."),
                        N_("The parent holds a DS record, but the zone has no DNSKEY at all{ede}.")}},
    {"ds-mismatch", {N_("No DNSKEY of the zone {zone} matches the DS record at its parent (key {key}, {algorithm}){ede}."),
                     N_("No DNSKEY of the zone {zone} matches a DS record at its parent{ede}."),
                     N_("No DNSKEY of the zone matches a DS record at its parent{ede}.")}},
    {"algorithm-mismatch", {N_("The DS record at the parent of {zone} gives key {key} the algorithm {algorithm}; the zone has no such key{ede}."),
                            N_("The DS record at the parent of {zone} and the DNSKEY records of the zone differ in the algorithm{ede}."),
                            N_("The DS record at the parent and the DNSKEY records of the zone differ in the algorithm{ede}.")}},
    {"anchor-mismatch", {N_("No DNSKEY of the zone {zone} matches the trust anchor (key {key}, {algorithm}){ede}."),
                         N_("No DNSKEY of the zone {zone} matches the trust anchor{ede}."), N_("No DNSKEY matches the trust anchor{ede}.")}},
    {"denial-missing", {N_("The zone {zone} is signed, but answers about {type} {owner} without a proof that there is none{ede}."),
                        N_("The zone {zone} is signed, but answers without a proof that there is nothing{ede}."),
                        N_("The zone is signed, but answers without a proof that there is nothing{ede}.")}},
    {"denial-wrong", {N_("The NSEC or NSEC3 records of the zone {zone} do not prove that there is no {type} {owner}{ede}."),
                      N_("The NSEC or NSEC3 records of the zone {zone} prove something else{ede}."), N_("NSEC or NSEC3 records prove something else{ede}.")}},
    {"alias-wrong", {N_("The CNAME of {owner} does not follow from its DNAME{ede}."), N_("A CNAME does not follow from its DNAME{ede}.")}},
    {"too-much-work", {N_("The zone {zone} has more keys and signatures than an honest zone needs; they were not all tried{ede}."),
                       N_("There are more keys and signatures than an honest zone needs; they were not all tried{ede}.")}},
    {"no-anchor", {N_("No trust anchor is above {owner}{ede}."), N_("There is no trust anchor to begin with{ede}.")}},
    {"chain-unanswered", {N_("The chain of trust needs {type} {owner}, and that lookup failed{ede}."),
                          N_("The chain of trust needs lookups that failed{ede}.")}},
    {"stripped", {N_("The resolver hands out no signatures over {type} {owner}, and the servers of the zone could not be asked instead{ede}."),
                  N_("The resolver hands out no signatures, and the servers of the zone could not be asked instead{ede}.")}},
};

const char *dcv_cause_sentence(const char *cause, size_t index)
{
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        if (strcmp(causes[i].cause, cause) == 0)
            return index < SENTENCES ? causes[i].sentences[index] : NULL;
    return NULL;
}

static bool among(const char *key, size_t len, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(keys[i]) == len && memcmp(keys[i], key, len) == 0)
            return true;
    return false;
}

static bool filled(const char *sentence, const char *const *keys, size_t count)
{
    for (const char *open = strchr(sentence, '{'); open != NULL; open = strchr(open + 1, '{')) {
        const size_t len = strcspn(open + 1, "}");
        const bool optional = len == 3 && memcmp(open + 1, "ede", len) == 0;
        if (!optional && !among(open + 1, len, keys, count))
            return false;
    }
    return true;
}

const char *dcv_cause_template(const char *cause, const char *const *keys, size_t count)
{
    const char *sentence;
    for (size_t i = 0; (sentence = dcv_cause_sentence(cause, i)) != NULL; i++)
        if (filled(sentence, keys, count))
            return sentence;
    return NULL;
}
