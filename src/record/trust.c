#include "record/trust.h"

#include <string.h>

static const char *const securities[] = {
    [DCV_SECURITY_UNCHECKED] = "unchecked", [DCV_SECURITY_SECURE] = "secure", [DCV_SECURITY_INSECURE] = "insecure",
    [DCV_SECURITY_BOGUS] = "bogus", [DCV_SECURITY_INDETERMINATE] = "indeterminate",
};

const char *dcv_security_text(enum dcv_security security)
{
    return securities[security];
}

bool dcv_security_parse(const char *text, enum dcv_security *out)
{
    for (size_t i = 0; i < sizeof securities / sizeof securities[0]; i++) {
        if (strcmp(securities[i], text) == 0) {
            *out = (enum dcv_security)i;
            return true;
        }
    }
    return false;
}

enum { NO_EDE = -1 };

static const struct {
    const char *text;
    int ede; /* RFC 8914 §4, and the IANA registry for 27 */
} causes[DCV_CAUSE_COUNT] = {
    [DCV_CAUSE_NONE] = {"", NO_EDE},
    [DCV_CAUSE_UNSIGNED] = {"unsigned", NO_EDE},
    [DCV_CAUSE_OPT_OUT] = {"opt-out", NO_EDE},
    [DCV_CAUSE_ALGORITHM_UNKNOWN] = {"algorithm-unknown", 1},
    [DCV_CAUSE_DIGEST_UNKNOWN] = {"digest-unknown", 2},
    [DCV_CAUSE_NSEC3_ITERATIONS] = {"nsec3-iterations", 27},
    [DCV_CAUSE_SIGNATURE_EXPIRED] = {"signature-expired", 7},
    [DCV_CAUSE_SIGNATURE_NOT_YET] = {"signature-not-yet-valid", 8},
    [DCV_CAUSE_SIGNATURE_INVALID] = {"signature-invalid", 6},
    [DCV_CAUSE_SIGNATURE_MISSING] = {"signature-missing", 10},
    [DCV_CAUSE_SIGNER_WRONG] = {"signer-wrong", 6},
    [DCV_CAUSE_KEY_MISSING] = {"key-missing", 9},
    [DCV_CAUSE_KEY_UNFIT] = {"key-unfit", 11},
    [DCV_CAUSE_DNSKEY_MISSING] = {"dnskey-missing", 9},
    [DCV_CAUSE_DS_MISMATCH] = {"ds-mismatch", 9},
    [DCV_CAUSE_ALGORITHM_MISMATCH] = {"algorithm-mismatch", 9},
    [DCV_CAUSE_ANCHOR_MISMATCH] = {"anchor-mismatch", 9},
    [DCV_CAUSE_DENIAL_MISSING] = {"denial-missing", 12},
    [DCV_CAUSE_DENIAL_WRONG] = {"denial-wrong", 6},
    [DCV_CAUSE_NSEC3_UNKNOWN] = {"nsec3-unknown", 6},
    [DCV_CAUSE_ALIAS_WRONG] = {"alias-wrong", 6},
    [DCV_CAUSE_TOO_MUCH_WORK] = {"too-much-work", 6},
    [DCV_CAUSE_NO_ANCHOR] = {"no-anchor", 5},
    [DCV_CAUSE_CHAIN_UNANSWERED] = {"chain-unanswered", 5},
    [DCV_CAUSE_STRIPPED] = {"stripped", 5},
};

const char *dcv_cause_text(enum dcv_cause cause)
{
    return causes[cause].text;
}

int dcv_cause_ede(enum dcv_cause cause)
{
    return causes[cause].ede;
}

bool dcv_cause_parse(const char *text, enum dcv_cause *out)
{
    for (size_t i = 0; i < DCV_CAUSE_COUNT; i++) {
        if (strcmp(causes[i].text, text) == 0) {
            *out = (enum dcv_cause)i;
            return true;
        }
    }
    return false;
}

int dcv_security_weight(enum dcv_security security)
{
    switch (security) {
    case DCV_SECURITY_UNCHECKED: return 0;
    case DCV_SECURITY_SECURE: return 1;
    case DCV_SECURITY_INSECURE: return 2;
    case DCV_SECURITY_INDETERMINATE: return 3;
    case DCV_SECURITY_BOGUS: return 4;
    }
    return 0;
}

const struct dcv_trust *dcv_trust_worse(const struct dcv_trust *a, const struct dcv_trust *b)
{
    return dcv_security_weight(b->security) > dcv_security_weight(a->security) ? b : a;
}
