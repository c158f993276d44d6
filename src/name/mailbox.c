#include "name/mailbox.h"

#include "base/text.h"
#include "name/ip.h"
#include "name/mailbox_diagnose.h"
#include "name/span.h"

#include <string.h>

enum {
    LOCAL_MAX = 64,    /* RFC 5321 §4.5.3.1.1 */
    DOMAIN_MAX = 255,  /* §4.5.3.1.2 */
    ADDRESS_MAX = 254, /* §4.5.3.1.3 as corrected by erratum 1690 */
};

static bool beyond_ascii(struct dcv_octets text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] >= 0x80)
            return true;
    return false;
}

static unsigned warnings_of(const struct dcv_addr_spec *spec, size_t address_len)
{
    size_t given = spec->local.len + 1 + spec->domain.len;
    unsigned warnings = 0;
    warnings |= spec->quoted ? DCV_MAILBOX_QUOTED_LOCAL : 0U;
    warnings |= spec->name.len == 0 ? DCV_MAILBOX_LITERAL : 0U;
    warnings |= spec->local.len > LOCAL_MAX ? DCV_MAILBOX_LOCAL_LONG : 0U;
    warnings |= spec->domain.len > DOMAIN_MAX ? DCV_MAILBOX_DOMAIN_LONG : 0U;
    warnings |= given > ADDRESS_MAX || address_len > ADDRESS_MAX ? DCV_MAILBOX_ADDRESS_LONG : 0U;
    warnings |= beyond_ascii(spec->local) ? DCV_MAILBOX_UTF8_LOCAL : 0U;
    warnings |= beyond_ascii(spec->domain) ? DCV_MAILBOX_UTF8_DOMAIN : 0U;
    warnings |= spec->name.len > 0 && dcv_name_labels(&spec->name) == 1 ? DCV_MAILBOX_SINGLE_LABEL : 0U;
    warnings |= spec->number ? DCV_MAILBOX_NUMBER : 0U;
    return warnings;
}

/* "a@192.0.2.1" as the literal "a@[192.0.2.1]" (RFC 5321 §4.1.3); NULL when it is none. */
static const char *meant_literal(struct dcv_arena *arena, const struct dcv_mailbox *mailbox)
{
    const char *domain = mailbox->address + mailbox->local_len + 1;
    if (!dcv_ipv4_text(domain, strlen(domain)))
        return NULL;
    return dcv_arena_printf(arena, "%.*s@[%s]", (int)mailbox->local_len, mailbox->address, domain);
}

/* What stands behind a word and "=" when that is an address; NULL otherwise. */
static const char *behind_key(struct dcv_arena *arena, struct dcv_octets value)
{
    struct dcv_addr_spec spec;
    size_t i = 0;
    while (i < value.len && (dcv_is_letter((char)value.at[i]) || value.at[i] == '-' || value.at[i] == '_'))
        i++;
    if (i == 0 || i == value.len || value.at[i] != '=')
        return NULL;
    enum dcv_status status = dcv_addr_spec_read(dcv_octets_from(value, i + 1), &spec, NULL);
    if (status == DCV_ERR_NOMEM)
        dcv_arena_fail(arena);
    return status == DCV_OK ? dcv_addr_spec_address(arena, &spec) : NULL;
}

/* Valid, and probably not what was meant. */
static void suspect(struct dcv_arena *arena, struct dcv_octets value, struct dcv_mailbox *mailbox)
{
    if ((mailbox->warnings & DCV_MAILBOX_NUMBER) != 0)
        mailbox->meant = meant_literal(arena, mailbox);
    const char *behind = behind_key(arena, value);
    if (behind != NULL) {
        mailbox->warnings |= DCV_MAILBOX_KEY;
        mailbox->meant = behind;
    }
}

static enum dcv_status take(struct dcv_arena *arena, struct dcv_octets value, const struct dcv_addr_spec *spec,
                            struct dcv_mailbox *out)
{
    char *address = dcv_addr_spec_address(arena, spec);
    if (address == NULL)
        return DCV_ERR_NOMEM;
    struct dcv_mailbox mailbox = {address, spec->local.len, spec->name, warnings_of(spec, strlen(address)), NULL};
    suspect(arena, value, &mailbox);
    if (dcv_arena_failed(arena))
        return DCV_ERR_NOMEM;
    *out = mailbox;
    return DCV_OK;
}

enum dcv_status dcv_mailbox_parse(struct dcv_arena *arena, const void *value, size_t len, struct dcv_mailbox *out,
                                  struct dcv_mailbox_error *error)
{
    struct dcv_octets text = {len > 0 ? value : (const void *)"", len};
    struct dcv_addr_spec spec;
    struct dcv_mailbox_flaw flaw;
    const char *meant = NULL;
    enum dcv_status status = dcv_addr_spec_read(text, &spec, &flaw);
    if (status == DCV_OK)
        return take(arena, text, &spec, out);
    if (status == DCV_ERR_SYNTAX)
        meant = dcv_mailbox_diagnose(arena, text, &flaw);
    if (dcv_arena_failed(arena) || status != DCV_ERR_SYNTAX)
        return DCV_ERR_NOMEM;
    *error = (struct dcv_mailbox_error){flaw.fault, (size_t)(flaw.at - text.at), meant};
    return DCV_ERR_SYNTAX;
}

const char *dcv_mailbox_fault_word(enum dcv_mailbox_fault fault)
{
    static const char *const words[] = {
        [DCV_MAILBOX_OK] = "ok",
        [DCV_MAILBOX_EMPTY] = "empty",
        [DCV_MAILBOX_UTF8] = "utf8",
        [DCV_MAILBOX_CONTROL] = "control",
        [DCV_MAILBOX_PADDING] = "padding",
        [DCV_MAILBOX_MAILTO] = "mailto",
        [DCV_MAILBOX_ANGLE] = "angle",
        [DCV_MAILBOX_LIST] = "list",
        [DCV_MAILBOX_QUOTES] = "quotes",
        [DCV_MAILBOX_CURLY_QUOTE] = "curly-quote",
        [DCV_MAILBOX_COMMENT] = "comment",
        [DCV_MAILBOX_PREFIX] = "prefix",
        [DCV_MAILBOX_TRAILING_DOT] = "trailing-dot",
        [DCV_MAILBOX_NO_AT] = "no-at",
        [DCV_MAILBOX_TWO_AT] = "two-at",
        [DCV_MAILBOX_LOCAL_PART] = "local-part",
        [DCV_MAILBOX_DOMAIN] = "domain",
    };
    return (size_t)fault < sizeof words / sizeof *words ? words[fault] : "unknown";
}

const char *dcv_mailbox_fault_text(enum dcv_mailbox_fault fault)
{
    switch (fault) {
    case DCV_MAILBOX_OK: break;
    case DCV_MAILBOX_EMPTY: return "it is empty";
    case DCV_MAILBOX_UTF8: return "it is no UTF-8";
    case DCV_MAILBOX_CONTROL: return "there is a control character";
    case DCV_MAILBOX_PADDING: return "there is white space";
    case DCV_MAILBOX_MAILTO: return "mailto: stands before it";
    case DCV_MAILBOX_ANGLE: return "it stands in angle brackets";
    case DCV_MAILBOX_LIST: return "there are several addresses";
    case DCV_MAILBOX_QUOTES: return "there are quotation marks";
    case DCV_MAILBOX_CURLY_QUOTE: return "there is a typographic quotation mark";
    case DCV_MAILBOX_COMMENT: return "there is a comment in parentheses";
    case DCV_MAILBOX_PREFIX: return "there is other text beside it";
    case DCV_MAILBOX_TRAILING_DOT: return "it ends in a dot";
    case DCV_MAILBOX_NO_AT: return "the @ is missing";
    case DCV_MAILBOX_TWO_AT: return "there is more than one @";
    case DCV_MAILBOX_LOCAL_PART: return "the part before the @ is not well formed";
    case DCV_MAILBOX_DOMAIN: return "the domain is not well formed";
    }
    return "";
}

bool dcv_mailbox_equal(const struct dcv_mailbox *a, const struct dcv_mailbox *b, bool *case_only)
{
    *case_only = false;
    /* a domain literal has no name: its text is compared */
    bool domains = dcv_name_equal(&a->domain, &b->domain) &&
                   dcv_ascii_equal_nocase(a->address + a->local_len, b->address + b->local_len);
    if (!domains || a->local_len != b->local_len || !dcv_ascii_equal_nocase_n(a->address, b->address, a->local_len))
        return false;
    *case_only = memcmp(a->address, b->address, a->local_len) != 0;
    return !*case_only;
}
