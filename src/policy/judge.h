/* What the evaluators of this module share; private to it. */
#ifndef DCV_POLICY_JUDGE_H
#define DCV_POLICY_JUDGE_H

#include "fact/ladder.h"
#include "fact/way.h"
#include "name/mailbox.h"
#include "policy/policy.h"

/* A host that takes mail for a domain, as the DNS says. */
struct mail_host {
    struct dcv_name name;
    uint16_t preference;
};

/* A conversation with one. */
struct mail_talk {
    size_t fact;
    uint16_t preference;
};

/* Can mail reach a domain, and what is wrong with it: the same for every CA. */
struct mail_answer {
    struct dcv_name domain;
    enum dcv_mail state;
    DCV_VEC(struct mail_host) hosts;
    DCV_VEC(struct mail_talk) talks;      /* by preference */
    DCV_VEC(struct dcv_finding) findings; /* made, not filed: whether and how they count depends on the CA */
    struct dcv_fact_list facts;
};

/* An address that the world publishes or that can be constructed; the same for every CA. */
struct candidate {
    enum dcv_source source;
    const struct dcv_rung *rung;
    const char *address;     /* NULL: malformed */
    const uint8_t *raw;      /* as published; NULL: constructed */
    size_t raw_len;
    struct dcv_name mail_domain;
    const char *role;
    bool bogus;
    bool unvalidated;              /* validation of what publishes it came to no end: CAs may be able to use it, or not */
    DCV_VEC(struct dcv_finding) lint; /* about the value: made, not filed */
    struct dcv_fact_list facts;
};

/* The CAA RRset that counts for a name. */
enum caa_found { CAA_NONE, CAA_FOUND, CAA_FAILED, CAA_BOGUS };
struct caa_rrset {
    enum caa_found found;
    struct dcv_name at;                /* where the climb stopped */
    struct dcv_name owner;             /* owner of the records: differs behind a CNAME */
    const struct dcv_dns_fact *fact;   /* of the stop; NULL for CAA_NONE */
    struct dcv_fact_list facts;        /* of the whole climb */
};

/* A contact record at a wrong place, or one that a wildcard makes. */
struct misplaced {
    const struct dcv_rung *rung;  /* whose contact it seems to be */
    struct dcv_finding finding;   /* made, not filed: it concerns the CAs that would read the contact there */
};

struct judge {
    const struct dcv_policy_options *options;
    const struct dcv_hostname *name;
    const struct dcv_facts *facts;
    struct dcv_arena *arena;
    struct dcv_judged *out;
    struct dcv_ladder *ladder;
    bool deaf;                         /* no resolver could be reached: one finding says it all */
    bool dnssec_decides;               /* BR 4.2.2.2 is in force on the date */
    DCV_VEC(struct candidate) candidates;
    DCV_VEC(struct mail_answer *) mails;
    struct caa_rrset caa;              /* of the name itself */
    DCV_VEC(struct persist_record) persists;
    DCV_VEC(struct misplaced) misplaced;
    bool port_closed;                  /* no mail host at all could be reached: it is likely that port 25 is closed from here */
    struct registration *registration; /* of the base domain; NULL: nobody told of it */
    DCV_VEC(size_t) general;           /* findings about the name, whatever the CA */
    DCV_VEC(struct dcv_finding) pending; /* about the ways of the row under way: made, not filed */
    struct web_answer *web[DCV_METHOD_COUNT]; /* by method; NULL: not asked for yet */
};

/* ---- finding.c ------------------------------------------------------------------------------------------------------------ */

/* A finding in the making: arguments are added, then it is filed once, however often it is made. */
struct making {
    struct judge *judge;
    struct dcv_finding finding;
    DCV_VEC(struct dcv_arg) args;
};
struct making finding_begin(struct judge *judge, enum dcv_rule rule, const char *subject);
/* Values are copied. NULL values are left out. */
void finding_arg(struct making *making, const char *key, const char *value);
void finding_arg_octets(struct making *making, const char *key, const void *value, size_t len);
void finding_arg_number(struct making *making, const char *key, size_t value);
void finding_arg_date(struct making *making, const char *key, dcv_date date);
void finding_fact(struct making *making, struct dcv_fact_list facts);
/* The finding as made, not filed. */
struct dcv_finding finding_made(struct making *making);
/* Files a finding unless the same is filed; returns its number in judged->findings, SIZE_MAX when memory is short
 * or another finding says it all. */
size_t finding_file(struct judge *judge, const struct dcv_finding *finding);
/* Both of it. */
size_t finding_end(struct making *making);
/* Was this kind of validation asked for? */
bool asked_for(const struct judge *judge, enum dcv_by by);
/* Is the rule a matter of this kind? What is said of mail and contacts is none of the others, and what of records in the DNS none of web servers. */
bool finding_concerns(enum dcv_by by, enum dcv_rule rule);
/* The same for a finding that every CA shares, unless it is no matter of what was asked for. */
void finding_file_general(struct judge *judge, const struct dcv_finding *finding);
void finding_end_general(struct making *making);
/* Adds a number to a CA's list unless it is there. */
void finding_attach(struct judge *judge, struct dcv_judged_ca *ca, size_t number);
/* Blockers first, then by falling severity; within one severity the order of finding stays. */
void finding_order(struct judge *judge, struct dcv_judged_ca *ca);
/* The name as text, in the arena. */
const char *name_text(struct judge *judge, const struct dcv_name *name);
/* A character-string in quotation marks, as a zone file needs it (RFC 1035 §5.1). */
void put_quoted(struct dcv_buf *line, const void *value, size_t len);
/* The same as the strings of a TXT record, of at most 255 octets each (RFC 1035 §3.3). */
void put_strings(struct dcv_buf *line, const void *value, size_t len);
/* " (EDE 7 Signature Expired: …)" or "" for a DNS fact. */
const char *cause_text(struct judge *judge, const struct dcv_dns_fact *fact);
struct dcv_fact_list one_fact(struct judge *judge, size_t index);

/* ---- name.c --------------------------------------------------------------------------------------------------------------- */

/* Findings that every CA shares: is it a name that can be validated at all, … */
void name_judge(struct judge *judge);
/* … what is wrong with it as an alias, … */
void name_judge_alias(struct judge *judge);
/* … and with the resolver (also sets `deaf`). */
void name_judge_resolving(struct judge *judge);
/* Lookups that failed and about which nothing else was said: after everything else. */
void name_judge_failures(struct judge *judge);

/* ---- dnssec.c ------------------------------------------------------------------------------------------------------------- */

/* Why answers do not validate, what will end soon, and what is out of date: the same for every CA. */
void dnssec_judge(struct judge *judge);

/* ---- servers.c ------------------------------------------------------------------------------------------------------------ */

/* Findings about name servers and resolvers that were asked one by one; none decides the verdict, because what matters is what a lookup
 * brings. */
void servers_judge(struct judge *judge);

/* ---- zone.c --------------------------------------------------------------------------------------------------------------- */

/* Does anything say that the zone of `name` is signed, although nothing was validated: signatures in the answer, or a DS? */
bool zone_shows_signatures(const struct judge *judge, const struct dcv_name *name, const struct dcv_message *answer);
/* Was validation of the answer begun here and not come to an end? What a CA's resolver makes of the same gap is not known, signed or not. */
bool chain_failed(const struct dcv_dns_fact *fact);
/* Is the zone that `name` lies in signed, as far as the facts tell: SECURE, INSECURE, or INDETERMINATE. */
enum dcv_security zone_security(const struct judge *judge, const struct dcv_name *name);

/* ---- mail.c --------------------------------------------------------------------------------------------------------------- */

/* The mail state of a domain, judged once; NULL: memory is short. */
const struct mail_answer *mail_of(struct judge *judge, const struct dcv_name *domain);
/* Does a CA's mail arrive where the state is this? */
bool mail_arrives(const struct dcv_ca *ca, enum dcv_mail mail);
/* Is the domain an alias? Then no MX can be written beside its CNAME. */
bool mail_alias(const struct judge *judge, const struct dcv_name *domain);

/* ---- delivery.c ----------------------------------------------------------------------------------------------------------- */

/* Fills `mail->talks`; its hosts must be known. */
void delivery_collect(struct judge *judge, struct mail_answer *mail);
/* The mail state of an address: what the mail hosts said to it, where they were asked, else the state of its domain. */
enum dcv_mail delivery_state(struct judge *judge, const struct dcv_ca *ca, const struct mail_answer *mail, const char *address);
/* Gives a CA what the hosts said; of less weight where an address is `usable`. Its entries must be judged. */
void delivery_attach(struct judge *judge, struct dcv_judged_ca *ca, bool usable);
/* The addresses that the CA may use, if every one of them is rejected; else NULL. */
const char *delivery_rejected(struct judge *judge, const struct dcv_judged_ca *ca);

/* ---- presence.c ----------------------------------------------------------------------------------------------------------- */

/* Could any mail host be reached? Sets `port_closed`. */
void presence_survey(struct judge *judge);
/* Was somebody looked for, and nobody said anything of use at any address of any host of the domain? */
bool presence_mute(const struct judge *judge, const struct mail_answer *mail);
/* Tells which hosts are dead, and which were not asked. */
void presence_attach(struct judge *judge, struct dcv_judged_ca *ca, const struct mail_answer *mail, bool usable);

/* ---- encryption.c --------------------------------------------------------------------------------------------------------- */

/* What is promised and what is offered of TLS at the mail hosts. */
void encryption_attach(struct judge *judge, struct dcv_judged_ca *ca, const struct mail_answer *mail);
/* A lookup that only such a promise rests on. */
bool encryption_fact(const struct dcv_dns_fact *fact);

/* ---- candidate.c ---------------------------------------------------------------------------------------------------------- */

void candidates_collect(struct judge *judge);
/* Does a rung exist on the date judged? */
bool rung_exists(const struct judge *judge, const struct dcv_rung *rung);
/* "_validation-contactemail." + name; false: too long. */
bool contact_name(const struct dcv_name *adn, struct dcv_name *out);
/* Where a contact record for the ADN is to be written: behind the alias, if the contact name is one. "": nowhere. */
const char *contact_place(struct judge *judge, const struct dcv_name *adn);

/* ---- registry.c ----------------------------------------------------------------------------------------------------------- */

/* What was told of the registration; also findings that every CA shares, those about `contacts` only where they matter. */
void registry_judge(struct judge *judge, bool contacts);
/* Gives a CA the end of the registration, if its certificate would outlive it. */
void registry_attach_end(struct judge *judge, struct dcv_judged_ca *ca);
/* Gives a CA the contacts that could not be learned; returns at how many domains it would look for them. */
size_t registry_attach_failed(struct judge *judge, struct dcv_judged_ca *ca, unsigned methods);
/* Why the base domain is not in the DNS, if the registration says so: files it for the CA, as a blocker where it `decides`. False: nothing there
 * explains it. */
bool registry_explains(struct judge *judge, struct dcv_judged_ca *ca, bool decides);

/* ---- misplaced.c ---------------------------------------------------------------------------------------------------------- */

void misplaced_collect(struct judge *judge);
/* Gives a CA the findings about places whose contact it would read. Its entries must be judged. */
void misplaced_attach(struct judge *judge, struct dcv_judged_ca *ca);

/* ---- caa.c, issue.c ------------------------------------------------------------------------------------------------------- */

struct caa_rrset caa_relevant(struct judge *judge, const struct dcv_name *name);
/* The next CAA record of the RRset from record `*at` on; false: no more. Records that cannot be read are passed over. */
bool caa_next(const struct caa_rrset *rrset, size_t *at, struct dcv_caa *out);
bool caa_tag_is(const struct dcv_caa *caa, const char *tag);
/* Findings about the RRset that hold for every CA. */
void caa_lint(struct judge *judge);
/* Who may issue, of all CAs. */
void caa_admit(struct judge *judge);
/* Does CAA permit the CA? `*methods` is the set of methods that it allows, of those of the row's kind, bits by enum dcv_method; `*unsure`
 * those that it allows under a condition that cannot be judged. `*limiting` is set to the finding to file if that leaves no address, or way. */
void caa_decide(struct judge *judge, struct dcv_judged_ca *ca, unsigned *methods, unsigned *unsure, struct dcv_finding *limiting);

/* An issue or issuewild value (RFC 8659 §4.2, RFC 8657), or that of a persistent validation record (BR 3.2.2.4.22). */
struct issue_value {
    bool malformed;
    size_t fault_at;           /* where a malformed value leaves the grammar */
    bool open_end;             /* a semicolon at the end with nothing after it: against the grammar, overlooked in CAA records */
    size_t open_at;
    const char *issuer;        /* "" denies; in the arena */
    bool trailing_dot;         /* the only fault of a malformed value; `issuer` is without it */
    size_t issuer_at, issuer_end; /* where the issuer domain stands in the value, with its trailing dot */
    const char *account;       /* accounturi; NULL: none */
    const char *methods;       /* validationmethods; NULL: none */
    const char *policy, *until; /* of a persistent record: policy, persistUntil; NULL: none */
    bool repeated;             /* a parameter of RFC 8657 stands twice */
    bool persist_repeated;     /* a parameter of a persistent record does */
};
/* `len` octets at `value`; texts are copied into the arena. */
void issue_value_parse(struct dcv_arena *arena, const uint8_t *value, size_t len, struct issue_value *out);

/* ---- offer.c -------------------------------------------------------------------------------------------------------------- */

/* The entry of a candidate for a CA on the date; `entry` is filled but for `mail` and `usable`. */
void offer_judge(const struct judge *judge, const struct dcv_ca *ca, const struct candidate *candidate, struct dcv_entry *entry);
/* Would a source at this rung be used on the date (permitted or discouraged), were something published there? */
bool offer_reads(const struct judge *judge, const struct dcv_ca *ca, enum dcv_source source, const struct dcv_rung *rung);
/* Is the candidate's address that of another contact of the same source and rung, too, which the CA may rather use? */
bool offer_doubled(const struct judge *judge, const struct dcv_ca *ca, const struct candidate *candidate);
/* Is it known that the CA never uses a source at this rung? */
bool offer_excludes(const struct judge *judge, const struct dcv_ca *ca, enum dcv_source source, const struct dcv_rung *rung);

/* ---- way_place.c ---------------------------------------------------------------------------------------------------------- */

/* What stands where a record of a DNS method is to be published. */
enum way_state {
    WAY_FREE,      /* nothing in the way, or nothing is known */
    WAY_ALIAS,     /* a CNAME: no other record can stand beside it */
    WAY_DELEGATED, /* a CNAME of _acme-challenge: CAs follow it, so the record belongs to its target */
    WAY_WILDCARD,  /* a CNAME that a wildcard makes: a record at the name itself takes its place */
    WAY_LOOP,      /* CNAMEs in a circle */
    WAY_DANGLING,  /* a delegation into a domain that does not exist */
    WAY_ZONE,      /* a zone of its own begins there */
};
struct way_place {
    enum way_state state;
    struct dcv_name owner, target; /* target: where the chain of aliases ends; of a wildcard, its first link */
    struct dcv_name zone;          /* where the target lies, as far as it is known: that, or its base domain */
    bool dname;                    /* the alias comes from a DNAME above */
    bool hides;                    /* the name judged is made from a wildcard itself: a record below makes it exist, and empty */
    bool txt;                      /* TXT records stand there, not made from a wildcard */
    struct dcv_fact_list facts;
};
struct way_place way_place(struct judge *judge, const struct dcv_name *owner);
/* The answer that tells of it; NULL: it was not looked up. */
const struct dcv_dns_fact *way_fact(const struct judge *judge, const struct dcv_name *owner, size_t *index);
/* Does the same TXT record answer at the contact name of the ADN too? Then a wildcard makes it, and it is not meant for either. */
bool way_wildcard_txt(const struct judge *judge, const struct dcv_name *adn, const struct dcv_rr *rr);

/* ---- way_out.c ------------------------------------------------------------------------------------------------------------ */

/* Fills `ca->way_out`, of a row that is not of e-mail `ca->ways`, and says what stands in their way. */
void way_out_collect(struct judge *judge, struct dcv_judged_ca *ca);
/* Says something about a way, or (NULL) about the ways of the row. */
void way_conflict(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way, const struct dcv_finding *finding);
/* A line for a zone file that takes the best of the CA's ways, or NULL when none is known. */
const char *way_out_line(struct judge *judge, const struct dcv_judged_ca *ca);
/* One notice for all lookups of this kind that failed. */
void way_out_failures(struct judge *judge);

/* ---- ways.c --------------------------------------------------------------------------------------------------------------- */

/* Judges a row that is not of e-mail: its ways, what CAA says of them, and what is to be said of both. */
void ways_judge(struct judge *judge, struct dcv_judged_ca *ca);
/* As finding texts name a kind: "DNS", "HTTP", "TLS-ALPN", "e-mail". */
const char *ways_kind(enum dcv_by by);

/* ---- way_web.c ------------------------------------------------------------------------------------------------------------ */

/* What the web servers of the name said to requests or handshakes of a method: the same for every CA. */
struct web_answer {
    enum dcv_verdict verdict;
    DCV_VEC(struct dcv_finding) findings; /* made, not filed */
};
/* Judged once; NULL: memory is short. */
const struct web_answer *web_of(struct judge *judge, enum dcv_method method);

/* ---- persist.c ------------------------------------------------------------------------------------------------------------ */

/* A TXT record at "_validation-persist." of the name or a parent (BR 3.2.2.4.22). */
struct persist_record {
    const struct dcv_rung *rung;
    const char *owner;         /* as asked for */
    const char *place;         /* where it is written: behind the alias, if it is one */
    const uint8_t *text;
    size_t len;
    struct issue_value value;
    bool has_until, until_read;
    dcv_date until;            /* the day persistUntil falls on */
    const char *meant;         /* the issuer that was probably meant; NULL: the one that stands there */
    bool sound;                /* nothing in it keeps a CA from using it on the date */
    DCV_VEC(struct dcv_finding) lint; /* about the record: made, not filed */
    struct dcv_fact_list facts;
};
/* Reads the records of the name. What is wrong with one that names no known issuer is filed for every CA, the rest is its CA's alone. */
void persist_collect(struct judge *judge);
/* What the records are worth to a CA; `way` is its row of the method, NULL where it has none. */
void persist_judge(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way);

/* ---- next.c --------------------------------------------------------------------------------------------------------------- */

void next_collect(struct judge *judge, struct dcv_judged_ca *ca);

#endif
