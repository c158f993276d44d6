/* The registry probe over a transport without a network: who is asked, in which order, how often, and what comes of it. */
#include "probe/registry.h"

#include "base/date.h"
#include "net/cache.h"
#include "net/fetch.h"
#include "registry/registry.h"
#include "support/rows.h"
#include "support/run.h"
#include "support/temporary.h"
#include "support/wire.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { START_US = 1000000, START_S = 1774300000, SAID_MAX = 12, UNDER_WAY_MAX = 256, HEADER = 12, LATENCY_US = 10000 };

/* One line of a world: where, what, and what is said to it.
 *     "host" NAME "ADDRESS ADDRESS …"
 *     ADDRESS WHOIS-LINE ANSWER
 *     "get" URL "STATUS BODY", or "301 LOCATION", or "429 RETRY-AFTER"
 * An answer that begins with "!" is an end: "!timeout", "!unreachable", "!cut …". What nobody answers is a fault. */
struct said {
    const char *to, *what, *answer;
};

struct world {
    struct dcv_transport transport;
    const struct said *said;
    struct dcv_exchange *under_way[UNDER_WAY_MAX], *ready;
    size_t count;
    struct dcv_buf log; /* all that was sent but questions of the DNS */
    struct dcv_cache *cache;
    int64_t now_s;
};

/* ---- the transport ---------------------------------------------------------------------------------------------------------------- */

static const struct said *find(const struct world *world, const char *to, const char *what)
{
    for (size_t i = 0; i < SAID_MAX && world->said[i].to != NULL; i++)
        if (strcmp(world->said[i].to, to) == 0 && strcmp(world->said[i].what, what) == 0)
            return &world->said[i];
    return NULL;
}

static void answer_with(struct dcv_exchange *exchange, const void *octets, size_t len)
{
    exchange->answer = malloc(len + 1);
    memcpy(exchange->answer, octets, len);
    exchange->answer_len = len;
}

static void answer_question(const struct world *world, struct dcv_exchange *exchange)
{
    struct dcv_name name;
    char text[DCV_NAME_TEXT_MAX], record[2 * DCV_NAME_TEXT_MAX];
    struct wire wire;
    size_t len = 0;
    while (exchange->query[HEADER + len] != 0)
        len += (size_t)exchange->query[HEADER + len] + 1;
    ck_assert_int_eq(dcv_name_from_wire(exchange->query + HEADER, len + 1, &name), DCV_OK);
    dcv_name_lower(&name);
    (void)dcv_name_text(&name, text);
    const bool v4 = exchange->query[HEADER + len + 2] == 1;
    const struct said *host = find(world, "host", text);
    wire_begin_answer(&wire, exchange->query, exchange->query_len, WIRE_RD | WIRE_RA);
    for (const char *at = host != NULL ? host->answer : ""; v4 && *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
        (void)snprintf(record, sizeof record, "%s. 300 IN A %.*s", text, (int)strcspn(at, " "), at);
        wire_rr(&wire, WIRE_ANSWER, record);
    }
    wire_end(&wire);
    answer_with(exchange, wire.buf.data, wire.buf.len);
    wire_done(&wire);
}

static bool special(struct dcv_exchange *exchange, const char *answer)
{
    if (answer[0] != '!')
        return false;
    exchange->end = strcmp(answer, "!timeout") == 0 ? DCV_EXCHANGE_TIMEOUT : DCV_EXCHANGE_UNREACHABLE;
    return true;
}

static void answer_whois(struct world *world, struct dcv_exchange *exchange)
{
    char line[512];
    (void)snprintf(line, sizeof line, "%.*s", (int)strcspn((const char *)exchange->query, "\r"), (const char *)exchange->query);
    dcv_buf_printf(&world->log, "%s%s%s %s\n", exchange->to.host, exchange->to.port != 43 ? "#" : "", exchange->named ? "!" : "", line);
    const struct said *said = find(world, exchange->to.host, line);
    if (said == NULL)
        exchange->end = DCV_EXCHANGE_TIMEOUT;
    else if (!special(exchange, said->answer))
        answer_with(exchange, said->answer, strlen(said->answer));
}

static void answer_fetch(struct world *world, struct dcv_exchange *exchange)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_fetch_request request;
    ck_assert_int_eq(dcv_fetch_request_read(arena, exchange->query, exchange->query_len, &request), DCV_OK);
    ck_assert(request.verify);
    dcv_buf_printf(&world->log, "%s %s\n", exchange->to.host, request.url);
    const struct said *said = find(world, "get", request.url);
    if (said == NULL)
        exchange->end = DCV_EXCHANGE_UNREACHABLE;
    else if (!special(exchange, said->answer)) {
        const char *rest = said->answer + 3 + (said->answer[3] == ' ');
        struct dcv_fetch_answer answer = {.status = (unsigned)strtoul(said->answer, NULL, 10), .content_type = "application/rdap+json",
                                          .retry_after_s = -1, .tls = true, .sound = true, .flaw = ""};
        struct dcv_buf buf;
        dcv_buf_init(&buf, 1 << 20);
        if (answer.status / 100 == 3)
            answer.location = rest;
        else if (answer.status == 429)
            answer.retry_after_s = strtol(rest, NULL, 10);
        answer.body = (const uint8_t *)rest;
        answer.body_len = strlen(rest);
        ck_assert_int_eq(dcv_fetch_answer_write(&answer, &buf), DCV_OK);
        answer_with(exchange, buf.data, buf.len);
        dcv_buf_done(&buf);
    }
    dcv_arena_free(arena);
}

static void answer_cache(struct world *world, struct dcv_exchange *exchange)
{
    dcv_buf_printf(&world->log, "%.*s\n", (int)strcspn((const char *)exchange->query, "\n"), (const char *)exchange->query);
    exchange->end = dcv_cache_do(world->cache, exchange, world->now_s);
}

static enum dcv_status submit(struct dcv_transport *transport, struct dcv_exchange *exchange, uint64_t now_us)
{
    struct world *world = (struct world *)transport;
    exchange->end = DCV_EXCHANGE_ANSWER;
    exchange->done_us = now_us + LATENCY_US;
    if (exchange->to.protocol == DCV_PROTO_WHOIS)
        answer_whois(world, exchange);
    else if (exchange->to.protocol == DCV_PROTO_FETCH)
        answer_fetch(world, exchange);
    else if (exchange->to.protocol == DCV_PROTO_CACHE)
        answer_cache(world, exchange);
    else
        answer_question(world, exchange);
    ck_assert_uint_lt(world->count, UNDER_WAY_MAX);
    world->under_way[world->count++] = exchange;
    return DCV_OK;
}

static struct dcv_exchange *peek(struct dcv_transport *transport, uint64_t now_us, uint64_t until_us)
{
    struct world *world = (struct world *)transport;
    (void)now_us;
    world->ready = NULL;
    for (size_t i = 0; i < world->count; i++)
        if (world->ready == NULL || world->under_way[i]->done_us < world->ready->done_us)
            world->ready = world->under_way[i];
    return world->ready != NULL && (until_us == 0 || world->ready->done_us <= until_us) ? world->ready : NULL;
}

static void pop(struct dcv_transport *transport)
{
    struct world *world = (struct world *)transport;
    size_t kept = 0;
    for (size_t i = 0; i < world->count; i++)
        if (world->under_way[i] != world->ready)
            world->under_way[kept++] = world->under_way[i];
    world->count = kept;
}

static size_t pending(const struct dcv_transport *transport)
{
    return ((const struct world *)transport)->count;
}

static void free_world(struct dcv_transport *transport)
{
    struct world *world = (struct world *)transport;
    for (size_t i = 0; i < world->count; i++)
        world->under_way[i]->drop(world->under_way[i]);
    world->count = 0;
}

/* ---- a run ------------------------------------------------------------------------------------------------------------------------ */

static struct world bench;
static struct dcv_net *net;
static struct dcv_resolver *resolver;
static struct dcv_registry *registry;
static struct dcv_facts *facts;
static char cache_place[TEMPORARY_MAX];

static void begin_at(const struct said *said, struct dcv_registry_options options, int64_t now_s)
{
    static const struct dcv_endpoint server = {.host = "192.0.2.53", .port = 53};
    const struct dcv_resolver_options asks = {.servers = &server, .server_count = 1, .timeout_ms = 5000};
    bench = (struct world){.transport = {.submit = submit, .peek = peek, .pop = pop, .pending = pending, .free = free_world}, .said = said, .now_s = now_s};
    dcv_buf_init(&bench.log, 1 << 16);
    ck_assert_int_eq(dcv_cache_create(cache_place, &bench.cache), DCV_OK);
    ck_assert_int_eq(dcv_net_create(&bench.transport, START_US, &net), DCV_OK);
    ck_assert_int_eq(dcv_resolver_create(net, &asks, &resolver), DCV_OK);
    options.net = net;
    options.resolver = resolver;
    options.whois_port = 43;
    options.timeout_ms = 5000;
    options.wall_s = now_s;
    options.start_us = START_US;
    ck_assert_int_eq(dcv_registry_create(&options, &registry), DCV_OK);
    facts = dcv_facts_create();
}

static void end_run(void)
{
    dcv_registry_free(registry);
    dcv_resolver_free(resolver);
    dcv_net_free(net);
    dcv_cache_free(bench.cache);
    dcv_buf_done(&bench.log);
    dcv_facts_free(facts);
}

static void set_up(void)
{
    temporary_directory(cache_place);
}

static void tear_down(void)
{
    char path[2 * TEMPORARY_MAX];
    DIR *dir = opendir(cache_place);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        (void)snprintf(path, sizeof path, "%s/%s", cache_place, entry->d_name);
        if (entry->d_name[0] != '.')
            (void)unlink(path);
    }
    if (dir != NULL)
        (void)closedir(dir);
    (void)rmdir(cache_place);
}

/* What one probe was told. */
struct told {
    int calls;
    struct dcv_buf text;
};

static void put_fact(struct dcv_buf *out, const struct dcv_contacts_fact *fact)
{
    dcv_buf_printf(out, "%s %s", fact->rdap ? "rdap" : "whois", dcv_contacts_state_text(fact->state));
    for (size_t i = 0; i < fact->contact_count; i++)
        dcv_buf_printf(out, " %s=%s%s", fact->contacts[i].role, fact->contacts[i].withheld ? "~" : "", fact->contacts[i].email);
    dcv_buf_printf(out, "; server %s; path %s; exchanges %u%s", fact->server, fact->path, fact->exchanges, fact->cached ? "; cached" : "");
    if (fact->why[0] != '\0')
        dcv_buf_printf(out, "; why %s", fact->why);
    dcv_buf_puts(out, "\n");
}

static void on_told(void *user, const struct dcv_contacts_fact *found, size_t count)
{
    struct told *told = user;
    told->calls++;
    dcv_buf_init(&told->text, 1 << 16);
    for (size_t i = 0; i < count; i++)
        put_fact(&told->text, &found[i]);
}

static struct dcv_registry_probe *ask(const char *domain, struct told *told)
{
    struct dcv_name name;
    struct dcv_registry_probe *probe;
    ck_assert_int_eq(dcv_name_parse(domain, &name, NULL), DCV_OK);
    const int before = told->calls;
    ck_assert_int_eq(dcv_registry_ask(registry, &name, facts, on_told, told, &probe), DCV_OK);
    ck_assert_int_eq(told->calls, before); /* never from within */
    return probe;
}

static void finish(void)
{
    while (dcv_net_step(net))
        continue;
}

static void check_told(struct told *told, const char *expected)
{
    ck_assert_int_eq(told->calls, 1);
    ck_assert_str_eq(dcv_buf_text(&told->text), expected);
    dcv_buf_done(&told->text);
    *told = (struct told){0};
}

/* ---- one domain ------------------------------------------------------------------------------------------------------------------- */

#define BOOTSTRAP "{\"version\":\"1.0\",\"services\":[[[\"com\"],[\"https://rdap.example/v1/\"]]]}"
#define RDAP(more) "{\"objectClassName\":\"domain\",\"ldhName\":\"example.com\"" more "}"
#define RELATED(url) ",\"links\":[{\"rel\":\"related\",\"type\":\"application/rdap+json\",\"href\":\"" url "\"}]"
#define REGISTRANT(address) \
    ",\"entities\":[{\"roles\":[\"registrant\"],\"vcardArray\":[\"vcard\",[[\"email\",{},\"text\",\"" address "\"]]]}]"
#define THIN(server) "Domain Name: EXAMPLE.COM\nRegistrar WHOIS Server: " server "\nRegistrar: Example Registrar\n"
#define THICK "Domain Name: EXAMPLE.COM\nRegistrar: Example Registrar\nRegistrant Email: a@example.com\nTech Email: t@example.com\n"
#define IANA {"host", "whois.iana.org", "192.0.2.1"}, {"192.0.2.1", "com", "domain:       COM\nwhois:        whois.registry.example\n"}, \
             {"host", "whois.registry.example", "192.0.2.2"}
#define BY_REGISTRY "server whois.registry.example; path whois.iana.org whois.registry.example; exchanges "
#define URL_OF "https://rdap.example/v1/domain/example.com"

static const struct {
    const char *label;
    bool rdap;
    const char *whois_server;
    struct said said[SAID_MAX];
    const char *log, *told;
} rows[] = {
    {"thin registry, registrar", false, NULL,
     {IANA, {"192.0.2.2", "example.com", THIN("whois.registrar.example")}, {"host", "whois.registrar.example", "192.0.2.3"},
      {"192.0.2.3", "example.com", THICK}},
     "192.0.2.1 com\n192.0.2.2 example.com\n192.0.2.3 example.com\n",
     "whois found registrant=a@example.com tech=t@example.com; server whois.registrar.example; path whois.iana.org whois.registry.example "
     "whois.registrar.example; exchanges 2\n"},
    {"the registry tells all", false, NULL, {IANA, {"192.0.2.2", "example.com", THICK}}, "192.0.2.1 com\n192.0.2.2 example.com\n",
     "whois found registrant=a@example.com tech=t@example.com; " BY_REGISTRY "1\n"},
    {"the registry withholds, and its registrar limits requests", false, NULL,
     {IANA, {"192.0.2.2", "example.com", THIN("whois.registrar.example") "Registrant Email: REDACTED FOR PRIVACY\n"},
      {"host", "whois.registrar.example", "192.0.2.3"}, {"192.0.2.3", "example.com", "Query rate exceeded\n"}},
     "192.0.2.1 com\n192.0.2.2 example.com\n192.0.2.3 example.com\n",
     "whois rate-limited registrant=~REDACTED FOR PRIVACY; server whois.registrar.example; path whois.iana.org whois.registry.example "
     "whois.registrar.example; exchanges 2; why Query rate exceeded\n"},
    {"a registrar that names itself", false, NULL,
     {IANA, {"192.0.2.2", "example.com", THIN("whois.registrar.example")}, {"host", "whois.registrar.example", "192.0.2.3"},
      {"192.0.2.3", "example.com", THIN("whois.registrar.example") "Registrant Email:\n"}},
     "192.0.2.1 com\n192.0.2.2 example.com\n192.0.2.3 example.com\n",
     "whois none registrant=; server whois.registrar.example; path whois.iana.org whois.registry.example whois.registrar.example; exchanges 2\n"},
    {"a registrar that refers back", false, NULL,
     {IANA, {"192.0.2.2", "example.com", THIN("whois.registrar.example")}, {"host", "whois.registrar.example", "192.0.2.3"},
      {"192.0.2.3", "example.com", THIN("WHOIS.registry.example")}},
     "192.0.2.1 com\n192.0.2.2 example.com\n192.0.2.3 example.com\n",
     "whois unreachable; server whois.registrar.example; path whois.iana.org whois.registry.example whois.registrar.example; exchanges 2; why "
     "it is referred back to a server that was asked before: whois.registry.example\n"},
    {"a chain without an end", false, NULL,
     {IANA, {"192.0.2.2", "example.com", THIN("a.example")}, {"host", "a.example", "192.0.2.3"}, {"192.0.2.3", "example.com", THIN("b.example")},
      {"host", "b.example", "192.0.2.4"}, {"192.0.2.4", "example.com", THIN("c.example")}, {"host", "c.example", "192.0.2.5"},
      {"192.0.2.5", "example.com", THIN("d.example")}, {"host", "d.example", "192.0.2.6"}},
     "192.0.2.1 com\n192.0.2.2 example.com\n192.0.2.3 example.com\n192.0.2.4 example.com\n192.0.2.5 example.com\n",
     "whois unreachable; server c.example; path whois.iana.org whois.registry.example a.example b.example c.example; exchanges 4; why more referrals "
     "than dcvready follows\n"},
    {"a referral into this network", false, NULL,
     {IANA, {"192.0.2.2", "example.com", THIN("inside.example")}, {"host", "inside.example", "10.0.0.1 127.0.0.1"}},
     "192.0.2.1 com\n192.0.2.2 example.com\n",
     "whois unreachable; server inside.example; path whois.iana.org whois.registry.example inside.example; exchanges 1; why the server has a private "
     "address\n"},
    {"the second address, and no more than three", false, NULL,
     {{"host", "whois.iana.org", "192.0.2.1"}, {"192.0.2.1", "com", "domain:       COM\nwhois:        whois.registry.example\n"},
      {"host", "whois.registry.example", "192.0.2.7 192.0.2.2"}, {"192.0.2.7", "example.com", "!unreachable"}, {"192.0.2.2", "example.com", THICK}},
     "192.0.2.1 com\n192.0.2.7 example.com\n192.0.2.2 example.com\n",
     "whois found registrant=a@example.com tech=t@example.com; " BY_REGISTRY "2\n"},
    {"three addresses that are dead", false, NULL,
     {{"host", "whois.iana.org", "192.0.2.11 192.0.2.12 192.0.2.13 192.0.2.14"}}, "192.0.2.11 com\n192.0.2.12 com\n192.0.2.13 com\n",
     "whois unreachable; server whois.iana.org; path whois.iana.org; exchanges 0; why no answer in time\n"},
    {"no such host", false, NULL, {{"host", "whois.iana.org", ""}}, "",
     "whois unreachable; server whois.iana.org; path whois.iana.org; exchanges 0; why the server has no address\n"},
    {"no such top-level domain", false, NULL, {{"host", "whois.iana.org", "192.0.2.1"},
     {"192.0.2.1", "com", "% This query returned 0 objects.\n"}}, "192.0.2.1 com\n",
     "whois free; server whois.iana.org; path whois.iana.org; exchanges 0; why there is no such top-level domain\n"},
    {"the user's server", false, "127.0.0.1:4343", {{"127.0.0.1", "example.com", THICK}}, "127.0.0.1#! example.com\n",
     "whois found registrant=a@example.com tech=t@example.com; server 127.0.0.1; path 127.0.0.1; exchanges 1\n"},
    {"the user's server speaks as IANA does", false, "whois.test",
     {{"host", "whois.test", "10.0.0.1"}, {"10.0.0.1", "example.com", "domain:       COM\nwhois:        whois.registry.example\n"},
      {"host", "whois.registry.example", "192.0.2.2"}, {"192.0.2.2", "example.com", THICK}},
     "10.0.0.1! example.com\n192.0.2.2 example.com\n",
     "whois found registrant=a@example.com tech=t@example.com; server whois.registry.example; path whois.test whois.registry.example; exchanges 2\n"},
    {"a server that is no host", false, "a b", {{0}}, "",
     "whois unreachable; server whois.iana.org; path ; exchanges 0; why a referral to what is no host\n"},

    {"RDAP", true, NULL, {{"host", "rdap.example", "192.0.2.21"}, {"get", URL_OF, "200 " RDAP(REGISTRANT("a@example.com"))}},
     "192.0.2.21 " URL_OF "\n",
     "rdap found registrant=a@example.com; server https://rdap.example/; path https://rdap.example/; exchanges 1\n"},
    {"RDAP, the registrar", true, NULL,
     {{"host", "rdap.example", "192.0.2.21"}, {"get", URL_OF, "200 " RDAP(RELATED("https://registrar.example/domain/x"))},
      {"host", "registrar.example", "192.0.2.22"}, {"get", "https://registrar.example/domain/x", "200 " RDAP(REGISTRANT("a@example.com"))}},
     "192.0.2.21 " URL_OF "\n192.0.2.22 https://registrar.example/domain/x\n",
     "rdap found registrant=a@example.com; server https://registrar.example/; path https://rdap.example/ https://registrar.example/; exchanges 2\n"},
    {"RDAP, a referral to itself", true, NULL,
     {{"host", "rdap.example", "192.0.2.21"}, {"get", URL_OF, "200 " RDAP(RELATED("https://RDAP.example/other"))}}, "192.0.2.21 " URL_OF "\n",
     "rdap none; server https://rdap.example/; path https://rdap.example/; exchanges 1\n"},
    {"RDAP, redirects", true, NULL,
     {{"host", "rdap.example", "192.0.2.21"}, {"get", URL_OF, "302 /v2/x"}, {"get", "https://rdap.example/v2/x", "404 {\"errorCode\":404}"}},
     "192.0.2.21 " URL_OF "\n192.0.2.21 https://rdap.example/v2/x\n",
     "rdap free; server https://rdap.example/; path https://rdap.example/; exchanges 2\n"},
    {"RDAP, 404 without a body", true, NULL, {{"host", "rdap.example", "192.0.2.21"}, {"get", URL_OF, "404 "}}, "192.0.2.21 " URL_OF "\n",
     "rdap free; server https://rdap.example/; path https://rdap.example/; exchanges 1\n"},
    {"RDAP, a redirect without TLS, then WHOIS", true, NULL,
     {{"host", "rdap.example", "192.0.2.21"}, {"get", URL_OF, "302 http://rdap.example/x"}, IANA, {"192.0.2.2", "example.com", THICK}},
     "192.0.2.21 " URL_OF "\n192.0.2.1 com\n192.0.2.2 example.com\n",
     "rdap unreachable; server https://rdap.example/; path https://rdap.example/; exchanges 1; why the server redirects to where dcvready does not follow\n"
     "whois found registrant=a@example.com tech=t@example.com; " BY_REGISTRY "1\n"},
    {"RDAP, redirects for ever", true, NULL,
     {{"host", "rdap.example", "192.0.2.21"}, {"get", URL_OF, "302 " URL_OF}, {"host", "whois.iana.org", ""}},
     "192.0.2.21 " URL_OF "\n192.0.2.21 " URL_OF "\n192.0.2.21 " URL_OF "\n192.0.2.21 " URL_OF "\n",
     "rdap unreachable; server https://rdap.example/; path https://rdap.example/; exchanges 4; why the server redirects too often\n"
     "whois unreachable; server whois.iana.org; path whois.iana.org; exchanges 0; why the server has no address\n"},
    {"RDAP, too many requests, then WHOIS", true, NULL,
     {{"host", "rdap.example", "192.0.2.21"}, {"get", URL_OF, "429 60"}, IANA, {"192.0.2.2", "example.com", THICK}},
     "192.0.2.21 " URL_OF "\n192.0.2.1 com\n192.0.2.2 example.com\n",
     "rdap rate-limited; server https://rdap.example/; path https://rdap.example/; exchanges 1; why status 429\n"
     "whois found registrant=a@example.com tech=t@example.com; " BY_REGISTRY "1\n"},
    {"RDAP, a registrar inside this network", true, NULL,
     {{"host", "rdap.example", "192.0.2.21"}, {"get", URL_OF, "200 " RDAP(RELATED("https://inside.example/x"))},
      {"host", "inside.example", "10.0.0.1"}, {"host", "whois.iana.org", ""}},
     "192.0.2.21 " URL_OF "\n",
     "rdap unreachable; server https://inside.example/; path https://rdap.example/ https://inside.example/; exchanges 1; why the server has a private "
     "address\n"
     "whois unreachable; server whois.iana.org; path whois.iana.org; exchanges 0; why the server has no address\n"},
};

START_TEST(walk)
{
    struct told told = {0};
    const char *bootstrap = rows[_i].rdap ? BOOTSTRAP : "{\"version\":\"1.0\",\"services\":[]}";
    const struct dcv_registry_options options = {.bootstrap = bootstrap, .bootstrap_len = strlen(bootstrap), .whois_server = rows[_i].whois_server};
    begin_at(rows[_i].said, options, START_S);
    (void)ask("example.com", &told);
    finish();
    ck_assert_msg(strcmp(dcv_buf_text(&bench.log), rows[_i].log) == 0, "%s: %s", rows[_i].label, dcv_buf_text(&bench.log));
    check_told(&told, rows[_i].told);
    end_run();
}
END_TEST

/* ---- several ---------------------------------------------------------------------------------------------------------------------- */

static const struct said thick[SAID_MAX] = {IANA, {"192.0.2.2", "example.com", THICK}};
static const char found[] = "whois found registrant=a@example.com tech=t@example.com; " BY_REGISTRY;
static const char empty[] = "{\"version\":\"1.0\",\"services\":[]}";

static const char *found_with(const char *end)
{
    static char text[256];
    (void)snprintf(text, sizeof text, "%s%s\n", found, end);
    return text;
}

static struct dcv_registry_options without_rdap(bool use_cache)
{
    return (struct dcv_registry_options){.bootstrap = empty, .bootstrap_len = strlen(empty), .use_cache = use_cache};
}

/* Several names share one asking, at the same time and later; one that is dropped is not told, and takes nothing from the others. */
START_TEST(shared)
{
    struct told first = {0}, second = {0}, dropped = {0}, later = {0};
    begin_at(thick, without_rdap(false), START_S);
    dcv_registry_drop(ask("example.com", &dropped));
    (void)ask("EXAMPLE.com", &first);
    struct dcv_registry_probe *probe = ask("example.com", &dropped);
    (void)ask("example.com", &second);
    for (int i = 0; i < 3; i++)
        ck_assert(dcv_net_step(net));
    dcv_registry_drop(probe);
    finish();
    ck_assert_int_eq(dropped.calls, 0);
    check_told(&first, found_with("1"));
    check_told(&second, found_with("0; cached"));
    (void)ask("example.com", &later);
    finish();
    check_told(&later, found_with("0; cached"));
    ck_assert_str_eq(dcv_buf_text(&bench.log), "192.0.2.1 com\n192.0.2.2 example.com\n");
    end_run();
}
END_TEST

/* An asking goes on when nobody waits any more; the registry may be freed in the midst of it. */
START_TEST(abandoned)
{
    struct told told = {0};
    for (int steps = 0; steps < 8; steps++) {
        begin_at(thick, (struct dcv_registry_options){.use_cache = true}, START_S);
        dcv_registry_drop(ask("example.com", &told));
        (void)ask("example.com", &told);
        for (int i = 0; i < steps; i++)
            (void)dcv_net_step(net);
        end_run();
    }
    begin_at(thick, without_rdap(false), START_S);
    dcv_registry_drop(ask("example.com", &told));
    finish();
    ck_assert_str_eq(dcv_buf_text(&bench.log), "192.0.2.1 com\n192.0.2.2 example.com\n");
    end_run();
}
END_TEST

/* What was told is kept, with the time when it was learned; no longer than 48 hours from then, and never what was not told. */
START_TEST(cache)
{
    static const struct said nothing[SAID_MAX] = {{"host", "whois.iana.org", ""}};
    struct told told = {0};
    begin_at(thick, without_rdap(true), START_S);
    (void)ask("example.com", &told);
    finish();
    check_told(&told, found_with("1"));
    ck_assert_str_eq(dcv_buf_text(&bench.log), "get domain-example.com 172800\nget whois-com 172800\n192.0.2.1 com\nput whois-com\n"
                                               "192.0.2.2 example.com\nput domain-example.com\n");
    end_run();
    begin_at(nothing, without_rdap(true), START_S + 3600);
    (void)ask("example.com", &told);
    finish();
    check_told(&told, found_with("0; cached"));
    end_run();
    begin_at(nothing, without_rdap(false), START_S + 3600);
    (void)ask("example.com", &told);
    finish();
    check_told(&told, "whois unreachable; server whois.iana.org; path whois.iana.org; exchanges 0; why the server has no address\n");
    ck_assert_str_eq(dcv_buf_text(&bench.log), "");
    end_run();
}
END_TEST

/* A file of the cache that says of itself to be younger than what is in it. */
START_TEST(cache_of_old)
{
    static const struct said nothing[SAID_MAX] = {{"host", "whois.iana.org", ""}};
    struct told told = {0};
    begin_at(thick, without_rdap(true), START_S);
    (void)ask("example.com", &told);
    finish();
    check_told(&told, found_with("1"));
    end_run();
    begin_at(nothing, without_rdap(true), START_S + DCV_CACHE_KEPT_S + 3600);
    bench.now_s = START_S;
    (void)ask("example.com", &told);
    finish();
    ck_assert_ptr_nonnull(strstr(dcv_buf_text(&told.text), "whois unreachable"));
    dcv_buf_done(&told.text);
    end_run();
}
END_TEST

static void ring(struct dcv_timer *timer)
{
    (void)timer;
}

/* Four at once, then one a second; the same of a server that hundreds of names have. */
START_TEST(pace)
{
    static const struct said said[SAID_MAX] = {IANA};
    struct told told[10] = {0};
    begin_at(said, without_rdap(false), START_S);
    for (int i = 0; i < ROWS(told); i++) {
        char domain[32];
        (void)snprintf(domain, sizeof domain, "a%d.com", i);
        (void)ask(domain, &told[i]);
    }
    finish();
    ck_assert_uint_ge(dcv_net_now_us(net) - START_US, (ROWS(told) - 4) * UINT64_C(1000000));
    for (int i = 0; i < ROWS(told); i++)
        check_told(&told[i], "whois unreachable; " BY_REGISTRY "1; why no answer in time\n");
    end_run();
}
END_TEST

/* Those whose turn would come too late are told so at once, and nothing is asked for them. */
START_TEST(crowd)
{
    static const struct said said[SAID_MAX] = {IANA};
    struct dcv_registry_options options = without_rdap(false);
    struct told told[9] = {0};
    size_t refused = 0;
    options.patience_ms = 2500;
    begin_at(said, options, START_S);
    for (int i = 0; i < ROWS(told); i++) {
        char domain[32];
        (void)snprintf(domain, sizeof domain, "a%d.com", i);
        (void)ask(domain, &told[i]);
    }
    finish();
    for (int i = 0; i < ROWS(told); i++) {
        const bool late = strstr(dcv_buf_text(&told[i].text), "too many names of this run wait for the server") != NULL;
        check_told(&told[i], late ? "whois unreachable; " BY_REGISTRY "0; why too many names of this run wait for the server\n"
                                  : "whois unreachable; " BY_REGISTRY "1; why no answer in time\n");
        refused += late;
    }
    ck_assert_uint_eq(refused, ROWS(told) - 4 - 2); /* four at once, and two within the patience */
    end_run();
}
END_TEST

/* A server that limits requests is left alone, and those who come meanwhile are told so at once; after a while it is asked again. */
START_TEST(limited)
{
    static const struct said said[SAID_MAX] = {
        IANA,
        {"192.0.2.2", "a.com", "Query rate limit exceeded.\n"},
        {"host", "rdap.example", "192.0.2.21"},
        {"get", "https://rdap.example/v1/domain/a.com", "429 30"},
    };
    static const char whois[] = "whois rate-limited; server whois.registry.example; path ";
    struct dcv_timer timer = {.fire = ring};
    for (int rdap = 0; rdap < 2; rdap++) {
        const char *text = rdap != 0 ? BOOTSTRAP : empty;
        struct told first = {0}, second = {0}, third = {0};
        begin_at(said, (struct dcv_registry_options){.bootstrap = text, .bootstrap_len = strlen(text)}, START_S);
        (void)ask("a.com", &first);
        finish();
        ck_assert_ptr_nonnull(strstr(dcv_buf_text(&first.text), whois));
        ck_assert(rdap == 0 || strstr(dcv_buf_text(&first.text), "rdap rate-limited") != NULL);
        dcv_buf_clear(&bench.log);
        (void)ask("b.com", &second);
        finish();
        ck_assert_str_eq(dcv_buf_text(&bench.log), "");
        ck_assert_ptr_nonnull(strstr(dcv_buf_text(&second.text), "left alone"));
        ck_assert_int_eq(dcv_net_timer_set(net, &timer, dcv_net_now_us(net) + 61 * UINT64_C(1000000)), DCV_OK);
        finish();
        (void)ask("c.com", &third);
        finish();
        ck_assert_ptr_nonnull(strstr(dcv_buf_text(&bench.log), "192.0.2.2 c.com"));
        dcv_buf_done(&first.text);
        dcv_buf_done(&second.text);
        dcv_buf_done(&third.text);
        end_run();
    }
}
END_TEST

/* Private addresses are asked where that is allowed. */
START_TEST(allowed)
{
    static const struct said said[SAID_MAX] = {IANA, {"192.0.2.2", "example.com", THIN("inside.example")}, {"host", "inside.example", "10.0.0.1"},
                                               {"10.0.0.1", "example.com", THICK}};
    struct told told = {0};
    begin_at(said, (struct dcv_registry_options){.bootstrap = empty, .bootstrap_len = strlen(empty), .allow_private = true}, START_S);
    (void)ask("example.com", &told);
    finish();
    check_told(&told, "whois found registrant=a@example.com tech=t@example.com; server inside.example; path whois.iana.org whois.registry.example "
                      "inside.example; exchanges 2\n");
    end_run();
}
END_TEST

/* ---- bootstrap -------------------------------------------------------------------------------------------------------------------- */

#define IANA_FILE "https://data.iana.org/rdap/dns.json"

/* Fetched once, kept for a day, used for longer where it cannot be had; at last the one compiled in. */
START_TEST(bootstrap)
{
    static const struct said there[SAID_MAX] = {{"host", "data.iana.org", "192.0.2.31"}, {"get", IANA_FILE, "200 " BOOTSTRAP},
                                                {"host", "rdap.example", "192.0.2.21"}, {"get", URL_OF, "404 {\"errorCode\":404}"}};
    static const struct said gone[SAID_MAX] = {{"host", "rdap.example", "192.0.2.21"}, {"get", URL_OF, "404 {\"errorCode\":404}"}};
    static const struct said broken[SAID_MAX] = {{"host", "data.iana.org", "192.0.2.31"}, {"get", IANA_FILE, "200 <html>"},
                                                 {"host", "rdap.verisign.com", "192.0.2.41"},
                                                 {"get", "https://rdap.verisign.com/com/v1/domain/example.com", "404 {\"errorCode\":404}"}};
    const struct dcv_registry_options options = {.use_cache = true};
    struct told told = {0};
    begin_at(broken, (struct dcv_registry_options){.use_cache = false}, START_S);
    (void)ask("example.com", &told);
    finish();
    check_told(&told, "rdap free; server https://rdap.verisign.com/; path https://rdap.verisign.com/; exchanges 1\n");
    end_run();
    begin_at(there, options, START_S);
    (void)ask("example.com", &told);
    finish();
    check_told(&told, "rdap free; server https://rdap.example/; path https://rdap.example/; exchanges 1\n");
    ck_assert_str_eq(dcv_buf_text(&bench.log), "get domain-example.com 172800\nget rdap-dns.json 86400\n192.0.2.31 " IANA_FILE "\nput rdap-dns.json\n"
                                               "192.0.2.21 " URL_OF "\nput domain-example.com\n");
    end_run();
    begin_at(gone, options, START_S + DCV_CACHE_KEPT_S + 1);
    (void)ask("example.com", &told);
    finish();
    check_told(&told, "rdap free; server https://rdap.example/; path https://rdap.example/; exchanges 1\n");
    end_run();
}
END_TEST

/* ---- JPRS ------------------------------------------------------------------------------------------------------------------------- */

/* Handles are asked for, each once; what cannot be read in English is asked for in Japanese. */
START_TEST(jprs)
{
    static const struct said said[SAID_MAX] = {
        {"host", "whois.iana.org", "192.0.2.1"}, {"192.0.2.1", "jp", "domain:       JP\nwhois:        whois.jprs.jp\n"},
        {"host", "whois.jprs.jp", "192.0.2.2"},
        {"192.0.2.2", "example.jp/e", "Domain Information:\na. [Domain Name]                EXAMPLE.JP\nm. [Administrative Contact]     AB012JP\n"
                                      "n. [Technical Contact]          CD345JP\n"},
        {"192.0.2.2", "CONTACT AB012JP/e", "Contact Information:\na. [JPNIC Handle]         AB012JP\n[E-Mail]                  ab@example.jp\n"},
        {"192.0.2.2", "CONTACT CD345JP/e", "!timeout"},
        {"192.0.2.2", "b.jp/e", "?\n"},
        {"192.0.2.2", "b.jp", "Domain Information:\na. [Domain Name]                B.JP\n"},
    };
    struct told told = {0};
    begin_at(said, without_rdap(false), START_S);
    (void)ask("example.jp", &told);
    finish();
    ck_assert_str_eq(dcv_buf_text(&bench.log), "192.0.2.1 jp\n192.0.2.2 example.jp/e\n192.0.2.2 CONTACT AB012JP/e\n192.0.2.2 CONTACT CD345JP/e\n");
    ck_assert_ptr_nonnull(strstr(dcv_buf_text(&told.text), "whois found"));
    ck_assert_ptr_nonnull(strstr(dcv_buf_text(&told.text), "admin=ab@example.jp"));
    dcv_buf_done(&told.text);
    told = (struct told){0};
    dcv_buf_clear(&bench.log);
    (void)ask("b.jp", &told);
    finish();
    ck_assert_str_eq(dcv_buf_text(&bench.log), "192.0.2.2 b.jp/e\n192.0.2.2 b.jp\n");
    dcv_buf_done(&told.text);
    end_run();
}
END_TEST

/* One person in two roles is asked for once; of handles beyond the bound no address is known, and those of others do not stand for it. */
START_TEST(handles)
{
    static const struct said said[SAID_MAX] = {
        {"host", "whois.iana.org", "192.0.2.1"}, {"192.0.2.1", "jp", "domain:       JP\nwhois:        whois.jprs.jp\n"},
        {"host", "whois.jprs.jp", "192.0.2.2"},
        {"192.0.2.2", "one.jp/e", "a. [Domain Name]                ONE.JP\nm. [Administrative Contact]     AB1JP\n"
                                  "n. [Technical Contact]          AB1JP\nn. [Technical Contact]          AB2JP\n"},
        {"192.0.2.2", "five.jp/e", "a. [Domain Name]                FIVE.JP\nm. [Administrative Contact]     AB1JP\n"
                                   "n. [Technical Contact]          AB2JP\nn. [Technical Contact]          AB3JP\n"
                                   "n. [Technical Contact]          AB4JP\nn. [Technical Contact]          AB5JP\n"},
        {"192.0.2.2", "CONTACT AB1JP/e", "a. [JPNIC Handle]         AB1JP\n[E-Mail]                  a@example.jp\n"},
        {"192.0.2.2", "CONTACT AB2JP/e", "a. [JPNIC Handle]         AB2JP\n[E-Mail]                  b@example.jp\n"},
        {"192.0.2.2", "CONTACT AB3JP/e", "a. [JPNIC Handle]         AB3JP\n[E-Mail]                  c@example.jp\n"},
        {"192.0.2.2", "CONTACT AB4JP/e", "a. [JPNIC Handle]         AB4JP\n[E-Mail]\n"},
    };
    struct told told = {0};
    begin_at(said, without_rdap(false), START_S);
    (void)ask("one.jp", &told);
    finish();
    ck_assert_str_eq(dcv_buf_text(&bench.log), "192.0.2.1 jp\n192.0.2.2 one.jp/e\n192.0.2.2 CONTACT AB1JP/e\n192.0.2.2 CONTACT AB2JP/e\n");
    check_told(&told, "whois found admin=a@example.jp tech=a@example.jp tech=b@example.jp; server whois.jprs.jp; path whois.iana.org whois.jprs.jp; "
                      "exchanges 3\n");
    told = (struct told){0};
    (void)ask("five.jp", &told);
    finish();
    check_told(&told, "whois found tech= admin=a@example.jp tech=b@example.jp tech=c@example.jp tech=; server whois.jprs.jp; "
                      "path whois.iana.org whois.jprs.jp; exchanges 5\n");
    end_run();
}
END_TEST

/* Nothing is sent for a name that no registry can have. */
START_TEST(odd_names)
{
    static const char *const names[] = {".", "a\\032b.com", "a\\013\\010.com", "\\255.com"};
    static const struct said nothing[SAID_MAX] = {{0}};
    begin_at(nothing, without_rdap(true), START_S);
    for (int i = 0; i < ROWS(names); i++) {
        struct told told = {0};
        (void)ask(names[i], &told);
        finish();
        check_told(&told, "whois refused; server ; path ; exchanges 0; why no registry has such a name\n");
    }
    ck_assert_str_eq(dcv_buf_text(&bench.log), "");
    end_run();
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("registry");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, walk, 0, ROWS(rows));
    tcase_add_test(tcase, shared);
    tcase_add_test(tcase, abandoned);
    tcase_add_test(tcase, cache);
    tcase_add_test(tcase, cache_of_old);
    tcase_add_test(tcase, pace);
    tcase_add_test(tcase, crowd);
    tcase_add_test(tcase, limited);
    tcase_add_test(tcase, allowed);
    tcase_add_test(tcase, bootstrap);
    tcase_add_test(tcase, jprs);
    tcase_add_test(tcase, handles);
    tcase_add_test(tcase, odd_names);
    return run_cases("registry", tcase);
}
