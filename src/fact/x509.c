#include "fact/x509.h"

#include "base/text.h"

#include <string.h>

const struct dcv_dn_field *dcv_dn_find(const struct dcv_dn_field *fields, size_t count, const char *type)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].type, type) == 0)
            return &fields[i];
    return NULL;
}

bool dcv_x509_hostname(const char *text, size_t len, struct dcv_hostname *out, struct dcv_hostname_error *error)
{
    *error = (struct dcv_hostname_error){.fault = DCV_HOSTNAME_BAD_CHARACTER};
    if (memchr(text, 0, len) != NULL || dcv_hostname_parse(text, len, out, error) != DCV_OK)
        return false;
    error->fault = DCV_HOSTNAME_OK;
    return strlen(out->ascii) == len && dcv_ascii_equal_nocase_n(text, out->ascii, len);
}

bool dcv_x509_has_name(const struct dcv_x509 *x509, const struct dcv_hostname *name)
{
    const size_t len = strlen(name->ascii);
    for (size_t i = 0; i < x509->san_count; i++) {
        const struct dcv_san *san = &x509->sans[i];
        if (san->kind == DCV_SAN_DNS && san->len == len && dcv_ascii_equal_nocase_n(san->text, name->ascii, len))
            return true;
    }
    return false;
}

const struct dcv_dn_field *dcv_x509_extra_name(const struct dcv_x509 *x509, struct dcv_hostname *out)
{
    const struct dcv_dn_field *cn = dcv_dn_find(x509->subject, x509->subject_count, "CN");
    struct dcv_hostname_error error;
    if (cn == NULL || !dcv_x509_hostname(cn->value, cn->len, out, &error) || dcv_x509_has_name(x509, out) || dcv_name_labels(&out->name) < 2)
        return NULL;
    return cn;
}
