/* What the library makes of values, for the scripts beside it: answers VERB [LIST]. Each line of the input is a value in
 * hexadecimal; each gets one line of answer, its fields parted by tabs. No
 * field holds a tab or a line feed. */
#include "external/answer_dnssec.h"
#include "external/answer_rdap.h"
#include "external/answer_whois.h"
#include "name/idn.h"
#include "name/mailbox.h"
#include "name/psl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_MAX = 1 << 17, NAME_MAX_OCTETS = 253 };

struct value {
    char octets[VALUE_MAX];
    size_t len;
};

/* "ok ASCII UNICODE" or "no FAULT OFFSET LENGTH", for the name of a certificate. */
static void answer_name(const struct value *value, void *unused)
{
    struct dcv_name name;
    struct dcv_idn_fault fault;
    char ascii[DCV_NAME_TEXT_MAX], unicode[DCV_NAME_TEXT_MAX];
    struct dcv_span source = {value->octets, value->len};
    (void)unused;
    if (dcv_idn_read(source, NAME_MAX_OCTETS, DCV_IDN_CERTIFICATE, &name, &fault) == DCV_OK)
        printf("ok\t%s\t%s\n", dcv_name_text(&name, ascii), dcv_name_unicode(&name, unicode));
    else
        printf("no\t%d\t%zu\t%zu\n", (int)fault.fault, (size_t)(fault.cause.at - value->octets), fault.cause.len);
}

static void print_base(bool found, const struct dcv_name *base, char end)
{
    char text[DCV_NAME_TEXT_MAX];
    printf("%s%c", found ? dcv_name_text(base, text) : "-", end);
}

/* "ok BASE BASE" of the ICANN section and of both; "-" where there is none; "no" for what is no name. */
static void answer_base(const struct value *value, void *psl)
{
    struct dcv_name name, base;
    if (dcv_name_from_unicode(value->octets, value->len, &name) != DCV_OK) {
        printf("no\n");
        return;
    }
    printf("ok\t");
    bool found = dcv_psl_base(psl, &name, &base);
    print_base(found, &base, '\t');
    found = dcv_psl_base_private(psl, &name, &base);
    print_base(found, &base, '\n');
}

static void print_warnings(unsigned warnings)
{
    static const struct {
        unsigned bit;
        const char *name;
    } rows[] = {
        {DCV_MAILBOX_QUOTED_LOCAL, "quoted-local"},
        {DCV_MAILBOX_LITERAL, "literal"},
        {DCV_MAILBOX_LOCAL_LONG, "local-long"},
        {DCV_MAILBOX_DOMAIN_LONG, "domain-long"},
        {DCV_MAILBOX_ADDRESS_LONG, "address-long"},
        {DCV_MAILBOX_UTF8_LOCAL, "utf8-local"},
        {DCV_MAILBOX_UTF8_DOMAIN, "utf8-domain"},
        {DCV_MAILBOX_SINGLE_LABEL, "single-label"},
        {DCV_MAILBOX_NUMBER, "number"},
        {DCV_MAILBOX_KEY, "key"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((warnings & rows[i].bit) != 0)
            printf("\t%s", rows[i].name);
}

/* "ok WARNING..." or "no FAULT OFFSET". */
static void answer_mailbox(const struct value *value, void *unused)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error;
    (void)unused;
    if (dcv_mailbox_parse(arena, value->octets, value->len, &mailbox, &error) == DCV_OK) {
        printf("ok");
        print_warnings(mailbox.warnings);
    } else {
        printf("no\t%s\t%zu", dcv_mailbox_fault_word(error.fault), error.at);
    }
    printf("\n");
    dcv_arena_free(arena);
}

static void answer_signed(const struct value *value, void *unused)
{
    (void)unused;
    answer_signature(value->octets, value->len);
}

static void answer_digest(const struct value *value, void *unused)
{
    (void)unused;
    answer_ds(value->octets, value->len);
}

static void answer_over_rdap(const struct value *value, void *unused)
{
    (void)unused;
    answer_rdap(value->octets, value->len);
}

static void answer_servers(const struct value *value, void *unused)
{
    (void)unused;
    answer_bootstrap(value->octets, value->len);
}

static void answer_own_servers(const struct value *value, void *unused)
{
    (void)unused;
    answer_shipped(value->octets, value->len);
}

static void answer_domain(const struct value *value, void *unused)
{
    (void)unused;
    answer_whois(value->octets, value->len);
}

static void answer_handle(const struct value *value, void *unused)
{
    (void)unused;
    answer_whois_handle(value->octets, value->len);
}

static const struct verb {
    const char *name;
    void (*answer)(const struct value *, void *);
} verbs[] = {
    {"name", answer_name},
    {"base", answer_base},
    {"mailbox", answer_mailbox},
    {"signature", answer_signed},
    {"ds", answer_digest},
    {"rdap", answer_over_rdap},
    {"bootstrap", answer_servers},
    {"shipped", answer_own_servers},
    {"whois", answer_domain},
    {"whois-handle", answer_handle},
};

static bool read_value(const char *line, struct value *out)
{
    size_t digits = strspn(line, "0123456789abcdef");
    if (line[digits] != '\n' || digits % 2 != 0 || digits / 2 > VALUE_MAX)
        return false;
    out->len = digits / 2;
    for (size_t i = 0; i < out->len; i++) {
        char pair[] = {line[2 * i], line[2 * i + 1], '\0'};
        out->octets[i] = (char)strtoul(pair, NULL, 16);
    }
    return true;
}

static int answer_all(const struct verb *verb, void *context)
{
    static struct value value;
    static char line[2 * VALUE_MAX + 2];
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (!read_value(line, &value))
            return EXIT_FAILURE;
        verb->answer(&value, context);
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct dcv_psl *psl = NULL;
    int status = EXIT_FAILURE;
    if (argc > 2 && dcv_psl_create(argv[2], &psl) != DCV_OK)
        return EXIT_FAILURE;
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            status = answer_all(&verbs[i], psl);
    dcv_psl_free(psl);
    return status;
}
