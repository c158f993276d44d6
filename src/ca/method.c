#include "ca/method.h"

#include <string.h>

/* The BR take effect on days, without a time zone: every date here is a UTC day. Days since 1970-01-01 are spelled out
 * because dcv_date_ymd() is no constant expression; tests/ca/test_method.c compares each with its calendar date. */
enum {
    DAY_2025_01_15 = 20103,
    DAY_2025_03_01 = 20148,
    DAY_2025_03_15 = 20162,
    DAY_2025_07_15 = 20284,
    DAY_2025_11_10 = 20402,
    DAY_2026_03_15 = 20527,
    DAY_2026_06_15 = 20619,
    DAY_2026_06_16 = 20620,
    DAY_2026_09_07 = 20703,
    DAY_2026_11_15 = 20772,
    DAY_2026_12_15 = 20802,
    DAY_2027_03_15 = 20892,
    DAY_2028_03_15 = 21258,
    DAY_2029_03_15 = 21623,
    NEVER = DCV_DATE_NONE,
};

/* BR 3.2.2.4, table of methods (BR 2.2.9), and the sunsets in the text of each method. */
static const struct dcv_method_info methods[DCV_METHOD_COUNT] = {
    [DCV_METHOD_DOMAIN_CONTACT] = {DCV_METHOD_DOMAIN_CONTACT, "domain-contact", "BR 3.2.2.4.2", true, true, true, false,
                                   NEVER, NEVER, DAY_2025_07_15, "ballot SC-080 (BR 2.1.2)"},
    [DCV_METHOD_CONSTRUCTED] = {DCV_METHOD_CONSTRUCTED, "constructed", "BR 3.2.2.4.4", true, true, true, false, NEVER,
                                DAY_2026_03_15, DAY_2028_03_15, "ballot SC-090 (BR 2.2.2)"},
    [DCV_METHOD_DNS_CHANGE] = {DCV_METHOD_DNS_CHANGE, "dns-change", "BR 3.2.2.4.7", true, true, true, false, NEVER,
                               NEVER, NEVER, "BR 3.2.2.4 (BR 2.2.9)"},
    [DCV_METHOD_REGISTRAR] = {DCV_METHOD_REGISTRAR, "registrar", "BR 3.2.2.4.12", true, true, false, true, NEVER, NEVER,
                              NEVER, "BR 3.2.2.4 (BR 2.2.9)"},
    [DCV_METHOD_CAA_CONTACT] = {DCV_METHOD_CAA_CONTACT, "caa-contact", "BR 3.2.2.4.13", true, true, true, false, NEVER,
                                DAY_2026_03_15, DAY_2028_03_15, "ballot SC-090 (BR 2.2.2)"},
    [DCV_METHOD_TXT_CONTACT] = {DCV_METHOD_TXT_CONTACT, "txt-contact", "BR 3.2.2.4.14", true, true, true, false, NEVER,
                                DAY_2026_03_15, DAY_2028_03_15, "ballot SC-090 (BR 2.2.2)"},
    [DCV_METHOD_PHONE_TXT] = {DCV_METHOD_PHONE_TXT, "phone-txt", "BR 3.2.2.4.16", true, true, true, false, NEVER,
                              DAY_2026_03_15, DAY_2027_03_15, "ballot SC-090 (BR 2.2.2)"},
    [DCV_METHOD_PHONE_CAA] = {DCV_METHOD_PHONE_CAA, "phone-caa", "BR 3.2.2.4.17", true, true, true, false, NEVER,
                              DAY_2026_03_15, DAY_2027_03_15, "ballot SC-090 (BR 2.2.2)"},
    [DCV_METHOD_HTTP] = {DCV_METHOD_HTTP, "http", "BR 3.2.2.4.18", false, false, false, false, NEVER, NEVER, NEVER,
                         "ballot SC-045 (BR 1.7.8)"},
    [DCV_METHOD_HTTP_01] = {DCV_METHOD_HTTP_01, "http-01", "BR 3.2.2.4.19", false, false, false, false, NEVER, NEVER,
                            NEVER, "ballot SC-045 (BR 1.7.8)"},
    [DCV_METHOD_TLS_ALPN_01] = {DCV_METHOD_TLS_ALPN_01, "tls-alpn-01", "BR 3.2.2.4.20", false, false, false, false,
                                NEVER, NEVER, NEVER, "ballot SC-033 (BR 1.7.2)"},
    [DCV_METHOD_DNS_ACCOUNT_01] = {DCV_METHOD_DNS_ACCOUNT_01, "dns-account-01", "BR 3.2.2.4.21", true, true, false,
                                   false, DAY_2025_03_01, NEVER, NEVER, "ballot SC-084 (BR 2.1.4)"},
    [DCV_METHOD_DNS_PERSIST] = {DCV_METHOD_DNS_PERSIST, "dns-persist", "BR 3.2.2.4.22", true, true, false, false,
                                DAY_2025_11_10, NEVER, NEVER, "ballot SC-088 (BR 2.1.9)"},
};

static const struct dcv_br_rule_info rules[DCV_BR_RULE_COUNT] = {
    [DCV_BR_ADN_LADDER] = {DCV_BR_ADN_LADDER, DAY_2026_11_15, "BR 3.2.2.4", "ballot SC-101 (BR 2.2.9)",
                           "Labels may be removed only after CNAME records were followed, and a wildcard name follows "
                           "no CNAME record."},
    [DCV_BR_DNSSEC] = {DCV_BR_DNSSEC, DAY_2026_03_15, "BR 3.2.2.4", "ballot SC-085 (BR 2.1.6)",
                       "Certification authorities must validate DNSSEC; an error is no permission to issue."},
    [DCV_BR_RFC8657] = {DCV_BR_RFC8657, DAY_2027_03_15, "BR 4.2.2.1.2", "ballot SC-098 (BR 2.2.8)",
                        "Certification authorities must process the CAA parameters accounturi and validationmethods."},
    [DCV_BR_CAA_CLAUSE] = {DCV_BR_CAA_CLAUSE, DAY_2026_06_16, "BR 4.2.2.1", "ballot SC-098 (BR 2.2.8)",
                           "The rules on CAA are in BR 4.2.2.1, before in BR 3.2.2.8."},
    [DCV_BR_DNSSEC_CLAUSE] = {DCV_BR_DNSSEC_CLAUSE, DAY_2026_09_07, "BR 4.2.2.2", "ballot SC-100 (BR 2.3.0)",
                              "The rules on DNSSEC are in BR 4.2.2.2, before in BR 3.2.2.4 and 3.2.2.8.1."},
    [DCV_BR_ARPA] = {DCV_BR_ARPA, DAY_2026_03_15, "BR 4.2.2", "ballot SC-086 (BR 2.2.0)",
                     "No certificates are issued for names under in-addr.arpa and ip6.arpa."},
    [DCV_BR_WHOIS_WEB] = {DCV_BR_WHOIS_WEB, DAY_2025_01_15, "BR 3.2.2.4.2", "ballot SC-080 (BR 2.1.2)",
                          "A domain contact looked up on a web page must not be relied on."},
};

#define LIMIT_CLAUSE "BR 3.2.2.9, 4.2.1, 6.3.2"

static const struct dcv_br_limits limits[] = {
    {NEVER, 398, 398, 0, LIMIT_CLAUSE, "ballot SC-081 (BR 2.1.5)"},
    {DAY_2025_03_15, 398, 398, 2, LIMIT_CLAUSE, "ballot SC-067 (BR 2.0.7); binding from 2025-09-15"},
    {DAY_2026_03_15, 200, 200, 3, LIMIT_CLAUSE, "ballots SC-081 (BR 2.1.5) and SC-067 (BR 2.0.7)"},
    {DAY_2026_06_15, 200, 200, 4, LIMIT_CLAUSE, "ballot SC-067 (BR 2.0.7)"},
    {DAY_2026_12_15, 200, 200, 5, LIMIT_CLAUSE, "ballot SC-067 (BR 2.0.7)"},
    {DAY_2027_03_15, 100, 100, 5, LIMIT_CLAUSE, "ballot SC-081 (BR 2.1.5)"},
    {DAY_2029_03_15, 47, 10, 5, LIMIT_CLAUSE, "ballot SC-081 (BR 2.1.5)"},
};

enum {
    LIMIT_COUNT = sizeof limits / sizeof limits[0],
    PERSIST_REUSE_DAYS = 10, /* BR 3.2.2.4.22 */
};

dcv_date dcv_br_first_day(void)
{
    return dcv_date_ymd(2024, 1, 1);
}

const struct dcv_method_info *dcv_method_info(enum dcv_method method)
{
    return &methods[method];
}

const struct dcv_method_info *dcv_method_by_name(const char *name)
{
    for (size_t i = 0; i < DCV_METHOD_COUNT; i++)
        if (strcmp(methods[i].name, name) == 0)
            return &methods[i];
    return NULL;
}

const struct dcv_br_rule_info *dcv_br_rule(enum dcv_br_rule rule)
{
    return &rules[rule];
}

const struct dcv_br_limits *dcv_br_limits(dcv_date date, const struct dcv_br_limits **next)
{
    size_t at = 0;
    while (at + 1 < LIMIT_COUNT && limits[at + 1].from <= date)
        at++;
    if (next != NULL)
        *next = at + 1 < LIMIT_COUNT ? &limits[at + 1] : NULL;
    return &limits[at];
}

static bool forbidden(enum dcv_method method, dcv_date date)
{
    dcv_date from = methods[method].forbidden;
    return from != DCV_DATE_NONE && date >= from;
}

static bool begun(enum dcv_method method, dcv_date date)
{
    return methods[method].from == DCV_DATE_NONE || date >= methods[method].from;
}

int dcv_br_reuse_days(dcv_date issued, enum dcv_method method)
{
    int days = dcv_br_limits(issued, NULL)->reuse_days;
    return method == DCV_METHOD_DNS_PERSIST && days > PERSIST_REUSE_DAYS ? PERSIST_REUSE_DAYS : days;
}

bool dcv_br_may_reuse(dcv_date done, dcv_date issued, enum dcv_method method, int ca_reuse_days)
{
    int days = dcv_br_reuse_days(issued, method);
    if (ca_reuse_days > 0 && ca_reuse_days < days)
        days = ca_reuse_days;
    return begun(method, done) && issued >= done && issued - done <= days && !forbidden(method, issued);
}

/* Limits only shrink as the day of issue advances while the age grows: the days that are allowed are in one piece. */
dcv_date dcv_br_last_reuse_day(dcv_date done, enum dcv_method method, int ca_reuse_days)
{
    if (!dcv_br_may_reuse(done, done, method, ca_reuse_days))
        return DCV_DATE_NONE;
    dcv_date last = done;
    while (dcv_br_may_reuse(done, last + 1, method, ca_reuse_days))
        last++;
    return last;
}
