/* Validation over HTTP and TLS: what the servers of the name said, address by address. A CA may choose any address, and asks from several places:
 * what one address does is no comfort while another fails. BR 3.2.2.4.18 to 3.2.2.4.20, 3.2.2.9. */
#include "fact/redirect.h"
#include "policy/judge.h"

#include <string.h>

/* What came of one address. */
enum ending {
    END_GOOD,
    END_BAD,        /* it answers, and not as a CA needs it: said when it was seen */
    END_DEAD,
    END_UNLEARNED,
    END_NO_ROUTE,   /* this host has no way there; a CA has */
};

struct visit {
    enum ending ending;
    enum dcv_meeting met;
    const char *server, *why, *url;
    const struct dcv_rr *address;
    struct dcv_fact_list facts;
};

struct visiting {
    struct judge *judge;
    struct web_answer *answer;
    enum dcv_method method;
    DCV_VEC(struct visit) visits;
};

enum { HTTP_PORT = 80, HTTPS_PORT = 443 };

static uint16_t http_port(const struct judge *judge)
{
    return judge->options->http_port != 0 ? judge->options->http_port : HTTP_PORT;
}

static uint16_t https_port(const struct judge *judge)
{
    return judge->options->https_port != 0 ? judge->options->https_port : HTTPS_PORT;
}

/* ---- findings ---------------------------------------------------------------------------------------------------------------------- */

/* " (it does not speak TLS)" or "". */
static const char *cause_of(struct judge *judge, const struct visit *visit)
{
    const char *reason = dcv_meeting_reason(visit->met, visit->why);
    const char *text = reason[0] != '\0' ? dcv_arena_printf(judge->arena, " (%s)", reason) : "";
    return text != NULL ? text : "";
}

static struct making begin(const struct visiting *visiting, enum dcv_rule rule, const char *subject, const struct visit *visit)
{
    struct judge *judge = visiting->judge;
    struct making making = finding_begin(judge, rule, subject);
    /* A port is closed to both methods over HTTP alike. */
    if (rule != DCV_RULE_WEB_PRIVATE && rule != DCV_RULE_WEB_NO_ROUTE)
        making.finding.clause = visiting->method == DCV_METHOD_TLS_ALPN_01 ? "BR 3.2.2.4.20" : "BR 3.2.2.4.18, 3.2.2.4.19";
    finding_arg(&making, "name", judge->name->ascii);
    finding_arg(&making, "state", dcv_meeting_reason(visit->met, visit->why));
    if (rule == DCV_RULE_TLS_ALPN_MISSING)
        finding_arg(&making, "cause", cause_of(judge, visit));
    finding_fact(&making, visit->facts);
    return making;
}

/* Where it stands. */
static void arg_server(struct making *making, const struct visit *visit)
{
    const char *port = strrchr(visit->server, '#');
    const char *address = dcv_arena_printf(making->judge->arena, "%.*s", (int)strcspn(visit->server, "#"), visit->server);
    const bool ipv6 = visit->address != NULL ? visit->address->type == DCV_TYPE_AAAA : strchr(visit->server, ':') != NULL;
    finding_arg(making, "server", visit->server);
    finding_arg(making, "address", address != NULL ? address : "");
    finding_arg(making, "family", ipv6 ? "IPv6" : "IPv4");
    finding_arg(making, "type", ipv6 ? "AAAA" : "A");
    finding_arg(making, "port", port != NULL ? port + 1 : "");
}

static void say(const struct visiting *visiting, struct making *making)
{
    struct dcv_finding *slot = DCV_VEC_ADD(visiting->judge->arena, &visiting->answer->findings);
    if (slot != NULL)
        *slot = finding_made(making);
}

/* ---- HTTP -------------------------------------------------------------------------------------------------------------------------- */

static void say_of_answer(const struct visiting *visiting, const struct visit *visit, const struct dcv_http_fact *fact, enum dcv_rule rule)
{
    struct making making = begin(visiting, rule, fact->url, visit);
    finding_arg(&making, "url", fact->url);
    finding_arg(&making, "begin", fact->begin);
    if (rule != DCV_RULE_HTTP_SOFT_404) /* one and the same at every address */
        arg_server(&making, visit);
    if (fact->status != 0)
        finding_arg_number(&making, "status", fact->status);
    say(visiting, &making);
}

static const char *redirect_fault(enum dcv_redirect redirect)
{
    switch (redirect) {
    case DCV_REDIRECT_STATUS: return "only 301, 302, 307 and 308 are followed";
    case DCV_REDIRECT_LOCATION: return "the Location is missing or cannot be read";
    case DCV_REDIRECT_SCHEME: return "only http and https are followed";
    case DCV_REDIRECT_PORT: return "only the ports 80 and 443 are followed";
    case DCV_REDIRECT_ADDRESS: return "no address in the place of a host name is followed";
    case DCV_REDIRECT_TOO_MANY: return "there are too many redirects";
    case DCV_REDIRECT_NONE:
    case DCV_REDIRECT_FOLLOW: break;
    }
    return NULL;
}

static void say_redirect(const struct visiting *visiting, const struct visit *visit, const struct dcv_http_fact *fact, enum dcv_redirect redirect)
{
    struct making making = begin(visiting, DCV_RULE_HTTP_REDIRECT, fact->url, visit);
    finding_arg(&making, "url", fact->url);
    finding_arg(&making, "begin", fact->begin);
    finding_arg(&making, "location", fact->location != NULL && fact->location[0] != '\0' ? fact->location : "nowhere");
    finding_arg(&making, "fault", redirect_fault(redirect));
    finding_arg_number(&making, "status", fact->status);
    arg_server(&making, visit);
    say(visiting, &making);
}

/* A file was asked for that is there, or one that nobody has: then 404 is the right answer, and shows that files are served. */
static enum ending judge_status(const struct visiting *visiting, const struct visit *visit, const struct dcv_http_fact *fact)
{
    enum dcv_rule rule = DCV_RULE_COUNT;
    const bool success = fact->status / 100 == 2, gone = fact->status == 404 || fact->status == 410;
    if (fact->status == 401 || fact->status == 403 || fact->status == 407)
        rule = DCV_RULE_HTTP_FORBIDDEN;
    else if (!success && !(fact->random && gone))
        rule = DCV_RULE_HTTP_STATUS;
    else if (fact->body == DCV_HTTP_BODY_DIFFERS)
        rule = DCV_RULE_HTTP_CONTENT;
    else if (success && fact->random)
        rule = DCV_RULE_HTTP_SOFT_404;
    if (rule != DCV_RULE_COUNT)
        say_of_answer(visiting, visit, fact, rule);
    return rule == DCV_RULE_COUNT || rule == DCV_RULE_HTTP_SOFT_404 ? END_GOOD : END_BAD;
}

/* What an answer means at the end of a chain. */
static enum ending judge_answer(const struct visiting *visiting, const struct visit *visit, const struct dcv_http_fact *fact)
{
    struct judge *judge = visiting->judge;
    struct dcv_url *next = dcv_arena_alloc(judge->arena, sizeof *next);
    const enum dcv_redirect redirect = next != NULL ? dcv_redirect_of(fact, http_port(judge), https_port(judge), next) : DCV_REDIRECT_FOLLOW;
    if (redirect == DCV_REDIRECT_FOLLOW) /* and nobody followed */
        return END_UNLEARNED;
    if (redirect == DCV_REDIRECT_NONE)
        return judge_status(visiting, visit, fact);
    say_redirect(visiting, visit, fact, redirect);
    return END_BAD;
}

static enum ending ending_of(enum dcv_meeting met)
{
    switch (met) {
    case DCV_MET_TALKED: return END_GOOD;
    case DCV_MET_BROKEN:
    case DCV_MET_TIMEOUT:
    case DCV_MET_REFUSED:
    case DCV_MET_PRIVATE:
    case DCV_MET_NO_ADDRESS: return END_DEAD;
    case DCV_MET_NO_ROUTE: return END_NO_ROUTE;
    case DCV_MET_LOOKUP:
    case DCV_MET_DEADLINE:
    case DCV_MET_UNRECORDED: break;
    }
    return END_UNLEARNED;
}

/* The end of a chain, behind redirects or at once. */
static enum ending judge_end(const struct visiting *visiting, const struct visit *visit, const struct dcv_http_fact *fact)
{
    const enum ending ending = ending_of(fact->met);
    if (fact->met == DCV_MET_TALKED)
        return judge_answer(visiting, visit, fact);
    if (fact->hop == 0)
        return ending;
    if (ending != END_DEAD)
        return END_UNLEARNED;
    say_of_answer(visiting, visit, fact, DCV_RULE_HTTP_REDIRECT_DEAD);
    return END_BAD;
}

/* Is it a chain about the name judged? Facts that were given may be about others. */
static bool about_name(const struct judge *judge, const char *begin)
{
    char host[DCV_NAME_TEXT_MAX];
    struct dcv_name name;
    const char *at = strstr(begin, "://");
    const size_t len = at != NULL ? strcspn(at + 3, "/:?#") : 0;
    if (len == 0 || len >= sizeof host)
        return false;
    memcpy(host, at + 3, len);
    host[len] = '\0';
    return dcv_name_parse(host, &name, NULL) == DCV_OK && dcv_name_equal(&name, &judge->name->name);
}

static bool is_request(const struct visiting *visiting, size_t index)
{
    const struct dcv_fact *fact = dcv_facts_at(visiting->judge->facts, index);
    return fact->kind == DCV_FACT_HTTP && strcmp(fact->http.method, dcv_method_info(visiting->method)->name) == 0
        && about_name(visiting->judge, fact->http.begin);
}

/* Requests of one chain: to one address, and wherever that leads. */
static bool same_chain(const struct dcv_http_fact *a, const struct dcv_http_fact *b)
{
    return strcmp(a->begin, b->begin) == 0 && strcmp(a->first_server, b->first_server) == 0;
}

static bool told_before(const struct visiting *visiting, size_t index)
{
    const struct dcv_facts *facts = visiting->judge->facts;
    for (size_t i = 0; i < index; i++)
        if (is_request(visiting, i) && same_chain(&dcv_facts_at(facts, i)->http, &dcv_facts_at(facts, index)->http))
            return true;
    return false;
}

static void note_certificate(const struct visiting *visiting, const struct visit *visit, const struct dcv_http_fact *fact)
{
    if (!fact->tls || fact->sound || fact->met != DCV_MET_TALKED)
        return;
    struct making making = begin(visiting, DCV_RULE_HTTP_CERTIFICATE, fact->url, visit);
    finding_arg(&making, "url", fact->url);
    finding_arg(&making, "flaw", fact->flaw);
    say(visiting, &making);
}

/* The chain whose first fact is number `first`. */
static void visit_chain(struct visiting *visiting, size_t first)
{
    const struct dcv_facts *facts = visiting->judge->facts;
    const struct dcv_http_fact *start = &dcv_facts_at(facts, first)->http, *end = start;
    DCV_VEC(size_t) numbers = {0};
    for (size_t i = first; i < dcv_facts_count(facts); i++) {
        if (!is_request(visiting, i) || !same_chain(&dcv_facts_at(facts, i)->http, start))
            continue;
        size_t *number = DCV_VEC_ADD(visiting->judge->arena, &numbers);
        if (number != NULL)
            *number = i;
        if (dcv_facts_at(facts, i)->http.hop >= end->hop)
            end = &dcv_facts_at(facts, i)->http;
    }
    struct visit *visit = DCV_VEC_ADD(visiting->judge->arena, &visiting->visits);
    if (visit == NULL)
        return;
    *visit = (struct visit){.met = end->met, .server = start->first_server, .why = end->why, .url = end->url, .address = start->address,
                            .facts = dcv_fact_list(visiting->judge->arena, numbers.items, numbers.count)};
    for (size_t i = 0; i < numbers.count; i++)
        note_certificate(visiting, visit, &dcv_facts_at(facts, numbers.items[i])->http);
    visit->ending = judge_end(visiting, visit, end);
}

static void visit_http(struct visiting *visiting)
{
    for (size_t i = 0; i < dcv_facts_count(visiting->judge->facts); i++)
        if (is_request(visiting, i) && !told_before(visiting, i))
            visit_chain(visiting, i);
}

/* ---- TLS --------------------------------------------------------------------------------------------------------------------------- */

static enum ending judge_handshake(const struct visiting *visiting, const struct visit *visit, const struct dcv_alpn_fact *fact)
{
    static const char protocol[] = "acme-tls/1"; /* RFC 8737 §6.2 */
    if (fact->met != DCV_MET_TALKED && fact->met != DCV_MET_BROKEN && !fact->no_protocol)
        return ending_of(fact->met);
    if (fact->handshake && strcmp(fact->negotiated, protocol) == 0)
        return END_GOOD;
    struct making making = begin(visiting, DCV_RULE_TLS_ALPN_MISSING, visiting->judge->name->ascii, visit);
    arg_server(&making, visit);
    say(visiting, &making);
    return END_BAD;
}

static void visit_tls(struct visiting *visiting)
{
    for (size_t i = 0; i < dcv_facts_count(visiting->judge->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(visiting->judge->facts, i);
        if (fact->kind != DCV_FACT_ALPN || !dcv_name_equal(&fact->alpn.name, &visiting->judge->name->name))
            continue;
        struct visit *visit = DCV_VEC_ADD(visiting->judge->arena, &visiting->visits);
        if (visit == NULL)
            return;
        *visit = (struct visit){.met = fact->alpn.met, .server = fact->alpn.server, .why = fact->alpn.why, .url = "", .address = fact->alpn.address,
                                .facts = one_fact(visiting->judge, i)};
        visit->ending = judge_handshake(visiting, visit, &fact->alpn);
    }
}

/* ---- all addresses ------------------------------------------------------------------------------------------------------------------ */

static size_t count(const struct visiting *visiting, enum ending ending)
{
    size_t found = 0;
    for (size_t i = 0; i < visiting->visits.count; i++)
        found += visiting->visits.items[i].ending == ending;
    return found;
}

static enum dcv_rule rule_of_dead(const struct visiting *visiting, enum dcv_meeting met)
{
    if (met == DCV_MET_NO_ADDRESS)
        return DCV_RULE_WEB_NO_ADDRESS;
    if (met == DCV_MET_PRIVATE)
        return DCV_RULE_WEB_PRIVATE;
    return count(visiting, END_GOOD) != 0 ? DCV_RULE_WEB_ADDRESS_DEAD : DCV_RULE_WEB_UNREACHABLE;
}

/* What could not be talked with; what answered badly has been told. */
static void say_silent(const struct visiting *visiting, const struct visit *visit)
{
    enum dcv_rule rule = DCV_RULE_COUNT;
    switch (visit->ending) {
    case END_DEAD: rule = rule_of_dead(visiting, visit->met); break;
    case END_UNLEARNED: rule = DCV_RULE_WEB_UNLEARNED; break;
    case END_NO_ROUTE: rule = DCV_RULE_WEB_NO_ROUTE; break;
    case END_GOOD:
    case END_BAD: return;
    }
    struct making making = begin(visiting, rule, visiting->judge->name->ascii, visit);
    if (visit->server[0] != '\0')
        arg_server(&making, visit);
    finding_arg(&making, "place", visit->server[0] != '\0' ? visit->server : visiting->judge->name->ascii);
    if (rule == DCV_RULE_WEB_UNLEARNED)
        finding_arg(&making, "option", dcv_by_text(dcv_by_of(visiting->method)));
    /* Where nothing but such addresses is there, nothing at all is known. */
    if (rule == DCV_RULE_WEB_NO_ROUTE && count(visiting, END_NO_ROUTE) == visiting->visits.count)
        making.finding.severity = DCV_WARNING;
    say(visiting, &making);
}

/* Facts that were recorded for another question hold nothing of web servers. */
static void say_not_asked(const struct visiting *visiting)
{
    const char *name = visiting->judge->name->ascii;
    struct making making = finding_begin(visiting->judge, DCV_RULE_WEB_UNLEARNED, name);
    making.finding.clause = dcv_method_info(visiting->method)->clause;
    finding_arg(&making, "name", name);
    finding_arg(&making, "place", name);
    finding_arg(&making, "method", dcv_method_info(visiting->method)->name);
    finding_arg(&making, "state", "not asked");
    finding_arg(&making, "option", dcv_by_text(dcv_by_of(visiting->method)));
    say(visiting, &making);
}

static enum dcv_verdict verdict_of(const struct visiting *visiting)
{
    const size_t good = count(visiting, END_GOOD), failed = count(visiting, END_BAD) + count(visiting, END_DEAD);
    if (count(visiting, END_UNLEARNED) != 0 || (good != 0 && failed != 0))
        return DCV_UNKNOWN_VERDICT;
    return good != 0 ? DCV_READY : failed != 0 ? DCV_NOT_READY : DCV_UNKNOWN_VERDICT;
}

static void conclude(const struct visiting *visiting)
{
    struct web_answer *answer = visiting->answer;
    answer->verdict = verdict_of(visiting);
    if (visiting->visits.count == 0)
        say_not_asked(visiting);
    for (size_t i = 0; i < visiting->visits.count; i++)
        say_silent(visiting, &visiting->visits.items[i]);
    /* What one address does ends nothing while the CA may take another. */
    for (size_t i = 0; i < answer->findings.count; i++)
        if (answer->findings.items[i].severity == DCV_BLOCKER && answer->verdict != DCV_NOT_READY)
            answer->findings.items[i].severity = DCV_WARNING;
}

const struct web_answer *web_of(struct judge *judge, enum dcv_method method)
{
    if (judge->web[method] != NULL)
        return judge->web[method];
    struct web_answer *answer = dcv_arena_alloc(judge->arena, sizeof *answer);
    struct visiting visiting = {.judge = judge, .answer = answer, .method = method};
    if (answer == NULL)
        return NULL;
    judge->web[method] = answer;
    if (method == DCV_METHOD_TLS_ALPN_01)
        visit_tls(&visiting);
    else
        visit_http(&visiting);
    conclude(&visiting);
    return answer;
}
