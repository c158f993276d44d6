/* What is read has names and texts that end where they say; nothing leaves errors of OpenSSL behind. */
#include "input/x509.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

static void walk_names(const struct dcv_dn_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].type[0] == '\0' || fields[i].value[fields[i].len] != '\0' || fields[i].characters > fields[i].len)
            abort();
}

static void walk(const struct dcv_x509 *x509)
{
    walk_names(x509->subject, x509->subject_count);
    walk_names(x509->issuer, x509->issuer_count);
    for (size_t i = 0; i < x509->san_count; i++)
        if (x509->sans[i].text[x509->sans[i].len] != '\0')
            abort();
    if (strlen(x509->key.type_text) == 0 || strlen(x509->signature_algorithm) == 0 ||
        (x509->key.type == DCV_KEY_RSA) != (x509->key.exponent != NULL) || x509->certificate != (x509->serial != NULL))
        abort();
    if (x509->certificate && (x509->not_before_s < x509->not_after_s) && x509->not_before > x509->not_after)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int certificate = 0; certificate <= 1; certificate++) {
        struct dcv_arena *arena = dcv_arena_create(NULL);
        struct dcv_x509 x509 = {.path = NULL};
        struct dcv_x509_error error = {.text = NULL};
        const enum dcv_status status = (certificate ? dcv_certificate_read : dcv_csr_read)(arena, NULL, data, size, &x509, &error);
        if (status == DCV_OK)
            walk(&x509);
        else if (status != DCV_ERR_SYNTAX || error.text == NULL || error.line > size)
            abort();
        if (ERR_peek_error() != 0)
            abort();
        dcv_arena_free(arena);
    }
    return 0;
}
