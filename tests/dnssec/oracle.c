/* What dcvready's validation says of any question: oracle ANCHORS RESOLVER [--at UNIX] [--record TAPE | --replay TAPE]. Each line of the
 * input is "NAME TYPE", and gets the line "NAME TYPE RCODE SECURITY CAUSE", "-" for no cause, and "failed" as security where the resolver
 * gave no answer to judge. At the end, one line "# signatures N keys N hashes N remembered N questions N". --at is when the run begins,
 * instead of now; a replay begins when its tape does. */
#include "base/io.h"
#include "dnssec/dnssec.h"
#include "net/resolver.h"
#include "probe/dns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 8000, ROUNDS_MAX = 64, TAPE_MAX = 64 << 20 };

/* What the command line says. */
struct settings {
    const char *anchors, *resolver, *record, *replay;
    int64_t at; /* 0: now */
};

static struct dcv_net *net;
static struct dcv_resolver *resolver;
static struct dcv_facts *facts;
static int64_t wall_s;
static uint64_t start_us;
static size_t questions;

static void die(const char *what)
{
    (void)fprintf(stderr, "oracle: %s\n", what);
    exit(2);
}

static void on_outcome(void *user, const struct dcv_dns_outcome *outcome)
{
    struct dcv_fact fact = {.kind = DCV_FACT_DNS, .dns = outcome->fact};
    bool *done = user;
    if (dcv_facts_add(facts, &fact, NULL) != DCV_OK)
        die("no memory");
    *done = true;
}

static const struct dcv_dns_fact *look_up(const struct dcv_name *name, uint16_t type)
{
    const struct dcv_dns_fact *known = dcv_facts_dns(facts, name, type, NULL);
    if (known != NULL)
        return known;
    struct dcv_dns_probe_options options = {.resolver = resolver, .facts = facts, .checking_disabled = true, .wall_s = wall_s, .start_us = start_us};
    struct dcv_dns_probe *probe;
    bool done = false;
    questions++;
    if (dcv_dns_probe_start(&options, name, type, on_outcome, &done, &probe) != DCV_OK)
        die("no memory");
    while (!done)
        if (!dcv_net_step(net))
            die("nothing to wait for");
    return dcv_facts_dns(facts, name, type, NULL);
}

static struct dcv_known_answer find(void *user, const struct dcv_name *name, uint16_t type)
{
    (void)user;
    const struct dcv_dns_fact *fact = dcv_facts_dns(facts, name, type, NULL);
    if (fact == NULL)
        return (struct dcv_known_answer){.state = DCV_KNOWN_NOT_ASKED};
    if (!dcv_outcome_conclusive(fact->outcome))
        return (struct dcv_known_answer){.state = DCV_KNOWN_FAILED};
    return (struct dcv_known_answer){DCV_KNOWN_ANSWER, fact->message};
}

/* The answer's verdict, with what it needs looked up on the way. */
static void judge(struct dcv_validator *validator, const struct dcv_dns_fact *fact, struct dcv_trust *out)
{
    const struct dcv_chain chain = {find, NULL};
    struct dcv_needs needs;
    for (int round = 0; round < ROUNDS_MAX; round++) {
        const struct dcv_dns_fact now = *fact;
        if (dcv_validate(validator, &chain, &now.name, now.type, now.message, now.at, out, &needs) != DCV_OK)
            die("no memory");
        if (needs.count == 0)
            return;
        for (size_t i = 0; i < needs.count; i++)
            (void)look_up(&needs.items[i].name, needs.items[i].type);
        fact = dcv_facts_dns(facts, &now.name, now.type, NULL);
    }
    die("the validator never has enough");
}

static void answer(struct dcv_validator *validator, const char *typed, const char *type_text)
{
    struct dcv_name name;
    struct dcv_trust trust = {0};
    char rcode[DCV_RCODE_TEXT];
    uint16_t type = dcv_type_parse(type_text);
    if (dcv_name_parse(typed, &name, NULL) != DCV_OK || type == 0) {
        (void)fprintf(stderr, "%s %s\n", typed, type_text);
        die("a line is not NAME TYPE");
    }
    const struct dcv_dns_fact *fact = look_up(&name, type);
    if (!dcv_outcome_conclusive(fact->outcome)) {
        printf("%s %s %s failed -\n", typed, type_text, dcv_outcome_text(fact->outcome));
        return;
    }
    judge(validator, fact, &trust);
    fact = dcv_facts_dns(facts, &name, type, NULL);
    const char *cause = dcv_cause_text(trust.cause);
    printf("%s %s %s %s %s\n", typed, type_text, dcv_rcode_text(fact->rcode, rcode), dcv_security_text(trust.security),
           cause[0] != '\0' ? cause : "-");
}

/* The transport that the settings ask for, and what its run begins with. */
static struct dcv_transport *transport_of(const struct settings *settings, struct dcv_tape_header *header)
{
    struct dcv_clock clock = dcv_clock_system();
    struct dcv_live_options live = {.clock = clock, .exchange_timeout_ms = TIMEOUT_MS};
    struct dcv_transport *transport = NULL, *outer = NULL;
    struct dcv_buf text;
    size_t line;
    if (settings->replay != NULL) {
        dcv_buf_init(&text, TAPE_MAX);
        if (dcv_file_read(settings->replay, &text) != DCV_OK
            || dcv_tape_create(dcv_buf_text(&text), text.len, &transport, header, &line) != DCV_OK)
            die("no tape");
        dcv_buf_done(&text);
        return transport;
    }
    *header = (struct dcv_tape_header){.wall_s = settings->at != 0 ? settings->at : clock.wall_s(clock.user), .start_us = clock.mono_us(clock.user)};
    if (dcv_seed_fresh(&header->seed) != DCV_OK || dcv_live_create(&live, &transport) != DCV_OK)
        die("cannot begin");
    if (settings->record == NULL)
        return transport;
    if (dcv_recorder_create(transport, settings->record, header, &outer) != DCV_OK)
        die("cannot record");
    return outer;
}

static struct dcv_transport *start(const struct settings *settings)
{
    struct dcv_endpoint server;
    struct dcv_tape_header header = {0};
    struct dcv_transport *transport = transport_of(settings, &header);
    struct dcv_resolver_options options = {.servers = &server, .server_count = 1, .seed = header.seed, .timeout_ms = TIMEOUT_MS};
    wall_s = header.wall_s;
    start_us = header.start_us;
    facts = dcv_facts_create();
    if (dcv_endpoint_parse(settings->resolver, 53, &server) != DCV_OK)
        die("no address");
    if (facts == NULL || dcv_net_create(transport, start_us, &net) != DCV_OK || dcv_resolver_create(net, &options, &resolver) != DCV_OK)
        die("cannot begin");
    return transport;
}

static bool read_settings(int argc, char **argv, struct settings *out)
{
    if (argc < 3 || argc % 2 == 0)
        return false;
    *out = (struct settings){.anchors = argv[1], .resolver = argv[2]};
    for (int i = 3; i < argc; i += 2) {
        if (strcmp(argv[i], "--at") == 0)
            out->at = strtoll(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--record") == 0)
            out->record = argv[i + 1];
        else if (strcmp(argv[i], "--replay") == 0)
            out->replay = argv[i + 1];
        else
            return false;
    }
    return true;
}

static void read_anchors(const char *path, struct dcv_anchors **out)
{
    struct dcv_buf text;
    size_t line;
    dcv_buf_init(&text, 1 << 20);
    if (dcv_file_read(path, &text) != DCV_OK || dcv_anchors_parse(dcv_buf_text(&text), text.len, out, &line) != DCV_OK)
        die("no anchors");
    dcv_buf_done(&text);
}

int main(int argc, char **argv)
{
    struct settings settings;
    struct dcv_anchors *anchors;
    struct dcv_validator *validator;
    char typed[DCV_NAME_TEXT_MAX], type_text[32];
    if (!read_settings(argc, argv, &settings))
        die("usage: oracle ANCHORS RESOLVER [--at UNIX] [--record TAPE | --replay TAPE]");
    read_anchors(settings.anchors, &anchors);
    struct dcv_validator_options options = {.anchors = anchors};
    if (dcv_validator_create(&options, &validator) != DCV_OK)
        die("no memory");
    struct dcv_transport *transport = start(&settings);
    while (scanf("%1023s %31s", typed, type_text) == 2)
        answer(validator, typed, type_text);
    const struct dcv_validator_counts *counts = dcv_validator_counts(validator);
    printf("# signatures %llu keys %llu hashes %llu remembered %llu questions %zu\n", (unsigned long long)counts->signatures,
           (unsigned long long)counts->keys, (unsigned long long)counts->hashes, (unsigned long long)counts->remembered, questions);
    if (settings.record != NULL && dcv_recorder_close(transport) != DCV_OK)
        die("the tape is not whole");
    dcv_resolver_free(resolver);
    dcv_net_free(net);
    dcv_facts_free(facts);
    dcv_validator_free(validator);
    dcv_anchors_free(anchors);
    return 0;
}
