#include "support/talks.h"

#include "base/date.h"
#include "base/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { CONTACTS_MAX = 16, RECIPIENTS_MAX = 32 };

static struct dcv_name name_called(const char *text)
{
    struct dcv_name name;
    ck_assert_msg(dcv_name_parse(text, &name, NULL) == DCV_OK, "%s", text);
    return name;
}

static bool is(const struct directive *directive, const char *word)
{
    return strcmp(directive->word, word) == 0;
}

/* The next word of a text, which may have a part in double quotes (`why="no such user"`); "" at its end. */
static const char *word_of(struct dcv_arena *arena, const char **text)
{
    struct dcv_buf word;
    dcv_buf_init(&word, 400);
    bool quoted = false;
    for (*text += strspn(*text, " "); **text != '\0' && (quoted || **text != ' '); (*text)++) {
        if (**text == '"')
            quoted = !quoted;
        else
            dcv_buf_putc(&word, **text);
    }
    ck_assert_msg(!quoted, "a quotation mark is missing");
    const char *copy = dcv_arena_strdup(arena, dcv_buf_text(&word));
    dcv_buf_done(&word);
    return copy;
}

/* The value of "key=value", or of "key" alone "": NULL when it is another one. */
static const char *value_of(const char *word, const char *key)
{
    const size_t len = strlen(key);
    if (strncmp(word, key, len) != 0)
        return NULL;
    return word[len] == '=' ? word + len + 1 : word[len] == '\0' ? "" : NULL;
}

/* ---- registries ------------------------------------------------------------------------------------------------------------------ */

static enum dcv_contacts_state state_called(const char *text)
{
    for (int state = 0; state <= DCV_CONTACTS_UNREACHABLE; state++)
        if (strcmp(dcv_contacts_state_text((enum dcv_contacts_state)state), text) == 0)
            return (enum dcv_contacts_state)state;
    ck_abort_msg("there is no state %s", text);
    return DCV_CONTACTS_NONE;
}

/* "ROLE ADDRESS [withheld] [handle=X]", or "- STATE". */
static void add_contact(struct dcv_arena *arena, const char *rest, struct dcv_contact *contacts, struct dcv_contacts_fact *out)
{
    const char *role = word_of(arena, &rest), *email = word_of(arena, &rest);
    if (strcmp(role, "-") == 0) {
        out->state = state_called(email);
        return;
    }
    ck_assert_uint_lt(out->contact_count, CONTACTS_MAX);
    struct dcv_contact *contact = &contacts[out->contact_count++];
    *contact = (struct dcv_contact){.role = role, .email = strcmp(email, "-") == 0 ? "" : email};
    for (const char *word = word_of(arena, &rest); *word != '\0'; word = word_of(arena, &rest)) {
        contact->withheld = contact->withheld || value_of(word, "withheld") != NULL;
        if (value_of(word, "handle") != NULL)
            contact->handle = value_of(word, "handle");
    }
}

/* "expires DATE", "status CODE", "registrar NAME", "path SERVERS", "why TEXT", "learned TIME", each with its source before it, or for any. */
static void add_registration(struct dcv_arena *arena, const char *rest, const char **statuses, struct dcv_contacts_fact *out)
{
    const char *what = word_of(arena, &rest);
    if (strcmp(what, out->rdap ? "whois" : "rdap") == 0)
        return;
    if (strcmp(what, out->rdap ? "rdap" : "whois") == 0)
        what = word_of(arena, &rest);
    rest += strspn(rest, " ");
    dcv_date date;
    if (strcmp(what, "expires") == 0) {
        ck_assert_msg(dcv_date_parse(rest, &date), "%s", rest);
        out->expires = (int64_t)date * 86400;
    } else if (strcmp(what, "status") == 0) {
        ck_assert_uint_lt(out->status_count, CONTACTS_MAX);
        statuses[out->status_count++] = word_of(arena, &rest);
    } else if (strcmp(what, "registrar") == 0) {
        out->registrar = dcv_arena_strdup(arena, rest);
    } else if (strcmp(what, "path") == 0) {
        out->path = dcv_arena_strdup(arena, rest);
    } else if (strcmp(what, "why") == 0) {
        out->why = dcv_arena_strdup(arena, rest);
    } else if (strcmp(what, "learned") == 0) {
        out->cached = true;
        ck_assert_msg(dcv_time_parse(rest, &out->at), "%s", rest);
    } else {
        ck_abort_msg("a registry does not tell of %s", what);
    }
}

static bool same_domain(const struct directive *a, const struct directive *b)
{
    const struct dcv_name one = name_called(a->name), other = name_called(b->name);
    return dcv_name_equal(&one, &other);
}

bool talks_contacts(const struct zone *zone, size_t number, struct dcv_contacts_fact *out)
{
    const struct directive *first = &zone->directives[number];
    if (!is(first, "whois") && !is(first, "rdap"))
        return false;
    for (size_t i = 0; i < number; i++)
        if (is(&zone->directives[i], first->word) && same_domain(&zone->directives[i], first))
            return false;
    struct dcv_contact *contacts = dcv_arena_array(zone->arena, CONTACTS_MAX, sizeof *contacts);
    const char **statuses = dcv_arena_array(zone->arena, CONTACTS_MAX, sizeof *statuses);
    *out = (struct dcv_contacts_fact){.domain = name_called(first->name), .rdap = is(first, "rdap"), .contacts = contacts, .statuses = statuses,
                                      .server = is(first, "rdap") ? "https://rdap.example/" : "whois.example", .path = "", .why = "", .at = WORLD_AT};
    for (size_t i = 0; i < zone->directive_count; i++) {
        const struct directive *directive = &zone->directives[i];
        if (is(directive, first->word) && same_domain(directive, first))
            add_contact(zone->arena, directive->rest, contacts, out);
        else if (is(directive, "registry") && same_domain(directive, first))
            add_registration(zone->arena, directive->rest, statuses, out);
    }
    return true;
}

/* ---- hosts ----------------------------------------------------------------------------------------------------------------------- */

static enum dcv_meeting meeting_called(const char *text)
{
    for (int met = 0; met <= DCV_MET_UNRECORDED; met++)
        if (strcmp(dcv_meeting_text((enum dcv_meeting)met), text) == 0)
            return (enum dcv_meeting)met;
    ck_abort_msg("there is no meeting %s", text);
    return DCV_MET_BROKEN;
}

/* The address record of a host and its server; NULL and "" for "-". */
static const struct dcv_rr *address_of(struct dcv_arena *arena, const char *host, const char *address, unsigned port, const char **server)
{
    struct dcv_rr *rr = dcv_arena_alloc(arena, sizeof *rr);
    *server = strcmp(address, "-") == 0 ? "" : dcv_arena_printf(arena, "%s#%u", address, port);
    if (**server == '\0')
        return NULL;
    const char *text = dcv_arena_printf(arena, "%s. 300 IN %s %s", host, strchr(address, ':') != NULL ? "AAAA" : "A", address);
    ck_assert_msg(dcv_rr_from_text(arena, text, rr) == DCV_OK, "%s", text);
    return rr;
}

static unsigned number_called(const char *text)
{
    long number = 0;
    ck_assert_msg(dcv_text_number(text, 0, 999, &number), "%s is no code", text);
    return (unsigned)number;
}

static enum dcv_starttls starttls_called(const char *text)
{
    for (int starttls = 0; starttls <= DCV_STARTTLS_UNKNOWN; starttls++)
        if (strcmp(dcv_starttls_text((enum dcv_starttls)starttls), text) == 0)
            return (enum dcv_starttls)starttls;
    ck_abort_msg("there is no STARTTLS %s", text);
    return DCV_STARTTLS_UNKNOWN;
}

static void set_smtp(struct dcv_smtp_fact *fact, const char *word)
{
    const char *value;
    if ((value = value_of(word, "why")) != NULL)
        fact->why = value;
    else if ((value = value_of(word, "stage")) != NULL)
        fact->stage = value;
    else if ((value = value_of(word, "code")) != NULL)
        fact->code = number_called(value);
    else if ((value = value_of(word, "text")) != NULL)
        fact->text = value;
    else if ((value = value_of(word, "starttls")) != NULL)
        fact->starttls = starttls_called(value);
    else if ((value = value_of(word, "flaw")) != NULL)
        fact->flaw = value;
    else if (value_of(word, "sound") != NULL)
        fact->sound = true;
    else
        ck_abort_msg("a conversation with a mail host has no %s", word);
}

static enum dcv_rcpt result_of(unsigned code)
{
    return code / 100 == 2 ? DCV_RCPT_ACCEPTED : code / 100 == 4 ? DCV_RCPT_DEFERRED : code / 100 == 5 ? DCV_RCPT_REJECTED : DCV_RCPT_UNANSWERED;
}

/* "[?]ADDRESS CODE [again] [TEXT]" of each such directive that names the server. */
static void add_recipients(const struct zone *zone, const char *address, struct dcv_smtp_fact *fact)
{
    struct dcv_smtp_recipient *recipients = dcv_arena_array(zone->arena, RECIPIENTS_MAX, sizeof *recipients);
    fact->recipients = recipients;
    for (size_t i = 0; i < zone->directive_count; i++) {
        if (!is(&zone->directives[i], "rcpt") || strcmp(zone->directives[i].name, address) != 0)
            continue;
        ck_assert_uint_lt(fact->recipient_count, RECIPIENTS_MAX);
        const char *rest = zone->directives[i].rest, *mailbox = word_of(zone->arena, &rest);
        const unsigned code = number_called(word_of(zone->arena, &rest));
        rest += strspn(rest, " ");
        const bool again = strncmp(rest, "again ", 6) == 0;
        recipients[fact->recipient_count++] = (struct dcv_smtp_recipient){.address = mailbox + (*mailbox == '?'), .random = *mailbox == '?',
            .result = result_of(code), .code = code, .text = dcv_arena_strdup(zone->arena, rest + (again ? 6 : 0)), .again = again};
    }
}

static void read_smtp(const struct zone *zone, const struct directive *directive, struct dcv_smtp_fact *fact)
{
    const char *rest = directive->rest, *address = word_of(zone->arena, &rest);
    *fact = (struct dcv_smtp_fact){.host = name_called(directive->name), .why = "", .text = "", .flaw = "", .at = WORLD_AT};
    fact->address = address_of(zone->arena, directive->name, address, 25, &fact->server);
    fact->met = meeting_called(word_of(zone->arena, &rest));
    fact->stage = fact->met == DCV_MET_TALKED ? "quit" : "";
    fact->starttls = fact->met == DCV_MET_TALKED ? DCV_STARTTLS_NOT_OFFERED : DCV_STARTTLS_UNKNOWN;
    for (const char *word = word_of(zone->arena, &rest); *word != '\0'; word = word_of(zone->arena, &rest))
        set_smtp(fact, word);
    if (fact->address != NULL)
        add_recipients(zone, address, fact);
}

static void set_http(struct dcv_http_fact *fact, const char *word)
{
    const char *value;
    if ((value = value_of(word, "why")) != NULL)
        fact->why = value;
    else if ((value = value_of(word, "location")) != NULL)
        fact->location = value;
    else if ((value = value_of(word, "flaw")) != NULL)
        fact->flaw = value;
    else if ((value = value_of(word, "body")) != NULL)
        fact->body = strcmp(value, "same") == 0 ? DCV_HTTP_BODY_SAME : DCV_HTTP_BODY_DIFFERS;
    else if (value_of(word, "random") != NULL)
        fact->random = true;
    else if (value_of(word, "sound") != NULL)
        fact->sound = true;
    else
        fact->status = number_called(word);
}

/* `before`: of the chain that "hop" goes on with. */
static void read_http(const struct zone *zone, const struct directive *directive, const struct dcv_http_fact *before, struct dcv_http_fact *fact)
{
    const char *rest = directive->rest, *address = word_of(zone->arena, &rest), *url = directive->name;
    *fact = (struct dcv_http_fact){.url = dcv_arena_strdup(zone->arena, url), .tls = strncmp(url, "https:", 6) == 0, .why = "", .flaw = "",
                                   .at = WORLD_AT};
    const char *host = strstr(url, "//");
    ck_assert_msg(host != NULL, "%s", url);
    host = dcv_arena_strndup(zone->arena, host + 2, strcspn(host + 2, "/:?"));
    fact->address = address_of(zone->arena, host, address, fact->tls ? 443 : 80, &fact->server);
    fact->met = meeting_called(word_of(zone->arena, &rest));
    const bool on = is(directive, "hop");
    ck_assert_msg(!on || before->method != NULL, "no chain goes on with %s", url);
    fact->method = on ? before->method : is(directive, "http") ? "http" : "http-01";
    fact->begin = on ? before->begin : fact->url;
    fact->first_server = on ? before->first_server : fact->server;
    fact->hop = on ? before->hop + 1 : 0;
    fact->random = on && before->random;
    for (const char *word = word_of(zone->arena, &rest); *word != '\0'; word = word_of(zone->arena, &rest))
        set_http(fact, word);
}

static void set_alpn(struct dcv_alpn_fact *fact, const char *word)
{
    const char *value;
    if ((value = value_of(word, "why")) != NULL)
        fact->why = value;
    else if ((value = value_of(word, "negotiated")) != NULL)
        fact->negotiated = value;
    else if (value_of(word, "handshake") != NULL)
        fact->handshake = true;
    else if (value_of(word, "no-protocol") != NULL)
        fact->no_protocol = true;
    else if (value_of(word, "identifier") != NULL)
        fact->identifier = true;
    else
        ck_abort_msg("a handshake has no %s", word);
}

static void read_alpn(const struct zone *zone, const struct directive *directive, struct dcv_alpn_fact *fact)
{
    const char *rest = directive->rest, *address = word_of(zone->arena, &rest);
    *fact = (struct dcv_alpn_fact){.name = name_called(directive->name), .why = "", .negotiated = "", .at = WORLD_AT};
    fact->address = address_of(zone->arena, directive->name, address, 443, &fact->server);
    fact->met = meeting_called(word_of(zone->arena, &rest));
    for (const char *word = word_of(zone->arena, &rest); *word != '\0'; word = word_of(zone->arena, &rest))
        set_alpn(fact, word);
}

void talks_add(const struct zone *zone, struct dcv_facts *facts)
{
    struct dcv_http_fact before = {0};
    for (size_t i = 0; i < zone->directive_count; i++) {
        const struct directive *directive = &zone->directives[i];
        struct dcv_fact fact = {0};
        if (is(directive, "smtp")) {
            fact.kind = DCV_FACT_SMTP;
            read_smtp(zone, directive, &fact.smtp);
        } else if (is(directive, "http") || is(directive, "http-01") || is(directive, "hop")) {
            fact.kind = DCV_FACT_HTTP;
            read_http(zone, directive, &before, &fact.http);
            before = fact.http;
        } else if (is(directive, "alpn")) {
            fact.kind = DCV_FACT_ALPN;
            read_alpn(zone, directive, &fact.alpn);
        } else {
            continue;
        }
        ck_assert_int_eq(dcv_facts_add(facts, &fact, NULL), DCV_OK);
    }
}
