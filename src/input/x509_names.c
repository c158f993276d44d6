/* Names of a request or certificate: the attributes of its subject and issuer, and the subjectAltName extension. */
#include "base/buf.h"
#include "base/text.h"
#include "base/vec.h"
#include "input/x509_parts.h"

#include <arpa/inet.h>
#include <string.h>

const char *dcv_oid_name(struct dcv_arena *arena, const ASN1_OBJECT *oid)
{
    enum { USUAL = 128 };
    char usual[USUAL];
    const int nid = OBJ_obj2nid(oid);
    if (nid != NID_undef && OBJ_nid2sn(nid) != NULL)
        return OBJ_nid2sn(nid);
    const int len = OBJ_obj2txt(usual, sizeof usual, oid, 1);
    if (len < 0)
        return "?";
    if (len < USUAL)
        return dcv_arena_strdup(arena, usual);
    char *text = dcv_arena_alloc(arena, (size_t)len + 1);
    if (text != NULL)
        (void)OBJ_obj2txt(text, len + 1, oid, 1);
    return text;
}

/* The DER of a value that has no characters, as RFC 4514 §2.4 writes it: "#0307…". */
static const char *hex_value(struct dcv_arena *arena, const ASN1_STRING *value, size_t *len)
{
    unsigned char *der = NULL;
    const int octets = i2d_ASN1_PRINTABLE(value, &der);
    struct dcv_buf text;
    dcv_buf_init(&text, SIZE_MAX / 4);
    dcv_buf_putc(&text, '#');
    if (octets > 0)
        dcv_hex_put(&text, der, (size_t)octets);
    const char *copy = dcv_arena_strndup(arena, dcv_buf_text(&text), text.len);
    *len = text.len;
    if (text.failed)
        dcv_arena_fail(arena);
    dcv_buf_done(&text);
    OPENSSL_free(der);
    return copy;
}

static size_t count_characters(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80)
            count++;
    return count;
}

static void read_value(struct dcv_arena *arena, const ASN1_STRING *value, struct dcv_dn_field *field)
{
    unsigned char *utf8 = NULL;
    const int len = ASN1_STRING_to_UTF8(&utf8, value);
    if (len >= 0) {
        field->len = (size_t)len;
        field->value = dcv_arena_strndup(arena, (const char *)utf8, field->len);
    } else {
        field->value = hex_value(arena, value, &field->len);
    }
    OPENSSL_free(utf8);
    if (field->value != NULL)
        field->characters = count_characters(field->value, field->len);
}

void dcv_read_dn(struct dcv_arena *arena, const X509_NAME *name, const struct dcv_dn_field **fields, size_t *count)
{
    DCV_VEC(struct dcv_dn_field) list = {0};
    const int entries = X509_NAME_entry_count(name);
    for (int i = 0; i < entries; i++) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
        struct dcv_dn_field *field = DCV_VEC_ADD(arena, &list);
        if (field == NULL)
            break;
        field->type = dcv_oid_name(arena, X509_NAME_ENTRY_get_object(entry));
        read_value(arena, X509_NAME_ENTRY_get_data(entry), field);
    }
    *fields = list.items;
    *count = list.count;
}

static const char *ip_text(struct dcv_arena *arena, const ASN1_OCTET_STRING *octets)
{
    char text[INET6_ADDRSTRLEN];
    const int len = ASN1_STRING_length(octets);
    /* Eight and 32 octets, an address with its mask, are for name constraints only (RFC 5280 §4.2.1.6). */
    if ((len != 4 && len != 16) ||
        inet_ntop(len == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(octets), text, sizeof text) == NULL)
        return "malformed IP";
    return dcv_arena_strdup(arena, text);
}

static void set_text(struct dcv_san *san, enum dcv_san_kind kind, const char *text)
{
    *san = (struct dcv_san){.kind = kind, .text = text, .len = text != NULL ? strlen(text) : 0};
}

static void set_octets(struct dcv_arena *arena, struct dcv_san *san, enum dcv_san_kind kind, const ASN1_STRING *octets)
{
    san->kind = kind;
    san->len = (size_t)ASN1_STRING_length(octets);
    san->text = dcv_arena_strndup(arena, (const char *)ASN1_STRING_get0_data(octets), san->len);
}

static void read_san(struct dcv_arena *arena, const GENERAL_NAME *name, struct dcv_san *san)
{
    switch (name->type) {
    case GEN_DNS: set_octets(arena, san, DCV_SAN_DNS, name->d.dNSName); break;
    case GEN_EMAIL: set_octets(arena, san, DCV_SAN_EMAIL, name->d.rfc822Name); break;
    case GEN_URI: set_octets(arena, san, DCV_SAN_URI, name->d.uniformResourceIdentifier); break;
    case GEN_IPADD: set_text(san, DCV_SAN_IP, ip_text(arena, name->d.iPAddress)); break;
    case GEN_X400: set_text(san, DCV_SAN_OTHER, "x400Address"); break;
    case GEN_DIRNAME: set_text(san, DCV_SAN_OTHER, "directoryName"); break;
    case GEN_EDIPARTY: set_text(san, DCV_SAN_OTHER, "ediPartyName"); break;
    case GEN_RID: set_text(san, DCV_SAN_OTHER, "registeredID"); break;
    default: set_text(san, DCV_SAN_OTHER, "otherName"); break;
    }
}

/* The names of one extension; NULL: it is malformed. */
static GENERAL_NAMES *decode_names(X509_EXTENSION *extension)
{
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
    const unsigned char *start = ASN1_STRING_get0_data(value), *at = start;
    GENERAL_NAMES *names = d2i_GENERAL_NAMES(NULL, &at, ASN1_STRING_length(value));
    if (names != NULL && at == start + ASN1_STRING_length(value))
        return names;
    GENERAL_NAMES_free(names);
    return NULL;
}

const char *dcv_read_sans(struct dcv_arena *arena, const STACK_OF(X509_EXTENSION) * extensions, struct dcv_san_list *list)
{
    for (int i = X509v3_get_ext_by_NID(extensions, NID_subject_alt_name, -1); i >= 0;
         i = X509v3_get_ext_by_NID(extensions, NID_subject_alt_name, i)) {
        GENERAL_NAMES *names = decode_names(X509v3_get_ext(extensions, i));
        if (names == NULL)
            return N_("its subjectAltName extension is malformed");
        for (int j = 0; j < sk_GENERAL_NAME_num(names); j++) {
            struct dcv_san *san = DCV_VEC_ADD(arena, list);
            if (san == NULL)
                break;
            read_san(arena, sk_GENERAL_NAME_value(names, j), san);
        }
        GENERAL_NAMES_free(names);
    }
    return NULL;
}
