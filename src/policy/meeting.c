/* Words for meetings that came to nothing: in findings about web servers and mail hosts. */
#include "policy/judge.h"

#include <string.h>

/* What a transcript of SMTP says in one word, where other conversations have whole sentences; and what would be said twice. */
static const char *words_of(const char *why)
{
    static const char *const words[][2] = {
        {"closed", "the server closed the connection"},
        {"timeout", "no answer in time"},
        {"not SMTP", "the server does not speak SMTP"},
        {"handshake", "the TLS handshake failed"},
        {"the server cannot be reached", "its network or host is unreachable"}, /* beside "cannot be reached" it says nothing */
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(why, words[i][0]) == 0)
            return words[i][1];
    return why;
}

const char *meeting_phrase(enum dcv_meeting met, const char *why)
{
    if (why[0] != '\0')
        return words_of(why);
    switch (met) {
    case DCV_MET_TALKED:
    case DCV_MET_BROKEN: return "what it says makes no sense";
    case DCV_MET_TIMEOUT: return "no answer in time";
    case DCV_MET_REFUSED: return "the connection was refused";
    case DCV_MET_NO_ROUTE: return "there is no way there from here";
    case DCV_MET_PRIVATE: return "the address is private";
    case DCV_MET_NO_ADDRESS: return "the name has no address";
    case DCV_MET_LOOKUP: return "the address could not be looked up";
    case DCV_MET_DEADLINE: return "the time was over";
    case DCV_MET_UNRECORDED: return "the recording does not hold it";
    }
    return "what it says makes no sense";
}
