/* Finds the request or certificate in a file, and reads it. */
#include "input/x509.h"

#include "input/pem.h"
#include "input/x509_parts.h"

#include <openssl/err.h>
#include <string.h>

/* One call of dcv_csr_read() or dcv_certificate_read(). */
struct reading {
    struct dcv_arena *arena;
    enum dcv_x509_form wanted;
    const char *data;
    size_t len;
    struct dcv_buf der; /* what a PEM block holds */
    struct dcv_x509 value;
    struct dcv_x509_error error; /* text NULL: none */
};

static void fail(struct reading *reading, size_t line, const char *text)
{
    reading->error = (struct dcv_x509_error){.text = text, .line = line};
}

static const char *not_decoded(const struct reading *reading, const unsigned char *der, size_t len)
{
    if (dcv_der_cut(der, len))
        return N_("it ends too early: the file is not complete");
    const enum dcv_x509_form form = dcv_form_of_der(der, len);
    return dcv_form_instead(form == DCV_FORM_UNKNOWN ? reading->wanted : form, reading->wanted);
}

/* `line`: of the PEM block. */
static void read_der(struct reading *reading, const unsigned char *der, size_t len, size_t line)
{
    const unsigned char *at = der;
    const char *fault = NULL;
    X509_REQ *request = NULL;
    X509 *certificate = NULL;
    if (reading->wanted == DCV_FORM_REQUEST)
        request = d2i_X509_REQ(NULL, &at, (long)len);
    else
        certificate = d2i_X509(NULL, &at, (long)len);
    if (request == NULL && certificate == NULL)
        fault = not_decoded(reading, der, len);
    else if (at != der + len)
        fault = N_("there are octets after its end");
    else
        fault = request != NULL ? dcv_read_request(reading->arena, request, &reading->value)
                                : dcv_read_certificate(reading->arena, certificate, &reading->value);
    X509_REQ_free(request);
    X509_free(certificate);
    if (!dcv_sha256(der, len, reading->value.sha256))
        dcv_arena_fail(reading->arena);
    if (fault != NULL)
        fail(reading, line, fault);
}

static const char *pem_fault_text(enum dcv_pem_fault fault)
{
    switch (fault) {
    case DCV_PEM_ENCRYPTED: return N_("the PEM block is encrypted");
    case DCV_PEM_OPEN: return N_("the END line of the PEM block is missing: the text is not complete");
    case DCV_PEM_LABELS: return N_("the END line of the PEM block is not that of its BEGIN line");
    case DCV_PEM_OCTET: return N_("the PEM block is damaged here: this line is not Base64");
    case DCV_PEM_LENGTH: return N_("the PEM block is damaged: its Base64 ends too early or has something after its end");
    case DCV_PEM_OK: break;
    }
    return NULL;
}

static void read_block(struct reading *reading, const struct dcv_pem_block *block)
{
    size_t line = 0;
    const enum dcv_pem_fault fault = dcv_pem_decode(block, &reading->der, &line);
    if (reading->der.failed)
        dcv_arena_fail(reading->arena);
    else if (fault != DCV_PEM_OK)
        fail(reading, line, pem_fault_text(fault));
    else
        read_der(reading, (const unsigned char *)dcv_buf_text(&reading->der), reading->der.len, block->label.number);
}

/* Looks at the labels of all blocks; reads the one that is wanted. False: there are no blocks. */
static bool read_pem(struct reading *reading)
{
    struct dcv_pem_reader reader;
    struct dcv_pem_block block, wanted = {.closed = false}, first = {.closed = false};
    size_t second = 0;
    enum dcv_x509_form instead = DCV_FORM_UNKNOWN;
    dcv_pem_init(&reader, reading->data, reading->len);
    while (dcv_pem_next(&reader, &block)) {
        const enum dcv_x509_form form = dcv_form_of_label(block.label.text, block.label.len);
        if (form != reading->wanted && (instead == DCV_FORM_UNKNOWN || instead == DCV_FORM_OTHER)) {
            instead = form;
            first = block;
        }
        if (form == reading->wanted && wanted.label.number != 0 && second == 0)
            second = block.label.number;
        if (form == reading->wanted && wanted.label.number == 0)
            wanted = block;
    }
    if (second != 0 && reading->wanted == DCV_FORM_REQUEST)
        fail(reading, second, N_("there is more than one certificate signing request in it; give one"));
    else if (wanted.label.number != 0)
        read_block(reading, &wanted);
    else if (instead != DCV_FORM_UNKNOWN)
        fail(reading, first.label.number, dcv_form_instead(instead, reading->wanted));
    return wanted.label.number != 0 || instead != DCV_FORM_UNKNOWN;
}

static bool utf16(const struct reading *reading)
{
    return reading->len >= 2 && (memcmp(reading->data, "\xFF\xFE", 2) == 0 || memcmp(reading->data, "\xFE\xFF", 2) == 0);
}

/* Neither DER nor PEM: what may it be meant to be? */
static void explain(struct reading *reading)
{
    const size_t line = dcv_pem_find(reading->data, reading->len, "BEGIN ");
    if (utf16(reading))
        fail(reading, 0, N_("the text is in UTF-16; save it as ASCII or UTF-8"));
    else if (line != 0)
        fail(reading, line, N_("the BEGIN line must stand alone, with five hyphens before and after its words"));
    else if (dcv_pem_bare(reading->data, reading->len))
        fail(reading, 0, N_("this is Base64 without a BEGIN line and an END line"));
    else
        fail(reading, 0, dcv_form_instead(DCV_FORM_UNKNOWN, reading->wanted));
}

static void read_data(struct reading *reading)
{
    if (reading->len == 0)
        fail(reading, 0, N_("the file is empty"));
    else if (reading->len > DCV_X509_MAX)
        fail(reading, 0, N_("the file is larger than 1 MiB"));
    else if (dcv_der_begins((const unsigned char *)reading->data, reading->len))
        read_der(reading, (const unsigned char *)reading->data, reading->len, 0);
    else if (!read_pem(reading))
        explain(reading);
}

/* Empties OpenSSL's queue of errors, of which only one kind is ours to tell. */
static void take_errors(struct reading *reading)
{
    for (unsigned long code; (code = ERR_get_error()) != 0;)
        if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
            dcv_arena_fail(reading->arena);
}

static enum dcv_status read_any(struct dcv_arena *arena, enum dcv_x509_form wanted, const char *path, const void *data, size_t len,
                                struct dcv_x509 *out, struct dcv_x509_error *error)
{
    struct reading reading = {.arena = arena, .wanted = wanted, .data = data, .len = len};
    reading.value = (struct dcv_x509){.not_before = DCV_DATE_NONE, .not_after = DCV_DATE_NONE};
    dcv_buf_init(&reading.der, DCV_X509_MAX);
    ERR_clear_error();
    read_data(&reading);
    take_errors(&reading);
    dcv_buf_done(&reading.der);
    if (path != NULL)
        reading.value.path = dcv_arena_strdup(arena, path);
    if (dcv_arena_failed(arena))
        return DCV_ERR_NOMEM;
    *error = reading.error;
    if (reading.error.text != NULL)
        return DCV_ERR_SYNTAX;
    *out = reading.value;
    return DCV_OK;
}

enum dcv_status dcv_csr_read(struct dcv_arena *arena, const char *path, const void *data, size_t len, struct dcv_x509 *out,
                             struct dcv_x509_error *error)
{
    return read_any(arena, DCV_FORM_REQUEST, path, data, len, out, error);
}

enum dcv_status dcv_certificate_read(struct dcv_arena *arena, const char *path, const void *data, size_t len,
                                     struct dcv_x509 *out, struct dcv_x509_error *error)
{
    return read_any(arena, DCV_FORM_CERTIFICATE, path, data, len, out, error);
}
