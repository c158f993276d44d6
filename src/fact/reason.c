/* Why a conversation came to nothing, for people. The catalogue has each of these (report/words_reason.c). */
#include "fact/registry.h"
#include "fact/talk.h"

#include <string.h>

/* What a recording calls briefly. */
static const struct {
    const char *brief, *text;
} broken[] = {
    {"timeout", "no answer in time"},       {"closed", "the server closed the connection"}, {"handshake", "the TLS handshake failed"},
    {"not SMTP", "it does not speak SMTP"}, {"no TLS", "it does not speak TLS"},
};

static const char *reason_of(enum dcv_meeting met)
{
    switch (met) {
    case DCV_MET_TALKED: return "";
    case DCV_MET_BROKEN: return "the conversation broke off";
    case DCV_MET_TIMEOUT: return "no answer in time";
    case DCV_MET_REFUSED: return "the connection was refused";
    case DCV_MET_NO_ROUTE: return "there is no way to it from here";
    case DCV_MET_PRIVATE: return "it has a private address";
    case DCV_MET_NO_ADDRESS: return "it has no address";
    case DCV_MET_LOOKUP: return "its addresses cannot be looked up";
    case DCV_MET_DEADLINE: return "there was no time left";
    case DCV_MET_UNRECORDED: return "it is not on the recording";
    }
    return "";
}

const char *dcv_meeting_reason(enum dcv_meeting met, const char *why)
{
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        if (strcmp(broken[i].brief, why) == 0)
            return broken[i].text;
    return why[0] != '\0' ? why : reason_of(met);
}

/* Where nobody refused anything: there is nobody to ask. */
static bool nobody_to_ask(const struct dcv_contacts_fact *fact)
{
    return strcmp(fact->why, "no registry has such a name") == 0 || strcmp(fact->why, "the registry has no WHOIS server") == 0;
}

const char *dcv_contacts_reason(const struct dcv_contacts_fact *fact, const char **words)
{
    *words = "";
    switch (fact->state) {
    case DCV_CONTACTS_FOUND:
    case DCV_CONTACTS_NONE:
    case DCV_CONTACTS_FREE:
    case DCV_CONTACTS_RESERVED:
    case DCV_CONTACTS_SUSPENDED:
    case DCV_CONTACTS_REDACTED: return "";
    case DCV_CONTACTS_RATE_LIMITED: *words = fact->why; return "the server limits requests";
    case DCV_CONTACTS_REFUSED:
        if (nobody_to_ask(fact))
            return fact->why;
        *words = fact->why;
        return "the server refuses to tell";
    case DCV_CONTACTS_UNREACHABLE: return fact->why[0] != '\0' ? fact->why : "no answer that can be read";
    }
    return "";
}
