#include "cli/option.h"

#include "cli/intl.h"

#include <string.h>

#define BIT(command) (1u << (command))

enum {
    LOOKING = BIT(CLI_CHECK) | BIT(CLI_APPROVERS) | BIT(CLI_ACCEPTS),
    NAMING = LOOKING | BIT(CLI_TIMELINE), /* names may come from a certificate */
    LIVE = NAMING | BIT(CLI_INSPECT),
    ASKING = LIVE | BIT(CLI_WAIT) | BIT(CLI_AUDIT) | BIT(CLI_WORKER),
    JUDGING = LIVE | BIT(CLI_JUDGE) | BIT(CLI_AUDIT) | BIT(CLI_SUBMIT) | BIT(CLI_COLLECT),
    QUEUEING = BIT(CLI_SUBMIT) | BIT(CLI_WORKER) | BIT(CLI_COLLECT),
    DECIDING = BIT(CLI_AUDIT) | BIT(CLI_SUBMIT) | BIT(CLI_COLLECT), /* about the verdicts of a portfolio: workers are told */
    LOADED = BIT(CLI_AUDIT) | BIT(CLI_WORKER),                      /* how an audit looks up */
    RUNS = BIT(CLI_AUDIT) | BIT(CLI_COLLECT) | BIT(CLI_REPORT) | BIT(CLI_DIFF),
    REPORTING = JUDGING | BIT(CLI_WAIT) | BIT(CLI_CAS) | BIT(CLI_RULES) | RUNS,
    REGISTRIES = LOOKING | BIT(CLI_AUDIT) | BIT(CLI_WORKER),
    QUIET = BIT(CLI_CHECK) | BIT(CLI_ACCEPTS) | BIT(CLI_WAIT) | BIT(CLI_JUDGE) | QUEUEING | RUNS,
    EVERY = BIT(CLI_COMMAND_COUNT) - 1,
};

/* clang-format off */
static const struct cli_option options[] = {
    {"ca", '\0', "ID[,ID...]", "all", JUDGING, CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("ask about these certification authorities only, each of which must then be ready; 'dcvready cas' lists them "
        "(default: all that validate by the methods asked for, of which one must be ready)")},
    {"method", '\0', "METHOD[,METHOD...]", "email dns http tls-alpn any", NAMING | BIT(CLI_JUDGE) | DECIDING, CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("the kinds of validation: email (the default), dns, http, tls-alpn, or any for all of them; a certification authority "
        "is ready when one of them is")},
    {"as-of", '\0', "YYYY-MM-DD", "", JUDGING | BIT(CLI_CAS), CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("answer by the rules of this day, UTC (default: today)")},
    {"order", '\0', "NAME[,NAME...]", "", LOOKING, CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("these names go on one certificate: judge them together, with the addresses that approve several; may be repeated")},
    {"csr", '\0', "FILE", "@file", LOOKING, CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("the names of this certificate signing request, as one order; the request itself is judged, too")},
    {"cert", '\0', "FILE", "@file", NAMING, CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("the certificate in use: alone, its names as one order; beside a request or names, what they are compared with")},
    {"connect", '\0', "HOST[:PORT]", "", NAMING, CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("the same for the certificate that this server shows now (port 443 if none is given)")},
    {"also-www", '\0', NULL, "", NAMING, CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("judge the sibling of each name, too, with or without www.: some certification authorities add it by themselves")},
    {"product", '\0', "ID", "", BIT(CLI_CHECK), CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("the product that is ordered, and its certification authority; 'dcvready cas ID' lists those of one")},
    {"check", '\0', NULL, "", BIT(CLI_CAS), CLI_GROUP_QUESTION, CLI_TO_COMMAND,
     N_("look over the profiles in each FILE or directory, and in that of --ca-dir: what keeps them from being loaded, "
        "and what is doubtful; without any of these the compiled-in ones")},
    {"account-uri", '\0', "URI", "", NAMING | BIT(CLI_JUDGE) | DECIDING, CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("the account at the certification authority, for CAA records that name accounts")},
    {"validated", '\0', "YYYY-MM-DD", "", BIT(CLI_TIMELINE), CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("the day on which the present validation was done (default: the day from which the certificate is valid)")},
    {"txt", '\0', "VALUE", "", BIT(CLI_WAIT), CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("wait for a TXT record with exactly this value, at the NAME itself or where --at says")},
    {"contact", '\0', "ADDRESS", "", BIT(CLI_WAIT), CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("wait for a TXT record with this address at _validation-contactemail before the NAME")},
    {"at", '\0', "LABEL", "", BIT(CLI_WAIT), CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("what stands before the NAME, such as _acme-challenge or _dnsauth")},

    {"column", '\0', "NAME|NUMBER", "", DECIDING, CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("FILE is CSV with a head line, and the names stand in this column, which is given by its title or its number, from 1")},
    {"shard", '\0', "I/N", "", DECIDING, CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("of N parts of the portfolio only the I-th, for one of several machines; which part a name belongs to depends on nothing but the name")},
    {"deep", '\0', NULL, "", DECIDING, CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("look at all that 'dcvready check' looks at: each of the zones' own servers, records at wrong places, TLS of mail hosts; this takes several "
        "times the queries")},
    {"only", '\0', "VERDICT[,VERDICT...]", "ready not-ready unknown invalid", BIT(CLI_REPORT) | BIT(CLI_JUDGE), CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("of a run, only the names with one of these verdicts: ready, not-ready, unknown, invalid")},
    {"finding", '\0', "ID", "", BIT(CLI_REPORT) | BIT(CLI_JUDGE), CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("of a run, only the names with this finding; 'dcvready rules' lists the findings")},

    {"resolver", '\0', "ADDR[:PORT]|URL", "", ASKING, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("ask this resolver, over UDP and TCP; a URL is tcp://ADDR, tls://HOST[#NAME] for DNS over TLS, or https://HOST/PATH "
        "for DNS over HTTPS; may be repeated (default: those of the system)")},
    {"ca-file", '\0', "FILE", "@file", ASKING, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("trust the certificates in this file (PEM), too, beside those of the system, when a resolver is asked over TLS or HTTPS")},
    {"dns-port", '\0', "PORT", "", ASKING, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("the port of resolvers given without one, over UDP and TCP, and of the zones' own servers (default: 53)")},
    {"dnssec", '\0', "MODE", "local resolver off", LIVE | DECIDING, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("who validates DNSSEC: local (the default): dcvready itself, resolver, or off: nobody")},
    {"trust-anchor", '\0', "FILE", "@file", LIVE | LOADED, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("the DS or DNSKEY records from which DNSSEC is validated (default: the root's, as the system or else dcvready has "
        "them)")},
    {"dnssec-sha1", '\0', "HOW", "valid insecure", LIVE | DECIDING, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("take signatures with SHA-1 for valid (the default), or the zones that use them for insecure")},
    {"signature-days", '\0', "NUMBER", "", BIT(CLI_CHECK) | BIT(CLI_INSPECT) | BIT(CLI_JUDGE) | DECIDING, CLI_GROUP_QUESTION, CLI_TO_SESSION,
     N_("warn of DNSSEC signatures that end within so many days (default: of those that end within 3 and were due for "
        "renewal)")},
    {"no-authority", '\0', NULL, "", BIT(CLI_CHECK) | BIT(CLI_INSPECT), CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("do not ask the zone's own servers")},
    {"no-whois", '\0', NULL, "", LOOKING, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("do not ask the registry and registrar of the domain, over RDAP or WHOIS")},
    {"whois", '\0', NULL, "", DECIDING, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("ask registries and registrars, too, each at most once a second: for lists of some hundred names")},
    {"no-cache", '\0', NULL, "", REGISTRIES, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("neither read nor write what registries said before, which is kept for 48 hours in ~/.cache/dcvready")},
    {"whois-server", '\0', "HOST[:PORT]", "", REGISTRIES, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("ask this WHOIS server instead of the one that whois.iana.org names")},
    {"rdap-bootstrap", '\0', "FILE", "@file", REGISTRIES, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("the list of RDAP servers (RFC 9224), in the place of IANA's")},
    {"smtp", '\0', NULL, "", BIT(CLI_CHECK), CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("ask the mail hosts whether they take mail for each address that may be used: one connection a host, with MAIL FROM and RCPT TO for "
        "each address and for one that nobody has, and no message; the host logs it, and may think the worse of your address")},
    {"mail-from", '\0', "ADDRESS", "", BIT(CLI_CHECK), CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("the sender that --smtp names (default: none, '<>', as bounces have)")},
    {"helo", '\0', "NAME", "", BIT(CLI_CHECK), CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("the name by which --smtp introduces this host (default: its own)")},
    {"token-file", '\0', "FILE", "@file", BIT(CLI_CHECK), CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("the file that a certification authority gave you for the web server: it must come back as it is, below "
        "/.well-known/pki-validation/ or /.well-known/acme-challenge/ and with the same name; for --method http")},
    {"smtp-port", '\0', "PORT", "", BIT(CLI_CHECK), CLI_GROUP_LOOKUP, CLI_TO_SESSION, N_("the port of mail hosts (default: 25)")},
    {"http-port", '\0', "PORT", "", BIT(CLI_CHECK), CLI_GROUP_LOOKUP, CLI_TO_SESSION, N_("the port of web servers (default: 80)")},
    {"https-port", '\0', "PORT", "", BIT(CLI_CHECK), CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("the port of web servers over TLS (default: 443)")},
    {"deadline", '\0', "SECONDS", "", ASKING, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("the time for one name; what is not known by then is reported as unknown")},
    {"timeout", '\0', "SECONDS", "", ASKING, CLI_GROUP_LOOKUP, CLI_TO_SESSION, N_("the time for one query")},
    {"concurrency", '\0', "NUMBER", "", ASKING, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("how many names are looked up at once")},
    {"qps", '\0', "NUMBER", "", LOADED, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("send at most so many DNS queries a second, those sent again included (default: as many as are answered in time)")},
    {"server-qps", '\0', "NUMBER", "", LOADED, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("the same for each address that is asked: a resolver's or, with --deep, a name server's")},
    {"cache-mb", '\0', "NUMBER", "", LOADED, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("the memory for answers that several names share, in MiB (default: 64)")},
    {"allow-private-addresses", '\0', NULL, "", ASKING, CLI_GROUP_LOOKUP, CLI_TO_SESSION,
     N_("go to private and loopback addresses, too, as in a private network: mail hosts, web servers, name servers, WHOIS and RDAP servers, "
        "and --connect")},

    {"queue", '\0', "HOST[:PORT][,HOST...]", "", QUEUEING, CLI_GROUP_QUEUE, CLI_TO_SESSION,
     N_("the queue, which is RabbitMQ: several hosts of it are tried in turn (default: localhost)")},
    {"queue-run", '\0', "ID", "", QUEUEING, CLI_GROUP_QUEUE, CLI_TO_SESSION,
     N_("what the run is called there: letters, digits, - and _; the same for all that belong together")},
    {"queue-user", '\0', "NAME", "", QUEUEING, CLI_GROUP_QUEUE, CLI_TO_SESSION, N_("who dcvready is there")},
    {"queue-password-file", '\0', "FILE", "@file", QUEUEING, CLI_GROUP_QUEUE, CLI_TO_SESSION, N_("a file with the password of that user")},
    {"queue-tls", '\0', NULL, "", QUEUEING, CLI_GROUP_QUEUE, CLI_TO_SESSION, N_("over TLS (port 5671 if none is given)")},
    {"queue-ca", '\0', "FILE", "@file", QUEUEING, CLI_GROUP_QUEUE, CLI_TO_SESSION,
     N_("the certificates (PEM) that the queue's must come from (default: those of the system)")},
    {"queue-cert", '\0', "FILE", "@file", QUEUEING, CLI_GROUP_QUEUE, CLI_TO_SESSION,
     N_("the certificate (PEM) by which dcvready shows who it is; without a user, it is enough")},
    {"queue-key", '\0', "FILE", "@file", QUEUEING, CLI_GROUP_QUEUE, CLI_TO_SESSION, N_("its key (PEM), not encrypted")},
    {"queue-vhost", '\0', "NAME", "", QUEUEING, CLI_GROUP_QUEUE, CLI_TO_SESSION, N_("the virtual host there (default: /)")},
    {"chunk", '\0', "NUMBER", "", BIT(CLI_SUBMIT) | BIT(CLI_COLLECT), CLI_GROUP_QUEUE, CLI_TO_SESSION,
     N_("how many names are handed out at a time, 100 to 500 (default: 200)")},
    {"prefetch", '\0', "NUMBER", "", BIT(CLI_WORKER), CLI_GROUP_QUEUE, CLI_TO_SESSION,
     N_("how many chunks are held at a time (default: 4); with 1, a name that kills its worker takes no other with it")},
    {"until-empty", '\0', "SECONDS", "", BIT(CLI_WORKER), CLI_GROUP_QUEUE, CLI_TO_SESSION,
     N_("end when nothing has come for so long (default: wait for more)")},
    {"retry-dead", '\0', NULL, "", BIT(CLI_SUBMIT), CLI_GROUP_QUEUE, CLI_TO_SESSION,
     N_("hand the names of chunks that were given up out again, one by one")},
    {"reconcile", '\0', NULL, "", BIT(CLI_COLLECT), CLI_GROUP_QUEUE, CLI_TO_SESSION,
     N_("hand those names of FILE out again of which nothing has come")},
    {"keep-queues", '\0', NULL, "", BIT(CLI_COLLECT), CLI_GROUP_QUEUE, CLI_TO_SESSION, N_("do not remove the queues of the run at its end")},

    {"facts-in", '\0', "FILE", "@file", LIVE | LOADED, CLI_GROUP_FACTS, CLI_TO_SESSION,
     N_("add the facts in this file, WHOIS contacts for example, to those looked up; may be repeated")},
    {"record", '\0', "FILE", "@file", LIVE | BIT(CLI_WAIT), CLI_GROUP_FACTS, CLI_TO_SESSION,
     N_("write all that was sent and received to this tape")},
    {"replay", '\0', "FILE", "@file", LIVE | BIT(CLI_WAIT), CLI_GROUP_FACTS, CLI_TO_SESSION,
     N_("take the answers from this tape instead of the network")},
    {"psl", '\0', "FILE", "@file", JUDGING | BIT(CLI_WORKER) | BIT(CLI_WAIT), CLI_GROUP_FACTS, CLI_TO_SESSION,
     N_("the Public Suffix List (default: that of the system)")},
    {"ca-dir", '\0', "DIRECTORY", "@directory", JUDGING | BIT(CLI_WORKER) | BIT(CLI_CAS), CLI_GROUP_FACTS, CLI_TO_SESSION,
     N_("read profiles of certification authorities from here, too; one with the id of a compiled-in one takes its place")},

    {"format", '\0', "FORMAT", "text json jsonl csv ics dot svg", REPORTING, CLI_GROUP_OUTPUT, CLI_TO_SESSION,
     N_("text (the default), json: one array, or jsonl: one object a line, as each is done")},
    {"output", 'o', "FILE", "@file", EVERY, CLI_GROUP_OUTPUT, CLI_TO_OUTPUT,
     N_("write to FILE, which is replaced once everything is written; '-' is standard output")},
    {"run", '\0', "FILE", "@file", DECIDING | BIT(CLI_JUDGE), CLI_GROUP_OUTPUT, CLI_TO_SESSION,
     N_("keep all that is found in this file (SQLite): the same command goes on from there after a break, and 'dcvready report', 'diff' and 'judge' "
        "read it")},
    {"ordered", '\0', NULL, "", BIT(CLI_AUDIT), CLI_GROUP_OUTPUT, CLI_TO_SESSION,
     N_("write rows in the order of the list, not as names are done; with -o they always are")},
    {"summary", '\0', "FORMAT", "text json", RUNS | BIT(CLI_JUDGE), CLI_GROUP_OUTPUT, CLI_TO_SESSION,
     N_("the figures as text (the default) or as one json object; they go to standard error where rows are written")},
    {"show", '\0', "WHAT", "check inspect", BIT(CLI_JUDGE), CLI_GROUP_OUTPUT, CLI_TO_SESSION,
     N_("check (the default), or inspect: what is told of the recorded facts")},
    {"all", '\0', NULL, "", BIT(CLI_APPROVERS), CLI_GROUP_OUTPUT, CLI_TO_SESSION,
     N_("every address with its source and status, not only those that can be used")},
    {"facts", '\0', NULL, "", LIVE | BIT(CLI_JUDGE), CLI_GROUP_OUTPUT, CLI_TO_SESSION,
     N_("put the observed facts into the report; 'dcvready judge' reads them again")},
    {"color", '\0', "WHEN", "auto always never", REPORTING, CLI_GROUP_OUTPUT, CLI_TO_COLOR,
     N_("auto (the default: on a terminal, unless NO_COLOR is set), always or never")},
    {"quiet", 'q', NULL, "", QUIET, CLI_GROUP_OUTPUT, CLI_TO_SESSION, N_("one line a name")},
    {"verbose", 'v', NULL, "", LIVE | BIT(CLI_JUDGE), CLI_GROUP_OUTPUT, CLI_TO_SESSION,
     N_("every address and every finding of each certification authority")},

    {"lang", '\0', "LANGUAGE", "en ja", EVERY, CLI_GROUP_GENERAL, CLI_TO_LANGUAGE,
     N_("en or ja (default: the language of the locale)")},
    {"help", 'h', NULL, "", EVERY, CLI_GROUP_GENERAL, CLI_SHOW_HELP, N_("show this help")},
    {"version", '\0', NULL, "", EVERY, CLI_GROUP_GENERAL, CLI_SHOW_VERSION, N_("show the version")},
};

/* What an option means where a command makes something else of it than the others do. */
static const struct {
    const char *name;
    unsigned commands;
    const char *help;
} own_helps[] = {
    {"ca", BIT(CLI_APPROVERS),
     N_("the addresses of these certification authorities only; 'dcvready cas' lists them (default: of all that validate "
        "by e-mail)")},
    {"ca", BIT(CLI_ACCEPTS),
     N_("ask about these certification authorities only, each of which must then accept the address; 'dcvready cas' lists "
        "them (default: all that validate by e-mail, of which one must accept it)")},
    {"ca", BIT(CLI_TIMELINE),
     N_("the days of these certification authorities, with what they limit and announce; 'dcvready cas' lists them "
        "(default: only what binds every one)")},
    {"method", BIT(CLI_APPROVERS) | BIT(CLI_ACCEPTS) | BIT(CLI_TIMELINE), N_("the kind of validation: email, the only one that is possible here")},
    {"as-of", BIT(CLI_TIMELINE), N_("reckon from this day, UTC (default: today)")},
    {"cert", BIT(CLI_TIMELINE), N_("the certificate in use: its days, and its names where no NAME is given")},
    {"also-www", BIT(CLI_TIMELINE), N_("the sibling of each name, too, with or without www.")},
    {"allow-private-addresses", BIT(CLI_TIMELINE),
     N_("let --connect go to private and loopback addresses, as in a private network")},
    {"resolver", BIT(CLI_WAIT),
     N_("it is to stand on this resolver, too, which is given as for 'dcvready check'; may be repeated (default: those of the "
        "system)")},
    {"deadline", BIT(CLI_WAIT),
     N_("how long to wait for all names together; the last look is made then (default: 600; 0: one look)")},
    {"allow-private-addresses", BIT(CLI_INSPECT) | BIT(CLI_WAIT),
     N_("ask name servers at private and loopback addresses, too, as in a private network")},
    {"format", BIT(CLI_WAIT), N_("text (the default), json: one array, or jsonl: one object a line, as each is done")},
    {"format", BIT(CLI_TIMELINE),
     N_("text (the default), json: one array, jsonl: one object a line, or ics: a calendar with reminders")},
    {"format", BIT(CLI_CAS) | BIT(CLI_RULES), N_("text (the default), json: one array, or jsonl: one object a line")},
    {"format", BIT(CLI_INSPECT),
     N_("text (the default), json: one array, jsonl: one object a line, dot: a graph for Graphviz, or svg: that graph drawn, "
        "where Graphviz is installed")},
    {"ca", BIT(CLI_INSPECT),
     N_("the findings that these certification authorities would meet; 'dcvready cas' lists them (default: all that validate "
        "by e-mail)")},
    {"as-of", BIT(CLI_INSPECT), N_("tell findings by the rules of this day, UTC (default: today)")},
    {"verbose", BIT(CLI_INSPECT), N_("every server, signature and record")},
    {"ca", DECIDING,
     N_("ask about these certification authorities only, each of which must then be ready; 'dcvready cas' lists them (default: all that validate by "
        "e-mail, of which one must be ready)")},
    {"concurrency", LOADED, N_("how many names are looked up at once, at most; how many queries are under way adapts to loss and latency")},
    {"whois-server", LOADED, N_("with --whois: ask this WHOIS server instead of the one that whois.iana.org names")},
    {"format", BIT(CLI_AUDIT), N_("the rows: jsonl (the default): one object a line, csv: a table with a head line, or text")},
    {"format", BIT(CLI_REPORT) | BIT(CLI_DIFF), N_("the rows: text (the default), jsonl: one object a line, or csv: a table with a head line")},
    {"format", BIT(CLI_JUDGE), N_("text (the default), json: one array, or jsonl: one object a line; of a run text, jsonl or csv")},
    {"run", BIT(CLI_JUDGE), N_("of a run: keep what it comes to in this file, as a new run")},
    {"run", BIT(CLI_SUBMIT), N_("keep in this file (SQLite) how far it came: the same command goes on after it was broken off; 'dcvready collect' may have it afterwards")},
    {"run", BIT(CLI_COLLECT), N_("gather everything in this file (SQLite): that of 'dcvready submit' when it has ended, or another one")},
    {"quiet", QUEUEING | RUNS, N_("neither progress nor figures on standard error")},
    {"quiet", BIT(CLI_ACCEPTS), N_("one line for each certification authority")},
    {"verbose", BIT(CLI_APPROVERS), N_("with --all, name every certification authority")},
    {"verbose", BIT(CLI_ACCEPTS), N_("with the document that each answer rests on")},
    {"verbose", BIT(CLI_TIMELINE), N_("every change of the rules, past ones too, with its clause")},
};
/* clang-format on */

static const char *const group_titles[CLI_GROUP_COUNT] = {
    [CLI_GROUP_QUESTION] = N_("The question"),
    [CLI_GROUP_LOOKUP] = N_("Looking up"),
    [CLI_GROUP_QUEUE] = N_("The queue"),
    [CLI_GROUP_FACTS] = N_("Recorded facts and data"),
    [CLI_GROUP_OUTPUT] = N_("Output"),
    [CLI_GROUP_GENERAL] = N_("General"),
};

const struct cli_option *cli_option_at(size_t index)
{
    return index < sizeof options / sizeof options[0] ? &options[index] : NULL;
}

const struct cli_option *cli_option_by_name(const char *name, size_t len)
{
    const struct cli_option *option;
    for (size_t i = 0; (option = cli_option_at(i)) != NULL; i++)
        if (strlen(option->name) == len && memcmp(option->name, name, len) == 0)
            return option;
    return NULL;
}

const struct cli_option *cli_option_by_letter(char letter)
{
    const struct cli_option *option;
    for (size_t i = 0; (option = cli_option_at(i)) != NULL; i++)
        if (option->letter != '\0' && option->letter == letter)
            return option;
    return NULL;
}

const char *cli_option_help(const struct cli_option *option, enum cli_command_id command)
{
    for (size_t i = 0; i < sizeof own_helps / sizeof own_helps[0]; i++)
        if (strcmp(own_helps[i].name, option->name) == 0 && (own_helps[i].commands & BIT(command)) != 0)
            return own_helps[i].help;
    return option->help;
}

const char *cli_group_title(enum cli_group group)
{
    return _(group_titles[group]);
}
