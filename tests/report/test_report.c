#include "sample.h"

#include "base/text.h"
#include "report/internal.h"
#include "report/paper.h"
#include "report/template.h"
#include "support/temporary.h"

#include <jansson.h>
#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ESC, a line break, a quotation mark and a backslash, a right-to-left override, an octet that is no UTF-8. */
static const char hostile[] = {'x',    '\033', '[',    '3',    '1', 'm', '\n', '"', '\\',
                               '\xe2', '\x80', '\xae', '\xff', ';', '(', 'y',  ')', '\0'};

/* --- worlds --- */

static const char *const ids[] = {"actalis",        "amazon",  "certum",         "digicert",
                                  "globalsign",     "godaddy", "iij-cybertrust", "iij-digicert",
                                  "iij-globalsign", "jprs",    "sectigo",        "ssl-com"};
enum { IDS = sizeof ids / sizeof ids[0] };

static void add_caa_forbids(struct sample *sample, struct dcv_judged_ca *ca)
{
    const struct dcv_arg args[] = {
        {"ca", ca->ca->id},
        {"found", "xn--wgv71a119e.jp"},
        {"place", "xn--wgv71a119e.jp"},
        {"issuers", "letsencrypt.org"},
        {"tag", "issue"},
        {"issuer", dcv_arena_printf(sample->arena, "%s.example", ca->ca->id)},
        {"fixline", dcv_arena_printf(sample->arena, "xn--wgv71a119e.jp. IN CAA 0 issue \"%s.example\"", ca->ca->id)},
        {NULL, NULL},
    };
    ca->caa.permits = DCV_PERMITS_NO;
    sample_finding(sample, ca, DCV_RULE_CAA_FORBIDS, "www.xn--wgv71a119e.jp", args);
}

/* Twelve CAs: most are forbidden by CAA, every fourth is unknown, two are ready. */
static void make_many(struct sample *sample)
{
    sample_init(sample, "www.日本語.jp", "www.xn--wgv71a119e.jp", "xn--wgv71a119e.jp");
    for (size_t i = 0; i < IDS; i++) {
        const enum dcv_verdict verdict = i % 4 == 3         ? DCV_UNKNOWN_VERDICT
                                         : i == 1 || i == 6 ? DCV_READY
                                                            : DCV_NOT_READY;
        struct dcv_judged_ca *ca = sample_ca(sample, ids[i], verdict);
        sample_constructed(sample, ca, "xn--wgv71a119e.jp", DCV_MAIL_MX);
        if (i % 3 != 0)
            sample_constructed(sample, ca, "www.xn--wgv71a119e.jp", DCV_MAIL_NO_MAIL);
        sample_next(sample, ca, "2026-12-15", DCV_CHANGE_MPIC);
        sample_next(sample, ca, "2027-03-15", DCV_CHANGE_LIMITS);
        sample_next(sample, ca, "2028-03-15", DCV_CHANGE_EMAIL_FORBIDDEN);
    }
    for (size_t i = 0; i < IDS; i++)
        if (sample->judged.cas.items[i].verdict == DCV_NOT_READY)
            add_caa_forbids(sample, &sample->judged.cas.items[i]);
    sample_finding(sample, NULL, DCV_RULE_MAIL_NONE, "www.xn--wgv71a119e.jp", NULL);
    const struct dcv_arg base[] = {{"base", "xn--wgv71a119e.jp"}, {NULL, NULL}};
    sample_finding(sample, NULL, DCV_RULE_NAME_SUBTREE, "www.xn--wgv71a119e.jp", base);
    for (size_t i = 0; i < IDS; i++)
        sample->acceptances[i] = (struct dcv_acceptance){.ca = &sample->judged.cas.items[i],
                                                         .answer = DCV_ACCEPTS_NO,
                                                         .reason = (enum dcv_accepts_reason)(DCV_REASON_LOCAL_PART + i % 5)};
}

/* One CA, one address, nothing wrong. */
static void make_ready(struct sample *sample)
{
    sample_init(sample, "example.jp", "example.jp", "example.jp");
    struct dcv_judged_ca *ca = sample_ca(sample, "sectigo", DCV_READY);
    sample_constructed(sample, ca, "example.jp", DCV_MAIL_MX);
    sample_next(sample, ca, "2028-03-15", DCV_CHANGE_EMAIL_FORBIDDEN);
    sample->acceptances[0] = (struct dcv_acceptance){.ca = ca,
                                                     .answer = DCV_ACCEPTS_YES,
                                                     .reason = DCV_REASON_PERMITTED,
                                                     .entry = &ca->entries.items[0]};
}

/* Everything that a stranger can write holds hostile octets. */
static void make_hostile(struct sample *sample)
{
    sample_init(sample, "example.jp", "example.jp", "example.jp");
    struct dcv_judged_ca *ca = sample_ca(sample, "sectigo", DCV_NOT_READY);
    struct dcv_entry *entry = sample_entry(sample, ca, NULL, DCV_SOURCE_TXT_CONTACT, "example.jp", DCV_MAIL_UNKNOWN);
    entry->raw = (const uint8_t *)hostile;
    entry->raw_len = sizeof hostile - 1;
    entry->status = DCV_ENTRY_MALFORMED;
    entry->role = hostile;
    (void)sample_entry(sample, ca, dcv_arena_printf(sample->arena, "\"%s\"@example.net", hostile),
                       DCV_SOURCE_CAA_CONTACT, "example.jp", DCV_MAIL_MX);
    static const char *const keys[] = {"ca",      "found",   "tag",     "value", "issuer",   "issuers", "fixline",
                                       "cause",   "at",      "flags",   "fixed", "host",     "target",  "preference",
                                       "address", "outcome", "type",    "name",  "resolver", "count",   "base",
                                       "private", "methods", "account", "given", "meant",    "date",    "wayout",
                                       "source",  "state",   "where",   "place", "mxowner",  "why",     "mailbox"};
    struct dcv_arg args[sizeof keys / sizeof keys[0] + 1] = {{NULL, NULL}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        args[i] = (struct dcv_arg){keys[i], hostile};
    for (int rule = 0; rule < (int)DCV_RULE_COUNT; rule++)
        sample_finding(sample, ca, (enum dcv_rule)rule, hostile, args);
    sample->name.address = hostile;
    sample->acceptances[0] = (struct dcv_acceptance){.ca = ca,
                                                     .answer = DCV_ACCEPTS_UNKNOWN,
                                                     .reason = DCV_REASON_PERMITTED,
                                                     .entry = &ca->entries.items[0],
                                                     .nearest = hostile};
}

/* --- reading the output --- */

static void check_safe(const char *text)
{
    ck_assert_msg(dcv_utf8_valid(text, strlen(text)), "no UTF-8");
    static const char override[] = {'\xe2', '\x80', '\xae', '\0'};
    ck_assert_ptr_null(strstr(text, override));
    for (const char *at = text; *at != '\0'; at++)
        ck_assert_msg((unsigned char)*at >= ' ' || *at == '\n' || *at == '\t', "control character %d before: %.40s",
                      *at, at + 1);
}

static bool zone_line(const char *line)
{
    return strncmp(line, "    ", 4) == 0 && strstr(line, " IN ") != NULL;
}

static void check_width(const char *text, unsigned width)
{
    char *copy = strdup(text), *rest = copy;
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
        ck_assert_msg(zone_line(line) || dcv_columns(line) <= width, "%u columns of %u: %s", dcv_columns(line), width,
                      line);
    free(copy);
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
        count++;
    return count;
}

static const char *source_directory(char out[4096])
{
    (void)snprintf(out, 4096, "%s", __FILE__);
    char *slash = strrchr(out, '/');
    if (slash != NULL)
        *slash = '\0';
    else
        (void)snprintf(out, 4096, ".");
    return out;
}

/* Runs a program; returns its exit status. */
static int run(char *const argv[])
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        (void)dup2(STDERR_FILENO, STDOUT_FILENO);
        (void)execvp(argv[0], argv);
        _exit(127);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* By the schema in contrib/schema, where python3-jsonschema is installed. */
static void check_schema(const char *text)
{
    enum { NOT_INSTALLED = 77 };
    char directory[4096], script[5000], file[TEMPORARY_MAX];
    int fd = temporary_file(file);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
    (void)snprintf(script, sizeof script, "%s/validate.py", source_directory(directory));
    char *const argv[] = {"/usr/bin/python3", script, file, NULL};
    int status = run(argv);
    (void)unlink(file);
    ck_assert_msg(status == 0 || status == NOT_INSTALLED, "not valid by its schema");
}

static json_t *parse_array(const char *text)
{
    json_error_t error;
    json_t *array = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(array != NULL, "%s", error.text);
    ck_assert(json_is_array(array));
    return array;
}

/* --- the format table --- */

static const struct dcv_report_options text_options = {.width = 80, .explicit_cas = true};

START_TEST(test_ready_text)
{
    struct sample sample;
    make_ready(&sample);
    char *text = sample_text(&sample, &text_options);
    ck_assert_str_eq(text, "example.jp\n"
                           "e-mail validation on 2026-11-21, base domain example.jp\n"
                           "READY: sectigo can validate this name by e-mail.\n"
                           "\n"
                           "sectigo - A CA: ready\n"
                           "  CAA: permits this CA (there is no CAA record)\n"
                           "  Addresses that may approve:\n"
                           "    admin administrator hostmaster postmaster webmaster @example.jp\n"
                           "        constructed at example.jp (base domain); permitted but discouraged, only\n"
                           "        before 2028-03-15; mail: MX\n"
                           "  What to look for in the mailbox (spam folder included):\n"
                           "    from: dcv@ca.example\n"
                           "    subject: Approve your domain\n"
                           "    sent to: the CA mails all of its addresses; approving one mail is enough\n"
                           "    valid for: 30 days\n"
                           "    sending again: In the control panel.\n"
                           "  The way out of e-mail: validate by DNS (what stands in braces comes from the\n"
                           "    CA):\n"
                           "    _dnsauth.example.jp. IN TXT \"{token}\"  ; dns-change\n"
                           "        at this name only; also for wildcard names; a validation serves until\n"
                           "        2027-03-14 [BR 3.2.2.4.7]\n"
                           "\n"
                           "What changes, and when\n"
                           "  A validation done on 2026-11-21 can be used to issue until 2027-03-14. A\n"
                           "  certificate issued on 2026-11-21 lasts 200 days at most.\n"
                           "  2028-03-15  e-mail validation is forbidden, earlier validations included: move\n"
                           "              to a DNS method before.\n"
                           "\n"
                           "DNS: DNSSEC not checked; queries 14, from the cache 3, round trips 4, 41 ms\n");
    free(text);
    sample_done(&sample);
}
END_TEST

START_TEST(test_blocker_once)
{
    struct sample sample;
    make_many(&sample);
    const struct dcv_report_options options = {.width = 80};
    char *text = sample_text(&sample, &options);
    ck_assert_uint_eq(count_of(text, "BLOCKER"), 1);
    ck_assert_ptr_nonnull(strstr(text, "For: actalis, certum, globalsign, godaddy, iij-globalsign, jprs, sectigo\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n    xn--wgv71a119e.jp. IN CAA 0 issue \"actalis.example\"  ; actalis\n"));
    ck_assert_ptr_nonnull(strstr(text, "... and 4 more"));
    ck_assert_ptr_nonnull(strstr(text, "READY: 2 of 12 CAs"));
    /* Blockers come before the table, and the table before the addresses. */
    ck_assert(strstr(text, "CA by CA") > strstr(text, "BLOCKER"));
    ck_assert(strstr(text, "Addresses, and who may use them") > strstr(text, "CA by CA"));
    free(text);
    sample_done(&sample);
}
END_TEST

/* What is in the way of a DNS record is no reason for or against e-mail: it is told where the record is, and faults are told always. */
START_TEST(test_advice)
{
    static const struct dcv_arg args[] = {{"target", "t.example.com"}, {"issuer", "sectigo.com"}, {NULL, NULL}};
    static const struct dcv_report_options brief = {.width = 80}, quiet = {.width = 80, .quiet = true};
    struct sample sample;
    sample_init(&sample, "example.jp", "example.jp", "example.jp");
    struct dcv_judged_ca *ca = sample_ca(&sample, "sectigo", DCV_UNKNOWN_VERDICT);
    sample_finding(&sample, ca, DCV_RULE_WAY_OUT_CNAME, "_dnsauth.example.jp", args);
    sample_finding(&sample, ca, DCV_RULE_PERSIST_NO_ACCOUNT, "_validation-persist.example.jp", args);
    sample_finding(&sample, ca, DCV_RULE_MAIL_FAILED, "example.jp", args);
    size_t *conflict = DCV_VEC_ADD(sample.arena, &ca->way_out.items[0].conflicts);
    *conflict = 0;
    ca->way_out.items[0].existing = true;
    char *text = sample_text(&sample, &text_options);
    ck_assert_ptr_nonnull(strstr(text, "\nnotice way-out-cname: _dnsauth.example.jp is an alias of t.example.com:"));
    ck_assert_ptr_nonnull(strstr(text, "\n        see way-out-cname above\n"));
    ck_assert_ptr_nonnull(strstr(text, "already"));
    free(text);
    text = sample_text(&sample, &brief);
    ck_assert_ptr_null(strstr(text, "way-out-cname"));
    ck_assert_ptr_null(strstr(text, "Notices"));
    ck_assert_ptr_nonnull(strstr(text, "\nwarning persist-no-account: "));
    free(text);
    text = sample_text(&sample, &quiet);
    ck_assert_str_eq(text, "example.jp\tunknown\t0/1\tmail-failed\n");
    free(text);
    (void)sample_ca(&sample, "telia", DCV_READY);
    text = sample_text(&sample, &brief);
    ck_assert_ptr_nonnull(strstr(text, "mail-failed\n"));
    ck_assert_ptr_null(strstr(text, "persist-no-account,"));
    free(text);
    sample_done(&sample);
}
END_TEST

START_TEST(test_width)
{
    static const unsigned widths[] = {40, 41, 57, 80, 120};
    static void (*const makers[])(struct sample *) = {make_many, make_ready, make_hostile};
    for (size_t m = 0; m < 3; m++)
        for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++)
            for (int kind = 0; kind < 4; kind++) {
                struct sample sample;
                makers[m](&sample);
                const struct dcv_report_options options = {.width = widths[w],
                                                           .explicit_cas = kind % 2 != 0,
                                                           .verbosity = kind / 2};
                char *text = sample_text(&sample, &options);
                check_width(text, widths[w]);
                free(text);
                sample_done(&sample);
            }
}
END_TEST

/* The Japanese catalogue in a directory of its own, as bindtextdomain() wants it; false: it could not be made. */
static bool make_catalogue(const char *locale)
{
    char directory[4096], language[1100], messages[1200], source[5000], target[1300];
    (void)snprintf(language, sizeof language, "%s/ja", locale);
    (void)snprintf(messages, sizeof messages, "%s/LC_MESSAGES", language);
    (void)snprintf(target, sizeof target, "%s/dcvready.mo", messages);
    (void)snprintf(source, sizeof source, "%s/../../src/po/ja.po", source_directory(directory));
    char *const argv[] = {"msgfmt", "-o", target, source, NULL};
    return mkdir(language, 0700) == 0 && mkdir(messages, 0700) == 0 && run(argv) == 0;
}

static void remove_catalogue(const char *locale)
{
    static const char *const parts[] = {"/ja/LC_MESSAGES/dcvready.mo", "/ja/LC_MESSAGES", "/ja", ""};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char path[2048];
        (void)snprintf(path, sizeof path, "%s%s", locale, parts[i]);
        (void)remove(path);
    }
}

static void check_japanese(unsigned width)
{
    struct sample sample;
    make_many(&sample);
    const struct dcv_report_options options = {.width = width, .verbosity = (int)width % 2};
    char *text = sample_text(&sample, &options);
    check_safe(text);
    check_width(text, width);
    ck_assert_ptr_nonnull(strstr(text, "要対処 caa-forbids"));
    free(text);
    sample_done(&sample);
}

START_TEST(test_japanese)
{
    char locale[TEMPORARY_MAX];
    temporary_directory(locale);
    const bool made = make_catalogue(locale) && setlocale(LC_ALL, "C.UTF-8") != NULL;
    (void)setenv("LANGUAGE", "ja", 1);
    (void)bindtextdomain("dcvready", locale);
    (void)bind_textdomain_codeset("dcvready", "UTF-8");
    /* gettext reads the catalogue at the first text and keeps it. */
    const bool japanese = made && strcmp(dcv_text("language-code"), "ja") == 0;
    remove_catalogue(locale);
    ck_assert_msg(japanese, "msgfmt and the locale C.UTF-8 are needed");
    for (unsigned width = 40; width <= 100; width += 7)
        check_japanese(width);
}
END_TEST

START_TEST(test_color)
{
    struct sample sample;
    make_many(&sample);
    struct dcv_report_options options = {.width = 80};
    char *plain = sample_text(&sample, &options);
    options.color = true;
    char *colored = sample_text(&sample, &options);
    ck_assert_ptr_null(strchr(plain, '\033'));
    ck_assert_ptr_nonnull(strchr(colored, '\033'));
    char *out = colored;
    for (const char *at = colored; *at != '\0'; at++) {
        if (*at == '\033')
            at = strchr(at, 'm');
        else
            *out++ = *at;
    }
    *out = '\0';
    ck_assert_str_eq(plain, colored);
    free(plain);
    free(colored);
    sample_done(&sample);
}
END_TEST

/* --- other views --- */

START_TEST(test_quiet)
{
    struct sample sample;
    make_many(&sample);
    struct dcv_report_options options = {.width = 80, .quiet = true};
    char *text = sample_text(&sample, &options);
    ck_assert_str_eq(text, "www.xn--wgv71a119e.jp\tready\t2/12\tcaa-forbids\n");
    free(text);
    options.explicit_cas = true;
    text = sample_text(&sample, &options);
    ck_assert_str_eq(text, "www.xn--wgv71a119e.jp\tnot-ready\t2/12\tcaa-forbids\n");
    free(text);
    sample_done(&sample);
}
END_TEST

START_TEST(test_approvers)
{
    struct sample sample;
    make_many(&sample);
    (void)sample_entry(&sample, &sample.judged.cas.items[0], "z@example.net", DCV_SOURCE_CAA_CONTACT,
                       "xn--wgv71a119e.jp", DCV_MAIL_MX);
    (void)sample_entry(&sample, &sample.judged.cas.items[0], "a@example.net", DCV_SOURCE_TXT_CONTACT,
                       "xn--wgv71a119e.jp", DCV_MAIL_MX);
    struct dcv_report_options options = {.width = 80, .view = DCV_VIEW_APPROVERS};
    char *text = sample_text(&sample, &options);
    ck_assert_str_eq(text, "admin@xn--wgv71a119e.jp\nadministrator@xn--wgv71a119e.jp\nhostmaster@xn--wgv71a119e.jp\n"
                           "postmaster@xn--wgv71a119e.jp\nwebmaster@xn--wgv71a119e.jp\na@example.net\nz@example.net\n");
    free(text);
    options.all = true;
    text = sample_text(&sample, &options);
    ck_assert_ptr_nonnull(strstr(text, "discouraged  no-mail  no CA\n"));
    ck_assert_ptr_nonnull(strstr(text, "all 12 CAs\n"));
    free(text);
    sample_done(&sample);
}
END_TEST

START_TEST(test_accepts)
{
    struct sample sample;
    make_ready(&sample);
    struct dcv_report_options options = {.width = 80, .view = DCV_VIEW_ACCEPTS};
    char *text = sample_text(&sample, &options);
    ck_assert_str_eq(text, "admin@example.jp as the approver address of example.jp on 2026-11-21\n"
                           "yes: sectigo\n"
                           "    constructed at example.jp (base domain): permitted but discouraged, only\n"
                           "      before 2028-03-15; mail: MX [BR 3.2.2.4.4]\n");
    free(text);
    sample_done(&sample);
    /* CAs that answer alike are told once, or a line each for programs. */
    make_many(&sample);
    text = sample_text(&sample, &options);
    ck_assert_uint_eq(count_of(text, "no: "), 5);
    free(text);
    options.quiet = true;
    text = sample_text(&sample, &options);
    ck_assert_uint_eq(count_of(text, "\n"), IDS);
    ck_assert_uint_eq(count_of(text, "\tno\t"), IDS);
    free(text);
    sample_done(&sample);
}
END_TEST

START_TEST(test_invalid_name)
{
    const struct dcv_report_name name = {
        .input = hostile, .error = "an empty label", .error_at = 2, .error_detail = "b", .address = "c"};
    const struct dcv_report_name *names[] = {&name, &name};
    for (int format = DCV_FORMAT_TEXT; format <= (int)DCV_FORMAT_JSONL; format++)
        for (int view = DCV_VIEW_CHECK; view <= (int)DCV_VIEW_ACCEPTS; view++) {
            const struct dcv_report_options options = {.width = 80,
                                                       .format = (enum dcv_report_format)format,
                                                       .view = (enum dcv_report_view)view};
            char *text = sample_render(&options, names, 2);
            check_safe(text);
            ck_assert_ptr_nonnull(strstr(text, "an empty label"));
            if (format != DCV_FORMAT_TEXT)
                check_schema(text);
            free(text);
        }
}
END_TEST

/* --- strangers' octets --- */

START_TEST(test_hostile)
{
    for (int format = DCV_FORMAT_TEXT; format <= (int)DCV_FORMAT_JSONL; format++)
        for (int view = DCV_VIEW_CHECK; view <= (int)DCV_VIEW_ACCEPTS; view++) {
            struct sample sample;
            make_hostile(&sample);
            const struct dcv_report_options options = {.width = 80,
                                                       .format = (enum dcv_report_format)format,
                                                       .all = true,
                                                       .view = (enum dcv_report_view)view,
                                                       .verbosity = 1};
            char *text = sample_text(&sample, &options);
            check_safe(text);
            if (format != DCV_FORMAT_TEXT)
                check_schema(text);
            free(text);
            sample_done(&sample);
        }
}
END_TEST

/* Reads a zone line as a name server would: strings end, nothing follows but a comment. */
static void check_zone_line(const char *line)
{
    bool quoted = false;
    unsigned depth = 0;
    for (const char *at = line; *at != '\0'; at++) {
        ck_assert_msg(*at != '\n' && *at != '\r' && *at != '\0', "%s", line);
        if (*at == '\\') {
            at++;
            ck_assert_msg(*at != '\0', "%s", line);
            continue;
        }
        quoted ^= *at == '"';
        if (!quoted && *at == ';')
            return;
        depth += !quoted && *at == '(';
    }
    ck_assert_msg(!quoted && depth == 0, "%s", line);
}

START_TEST(test_zone_lines)
{
    struct sample sample;
    make_hostile(&sample);
    for (size_t i = 0; i < sample.judged.findings.count; i++) {
        const struct dcv_finding *finding = &sample.judged.findings.items[i];
        const struct dcv_rule_info *rule = dcv_rule_info(finding->rule);
        struct dcv_buf buf;
        dcv_buf_init(&buf, 1 << 16);
        const struct dcv_places places = dcv_places_of(finding);
        /* Lines that policy puts together are escaped there. */
        if (strstr(rule->fix, "{fixline}") == NULL && strstr(rule->fix, "{wayout}") == NULL &&
            dcv_fix_put(&buf, rule, &places) == DCV_FIX_ZONE)
            check_zone_line(dcv_buf_text(&buf));
        check_safe(dcv_buf_text(&buf));
        dcv_buf_done(&buf);
    }
    sample_done(&sample);
}
END_TEST

static void check_fix(enum dcv_rule rule, const struct dcv_arg *args, size_t count, enum dcv_fix_kind kind,
                      const char *expected)
{
    const struct dcv_places places = {.subject = "example.jp", .args = args, .arg_count = count};
    struct dcv_buf buf;
    dcv_buf_init(&buf, 1 << 16);
    ck_assert_int_eq(dcv_fix_put(&buf, dcv_rule_info(rule), &places), kind);
    ck_assert_str_eq(dcv_buf_text(&buf), expected);
    dcv_buf_done(&buf);
}

START_TEST(test_fixes)
{
    const struct dcv_arg caa[] = {{"place", "a\\.b.example.jp"}, {"tag", "is sue"}, {"issuer", "q\"\\\n.example"}};
    check_fix(DCV_RULE_CAA_FORBIDS_ALL, caa, 3, DCV_FIX_ZONE,
              "a\\.b.example.jp. IN CAA 0 is\\032sue \"q\\\"\\\\\\010.example\"  ; in the place of is\\032sue \";\"");
    /* A place without a value: no fix at all. */
    check_fix(DCV_RULE_CAA_FORBIDS_ALL, caa, 2, DCV_FIX_NONE, "");
    const struct dcv_arg line[] = {{"fixline", "x. IN TXT \"a@b\"\ny. IN A 192.0.2.1"}};
    check_fix(DCV_RULE_CONTACT_EMPTY, line, 1, DCV_FIX_ZONE, "x. IN TXT \"a@b\"\\010y. IN A 192.0.2.1");
    check_fix(DCV_RULE_NAME_NXDOMAIN, NULL, 0, DCV_FIX_ACTION,
              "Check the spelling, the registration and the delegation of example.jp.");
}
END_TEST

/* --- JSON --- */

START_TEST(test_json)
{
    struct sample many, ready;
    make_many(&many);
    make_ready(&ready);
    const struct dcv_report_name *names[] = {&many.name, &ready.name};
    for (int view = DCV_VIEW_CHECK; view <= (int)DCV_VIEW_ACCEPTS; view++) {
        struct dcv_report_options options = {.format = DCV_FORMAT_JSON,
                                             .view = (enum dcv_report_view)view,
                                             .with_facts = true};
        char *text = sample_render(&options, names, 2);
        json_t *array = parse_array(text);
        ck_assert_uint_eq(json_array_size(array), 2);
        ck_assert_str_eq(json_string_value(json_object_get(json_array_get(array, 0), "name")), "www.日本語.jp");
        ck_assert_int_eq(json_integer_value(json_object_get(json_array_get(array, 0), "elapsed_ms")), 41);
        json_decref(array);
        check_schema(text);
        free(text);
        options.format = DCV_FORMAT_JSONL;
        text = sample_render(&options, names, 2);
        ck_assert_uint_eq(count_of(text, "\n"), 2);
        check_schema(text);
        free(text);
    }
    sample_done(&many);
    sample_done(&ready);
}
END_TEST

START_TEST(test_json_empty)
{
    const struct dcv_report_options options = {.format = DCV_FORMAT_JSON};
    char *text = sample_render(&options, NULL, 0);
    ck_assert_str_eq(text, "[\n]\n");
    free(text);
}
END_TEST

START_TEST(test_catalogue_documents)
{
    struct sink sink = {.calls = 0};
    dcv_buf_init(&sink.buf, 1 << 24);
    struct dcv_writer writer = {.write = sink_write, .user = &sink};
    struct dcv_ca_set *set;
    char *error = NULL;
    ck_assert_int_eq(dcv_ca_set_create(NULL, &set, &error), DCV_OK);
    const dcv_date today = sample_date("2026-11-21");
    for (int format = DCV_FORMAT_TEXT; format <= (int)DCV_FORMAT_JSONL; format++) {
        const struct dcv_report_options options = {.format = (enum dcv_report_format)format, .width = 60};
        for (size_t i = 0; i <= dcv_ca_count(set); i++) {
            dcv_buf_clear(&sink.buf);
            const struct dcv_ca *ca = i < dcv_ca_count(set) ? dcv_ca_at(set, i) : NULL;
            ck_assert_int_eq(dcv_report_cas(&options, &writer, set, ca, today), DCV_OK);
            check_safe(dcv_buf_text(&sink.buf));
            if (format == DCV_FORMAT_TEXT)
                check_width(dcv_buf_text(&sink.buf), 60);
        }
        if (format != DCV_FORMAT_TEXT)
            check_schema(dcv_buf_text(&sink.buf));
        for (int i = 0; i <= (int)DCV_RULE_COUNT; i++) {
            dcv_buf_clear(&sink.buf);
            const struct dcv_rule_info *rule = i < (int)DCV_RULE_COUNT ? dcv_rule_info((enum dcv_rule)i) : NULL;
            ck_assert_int_eq(dcv_report_rules(&options, &writer, rule), DCV_OK);
            check_safe(dcv_buf_text(&sink.buf));
            if (format == DCV_FORMAT_TEXT)
                check_width(dcv_buf_text(&sink.buf), 60);
        }
        if (format != DCV_FORMAT_TEXT)
            check_schema(dcv_buf_text(&sink.buf));
    }
    dcv_ca_set_free(set);
    dcv_buf_done(&sink.buf);
}
END_TEST

/* --- failure of the writer --- */

static enum dcv_status render_failing(const struct dcv_report_options *options, const struct dcv_report_name *name,
                                      size_t fail_at, struct sink *sink)
{
    *sink = (struct sink){.fail_at = fail_at};
    dcv_buf_init(&sink->buf, 1 << 24);
    struct dcv_writer writer = {.write = sink_write, .user = sink};
    struct dcv_report *report = dcv_report_create(options, &writer);
    ck_assert_ptr_nonnull(report);
    enum dcv_status first = dcv_report_begin(report), status = dcv_report_add(report, name);
    first = first != DCV_OK ? first : status;
    status = dcv_report_add(report, name);
    first = first != DCV_OK ? first : status;
    status = dcv_report_end(report);
    dcv_report_free(report);
    return first != DCV_OK ? first : status;
}

START_TEST(test_writer_fails)
{
    struct sample sample;
    make_ready(&sample);
    for (int format = DCV_FORMAT_TEXT; format <= (int)DCV_FORMAT_JSONL; format++) {
        const struct dcv_report_options options = {.width = 80, .format = (enum dcv_report_format)format};
        struct sink sink;
        ck_assert_int_eq(render_failing(&options, &sample.name, 0, &sink), DCV_OK);
        const size_t calls = sink.calls;
        dcv_buf_done(&sink.buf);
        ck_assert_uint_ge(calls, 2);
        for (size_t fail_at = 1; fail_at <= calls; fail_at++) {
            ck_assert_int_eq(render_failing(&options, &sample.name, fail_at, &sink), DCV_ERR_IO);
            ck_assert_msg(sink.calls == fail_at, "written after the failure");
            dcv_buf_done(&sink.buf);
        }
    }
    sample_done(&sample);
}
END_TEST

/* --- lines --- */

static void check_put(unsigned width, unsigned hang, const char *text, const char *expected)
{
    struct dcv_paper paper;
    dcv_paper_init(&paper, width, false);
    dcv_paper_put(&paper, 0, DCV_PLAIN, "", hang, text);
    ck_assert_str_eq(dcv_buf_text(&paper.buf), expected);
    dcv_paper_done(&paper);
}

START_TEST(test_lines)
{
    check_put(40, 2, "", "\n");
    check_put(40, 2, "names such as a-very-long/name.example.jp stay whole",
              "names such as\n  a-very-long/name.example.jp stay whole\n");
    check_put(40, 2, "0123456789012345678901234567890123456789", "0123456789012345678901234567890123456789\n");
    check_put(40, 2, "01234567890123456789012345678901234567890", "0123456789012345678901234567890123456789\n  0\n");
    check_put(40, 0, "一二三四五六七八九十一二三四五六七八九十一", "一二三四五六七八九十一二三四五六七八九十\n一\n");
    /* No line begins with a full stop. */
    check_put(40, 0, "一二三四五六七八九十一二三四五六七八九十。", "一二三四五六七八九十一二三四五六七八九\n十。\n");
    ck_assert_uint_eq(dcv_columns("日本語.jp"), 9);
}
END_TEST

START_TEST(test_security)
{
    struct dcv_facts *facts = dcv_facts_create();
    const struct dcv_name name = sample_name("www.example.jp"), base = sample_name("example.jp");
    ck_assert_int_eq(dcv_report_security(facts, &name, &base), DCV_SECURITY_UNCHECKED);
    static const struct {
        const char *name;
        uint16_t type;
        enum dcv_security security, expected;
    } steps[] = {
        {"example.jp", 1, DCV_SECURITY_BOGUS, DCV_SECURITY_UNCHECKED}, /* an address does not decide */
        {"example.jp", 6, DCV_SECURITY_SECURE, DCV_SECURITY_SECURE},
        {"www.example.jp", 6, DCV_SECURITY_BOGUS, DCV_SECURITY_SECURE},
        {"_validation-contactemail.example.jp", 16, DCV_SECURITY_INSECURE, DCV_SECURITY_INSECURE},
        {"_validation-contactemail.example.jp.example.jp", 16, DCV_SECURITY_BOGUS, DCV_SECURITY_INSECURE}, /* nor does a wrong place */
        {"_validation_contactemail.www.example.jp", 16, DCV_SECURITY_BOGUS, DCV_SECURITY_INSECURE},
        {"jp", 257, DCV_SECURITY_SECURE, DCV_SECURITY_INSECURE},
        {"_validation-contactemail.a.example.com", 16, DCV_SECURITY_INDETERMINATE, DCV_SECURITY_INDETERMINATE}, /* behind an alias */
        {"www.example.jp", 257, DCV_SECURITY_INDETERMINATE, DCV_SECURITY_INDETERMINATE},
        {"example.jp", 257, DCV_SECURITY_BOGUS, DCV_SECURITY_BOGUS},
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const struct dcv_fact fact = {.kind = DCV_FACT_DNS,
                                      .dns = {.name = sample_name(steps[i].name),
                                              .type = steps[i].type,
                                              .outcome = DCV_OUTCOME_NODATA,
                                              .security = steps[i].security,
                                              .server = ""}};
        ck_assert_int_eq(dcv_facts_add(facts, &fact, NULL), DCV_OK);
        ck_assert_int_eq(dcv_report_security(facts, &name, &base), steps[i].expected);
    }
    dcv_facts_free(facts);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 300);
    tcase_add_test(all, test_ready_text);
    tcase_add_test(all, test_blocker_once);
    tcase_add_test(all, test_advice);
    tcase_add_test(all, test_width);
    tcase_add_test(all, test_japanese);
    tcase_add_test(all, test_color);
    tcase_add_test(all, test_quiet);
    tcase_add_test(all, test_approvers);
    tcase_add_test(all, test_accepts);
    tcase_add_test(all, test_invalid_name);
    tcase_add_test(all, test_hostile);
    tcase_add_test(all, test_zone_lines);
    tcase_add_test(all, test_fixes);
    tcase_add_test(all, test_json);
    tcase_add_test(all, test_json_empty);
    tcase_add_test(all, test_catalogue_documents);
    tcase_add_test(all, test_writer_fails);
    tcase_add_test(all, test_lines);
    tcase_add_test(all, test_security);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
