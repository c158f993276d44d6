#include "judgement/timeline.h"

const char *dcv_email_state_text(enum dcv_email_state state)
{
    switch (state) {
    case DCV_EMAIL_OVER: return "over";
    case DCV_EMAIL_NOT_OFFERED: return "not-offered";
    case DCV_EMAIL_UNKNOWN: return "unknown";
    case DCV_EMAIL_LATER: return "later";
    case DCV_EMAIL_DISCOURAGED: return "discouraged";
    case DCV_EMAIL_POSSIBLE: return "possible";
    }
    return "unknown";
}

const char *dcv_basis_text(enum dcv_basis basis)
{
    switch (basis) {
    case DCV_BASIS_GIVEN: return "given";
    case DCV_BASIS_CERTIFICATE: return "certificate";
    case DCV_BASIS_TODAY: return "today";
    }
    return "today";
}
