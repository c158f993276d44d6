/* What the words of an answer, and the status of a domain, say of its state.
 *
 * Phrases are looked for only where the answer tells no more of the domain than its name: terms of use speak of limits and refusals, too. They are
 * what servers of registries answer, compared without case; "~" stands for the domain, perhaps in quotation marks. */
#include "registry/whois.h"

#include "base/text.h"

#include <string.h>

#define ROWS(array) (sizeof(array) / sizeof *(array))

enum { PHRASE_LINES = 256 }; /* from the first; such answers are short, and terms of use follow */

enum where {
    START,  /* of a line */
    INSIDE, /* anywhere in it */
};

static const struct phrase {
    const char *words;
    enum where where;
    enum dcv_contacts_state state;
} phrases[] = {
    /* limits first: who is limited may be told nothing, or what looks like an answer */
    {"limit exceeded", INSIDE, DCV_CONTACTS_RATE_LIMITED},     /* Identity Digital, PIR, DENIC ("access control limit exceeded") */
    {"rate exceeded", INSIDE, DCV_CONTACTS_RATE_LIMITED},
    {"quota exceeded", INSIDE, DCV_CONTACTS_RATE_LIMITED},     /* AFNIC, CZ.NIC */
    {"queries exceeded", INSIDE, DCV_CONTACTS_RATE_LIMITED},
    {"query rate reached", INSIDE, DCV_CONTACTS_RATE_LIMITED},
    {"exceeded the", INSIDE, DCV_CONTACTS_RATE_LIMITED},       /* "You have exceeded the maximum allowable number of queries" */
    {"exceeded your", INSIDE, DCV_CONTACTS_RATE_LIMITED},
    {"you exceeded", INSIDE, DCV_CONTACTS_RATE_LIMITED},
    {"too many", START, DCV_CONTACTS_RATE_LIMITED},
    {"error: too many", START, DCV_CONTACTS_RATE_LIMITED},
    {"excessive querying", INSIDE, DCV_CONTACTS_RATE_LIMITED},
    {"request limit", START, DCV_CONTACTS_RATE_LIMITED},
    {"large amount of", INSIDE, DCV_CONTACTS_RATE_LIMITED},    /* JPRS, over two lines */
    {"try again later", INSIDE, DCV_CONTACTS_RATE_LIMITED},    /* JPRS, SIDN */
    {"try again after", INSIDE, DCV_CONTACTS_RATE_LIMITED},
    {"server is busy", INSIDE, DCV_CONTACTS_RATE_LIMITED},
    {"server too busy", INSIDE, DCV_CONTACTS_RATE_LIMITED},
    {"error:201:", START, DCV_CONTACTS_RATE_LIMITED},          /* RIPE's server, and registries that run it: access denied for too many queries */
    {"制限", INSIDE, DCV_CONTACTS_RATE_LIMITED},               /* JPRS in Japanese */
    {"しばらく", INSIDE, DCV_CONTACTS_RATE_LIMITED},
    {"大量", INSIDE, DCV_CONTACTS_RATE_LIMITED},

    {"access denied", INSIDE, DCV_CONTACTS_REFUSED},
    {"access is denied", INSIDE, DCV_CONTACTS_REFUSED},
    {"access prohibited", INSIDE, DCV_CONTACTS_REFUSED},
    {"permission denied", INSIDE, DCV_CONTACTS_REFUSED},
    {"requests of this client are not permitted", INSIDE, DCV_CONTACTS_REFUSED}, /* SWITCH */
    {"ip address used to perform the query is not", INSIDE, DCV_CONTACTS_REFUSED}, /* Red.es */
    {"your ip", START, DCV_CONTACTS_REFUSED},
    {"been blacklisted", INSIDE, DCV_CONTACTS_REFUSED},
    {"blocked", START, DCV_CONTACTS_REFUSED},
    {"cannot process your", INSIDE, DCV_CONTACTS_REFUSED},
    {"invalid request", START, DCV_CONTACTS_REFUSED},
    {"malformed", START, DCV_CONTACTS_REFUSED},
    {"no whois server is known", INSIDE, DCV_CONTACTS_REFUSED},
    {"tld is not supported", INSIDE, DCV_CONTACTS_REFUSED},
    {"tld not supported", INSIDE, DCV_CONTACTS_REFUSED},
    {"domain not supported", INSIDE, DCV_CONTACTS_REFUSED},
    {"this whois server is", START, DCV_CONTACTS_REFUSED},     /* "no longer in service" */
    {"whois service has been", INSIDE, DCV_CONTACTS_REFUSED},  /* "retired", "replaced by RDAP"; ICANN's sunset of WHOIS, 2025-01-28 */
    {"<jprs whois help>", INSIDE, DCV_CONTACTS_REFUSED},       /* JPRS, to a question it does not know */

    {"this name is reserved", INSIDE, DCV_CONTACTS_RESERVED},
    {"domain is reserved", INSIDE, DCV_CONTACTS_RESERVED},
    {"domain name is reserved", INSIDE, DCV_CONTACTS_RESERVED}, /* Verisign, of .name */
    {"reserved by", START, DCV_CONTACTS_RESERVED},
    {"reserved name", START, DCV_CONTACTS_RESERVED},
    {"reserved domain", START, DCV_CONTACTS_RESERVED},
    {"domain reserved", START, DCV_CONTACTS_RESERVED},
    {"not available for", START, DCV_CONTACTS_RESERVED},       /* Verisign again: "registration", "second level registration" */
    {"~ is reserved", INSIDE, DCV_CONTACTS_RESERVED},
    {"~ has been reserved", INSIDE, DCV_CONTACTS_RESERVED},
    {"the registry has reserved", INSIDE, DCV_CONTACTS_RESERVED}, /* Identity Digital and others, of premium names */
    {"has usage restrictions applied to it", INSIDE, DCV_CONTACTS_RESERVED}, /* CentralNic */
    {"prohibited string", START, DCV_CONTACTS_RESERVED},
    {"予約ドメイン名", INSIDE, DCV_CONTACTS_RESERVED},

    {"no match", START, DCV_CONTACTS_FREE},                    /* Verisign, JPRS, Nominet */
    {"nincs talalat", START, DCV_CONTACTS_FREE},               /* ISZT */
    {"not found", START, DCV_CONTACTS_FREE},
    {"no found", START, DCV_CONTACTS_FREE},                    /* TWNIC */
    {"no object found", START, DCV_CONTACTS_FREE},
    {"no data found", START, DCV_CONTACTS_FREE},
    {"no matching record", START, DCV_CONTACTS_FREE},
    {"no matching objects found", INSIDE, DCV_CONTACTS_FREE},
    {"no entries found", INSIDE, DCV_CONTACTS_FREE},           /* RIPE's server ("ERROR:101:") and others */
    {"domain not found", START, DCV_CONTACTS_FREE},
    {"domain ~ not found", START, DCV_CONTACTS_FREE},
    {"no such domain", START, DCV_CONTACTS_FREE},
    {"queried object does not exist", INSIDE, DCV_CONTACTS_FREE},
    {"object does not exist", START, DCV_CONTACTS_FREE},
    {"domain name has not been registered", INSIDE, DCV_CONTACTS_FREE},
    {"domain has not been registered", INSIDE, DCV_CONTACTS_FREE},
    {"domain name is not registered", INSIDE, DCV_CONTACTS_FREE},
    {"domain is not registered", INSIDE, DCV_CONTACTS_FREE},
    {"domain was not found in the registry", INSIDE, DCV_CONTACTS_FREE}, /* KISA */
    {"nothing found for this query", START, DCV_CONTACTS_FREE},
    {"no information available about domain name ~", START, DCV_CONTACTS_FREE}, /* NASK */
    {"~ is free", START, DCV_CONTACTS_FREE},                   /* SIDN */
    {"domain ~ is available", START, DCV_CONTACTS_FREE},
    {"~ is available for", START, DCV_CONTACTS_FREE},
    {"this query returned 0 objects", START, DCV_CONTACTS_FREE}, /* IANA */
    {"invalid query or domain name not known in", START, DCV_CONTACTS_FREE}, /* Freenom */
};

/* What follows the domain, which may stand in quotation marks; NULL: it does not stand there. */
static const char *after_domain(const char *text, const char *domain)
{
    const size_t len = strlen(domain);
    const bool quoted = *text == '"' || *text == '\'';
    text += quoted;
    if (strnlen(text, len) < len || !dcv_ascii_equal_nocase_n(text, domain, len))
        return NULL;
    text += len;
    return text + (quoted && *text != '\0');
}

static bool begins_with(const char *text, const char *words, const char *domain)
{
    for (; *words != '\0'; words++) {
        if (*words == '~') {
            text = after_domain(text, domain);
            if (text == NULL)
                return false;
        } else if (dcv_ascii_lower(*text++) != *words) {
            return false;
        }
    }
    return true;
}

static bool line_says(const struct whois_line *line, const struct phrase *phrase, const char *domain)
{
    if (phrase->where == START)
        return begins_with(line->text, phrase->words, domain);
    for (const char *at = line->text; *at != '\0'; at++)
        if (begins_with(at, phrase->words, domain))
            return true;
    return false;
}

/* Does the line leave a sentence open, which the one below it ends? */
static bool goes_on(const struct whois_text *text, size_t at)
{
    const struct whois_line *line = &text->lines[at];
    const size_t len = strlen(line->text);
    if (len == 0 || at + 1 >= text->count || text->lines[at + 1].comment != line->comment)
        return false;
    const char last = line->text[len - 1], next = text->lines[at + 1].text[0];
    return ((last >= 'a' && last <= 'z') || last == ',') && next >= 'a' && next <= 'z';
}

/* The server's own words from this line on, to the end of the sentence; "": they cannot be kept. */
static const char *sentence_from(struct whois_reader *reader, size_t at)
{
    enum { LINES_MAX = 3 };
    const char *words = whois_value(reader, reader->text.lines[at].text);
    for (size_t n = 1; words != NULL && n < LINES_MAX && goes_on(&reader->text, at); n++) {
        const char *more = dcv_arena_printf(reader->scratch, "%s %s", words, reader->text.lines[++at].text);
        const char *longer = more != NULL ? whois_value(reader, more) : NULL;
        if (longer == NULL)
            break;
        words = longer;
    }
    return words != NULL ? words : "";
}

enum dcv_contacts_state whois_phrase_state(struct whois_reader *reader)
{
    for (size_t i = 0; i < ROWS(phrases); i++) {
        for (size_t k = 0; k < reader->text.count && k < PHRASE_LINES; k++) {
            if (!line_says(&reader->text.lines[k], &phrases[i], reader->domain))
                continue;
            if (phrases[i].state == DCV_CONTACTS_RATE_LIMITED || phrases[i].state == DCV_CONTACTS_REFUSED)
                reader->out->why = sentence_from(reader, k);
            return phrases[i].state;
        }
    }
    return DCV_CONTACTS_UNREACHABLE;
}

/* ---- statuses ----------------------------------------------------------------------------------------------------------------- */

/* What a domain's status makes of its state, as far as it does: EPP's (RFC 5731 §2.3, RFC 3915 §3.1), those of JPRS
 * (https://jprs.jp/about/dom-rule/lifecycle: "To be suspended" still resolves, "Suspended" and "Deleted" wait for the end), and those of registries
 * of country-code TLDs. */
static const struct status_meaning {
    const char *status;
    enum dcv_contacts_state state;
} status_meanings[] = {
    {"clientHold", DCV_CONTACTS_SUSPENDED},
    {"serverHold", DCV_CONTACTS_SUSPENDED},
    {"redemptionPeriod", DCV_CONTACTS_SUSPENDED},
    {"pendingDelete", DCV_CONTACTS_SUSPENDED},
    {"suspended", DCV_CONTACTS_SUSPENDED},
    {"停止", DCV_CONTACTS_SUSPENDED},
    {"deleted", DCV_CONTACTS_SUSPENDED},
    {"hold", DCV_CONTACTS_SUSPENDED},
    {"on hold", DCV_CONTACTS_SUSPENDED},
    {"quarantine", DCV_CONTACTS_SUSPENDED}, /* EURid, IIS */
    {"in quarantine", DCV_CONTACTS_SUSPENDED}, /* SIDN */
    {"withdrawn", DCV_CONTACTS_SUSPENDED}, /* EURid */
    {"deactivated", DCV_CONTACTS_SUSPENDED},
    {"blocked", DCV_CONTACTS_SUSPENDED},
    {"reserved", DCV_CONTACTS_RESERVED},
    {"予約", DCV_CONTACTS_RESERVED},
    {"prohibited", DCV_CONTACTS_RESERVED},
    {"unassignable", DCV_CONTACTS_RESERVED}, /* Registro.it */
    {"free", DCV_CONTACTS_FREE}, /* DENIC */
    {"available", DCV_CONTACTS_FREE}, /* EURid, Registro.it */
    {"220 available", DCV_CONTACTS_FREE}, /* InternetNZ */
    {"not registered", DCV_CONTACTS_FREE},
    {"no object found", DCV_CONTACTS_FREE}, /* CoCCA */
};

/* FOUND: nothing. */
static enum dcv_contacts_state status_state(const char *status)
{
    for (size_t i = 0; i < ROWS(status_meanings); i++)
        if (dcv_ascii_equal_nocase(status, status_meanings[i].status))
            return status_meanings[i].state;
    return DCV_CONTACTS_FOUND;
}

bool dcv_registry_suspends(const char *status)
{
    return status_state(status) == DCV_CONTACTS_SUSPENDED;
}

static void add_status(struct whois_reader *reader, const char *text)
{
    struct dcv_registry_reading *out = reader->out;
    if (text[0] == '\0' || strlen(text) > DCV_REGISTRY_TEXT)
        return;
    const char *status = dcv_registry_status(reader->arena, text);
    if (status == NULL)
        return;
    const enum dcv_contacts_state state = status_state(status);
    reader->suspended = reader->suspended || state == DCV_CONTACTS_SUSPENDED;
    reader->reserved = reader->reserved || state == DCV_CONTACTS_RESERVED;
    reader->free = reader->free || state == DCV_CONTACTS_FREE;
    reader->evidence = reader->evidence || state != DCV_CONTACTS_FREE;
    for (size_t i = 0; i < out->statuses.count; i++)
        if (strcmp(out->statuses.items[i], status) == 0)
            return;
    if (out->statuses.count >= DCV_REGISTRY_STATUSES)
        return;
    const char **added = DCV_VEC_ADD(reader->arena, &out->statuses);
    if (added != NULL)
        *added = status;
}

void whois_add_statuses(struct whois_reader *reader, const char *value)
{
    for (size_t len; *(value += strspn(value, " ,/")) != '\0'; value += len) {
        len = strcspn(value, ",/");
        const char *url = strstr(value, "http"); /* its slashes part nothing */
        if (url != NULL && url < value + len)
            len = strcspn(url, ",") + (size_t)(url - value);
        size_t end = len;
        while (end > 0 && value[end - 1] == ' ')
            end--;
        const char *status = dcv_arena_strndup(reader->scratch, value, end);
        if (status != NULL)
            add_status(reader, status);
    }
}
