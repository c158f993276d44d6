/* Names as given, normalised, each judged once however often and in whatever spelling it is given. */
#ifndef DCV_INPUT_INPUT_H
#define DCV_INPUT_INPUT_H

#include "base/arena.h"
#include "base/vec.h"
#include "fact/x509.h"
#include "name/hostname.h"
#include "name/psl.h"

/* Where a name comes from. */
enum dcv_input_origin {
    DCV_ORIGIN_ARGUMENT,    /* named by the caller, alone or as part of an order */
    DCV_ORIGIN_CSR,         /* the subjectAltName extension of a request */
    DCV_ORIGIN_COMMON_NAME, /* the common name of a request or certificate */
    DCV_ORIGIN_CERTIFICATE, /* the subjectAltName extension of a certificate */
    DCV_ORIGIN_ALSO_WWW,    /* the sibling that a CA adds by itself */
};
const char *dcv_input_origin_text(enum dcv_input_origin origin); /* "argument", "csr", "common-name", "certificate", "also-www" */
bool dcv_input_origin_parse(const char *text, size_t len, enum dcv_input_origin *out);

struct dcv_input {
    const char *text;                 /* as given; with other forms of an invalid name kept apart */
    bool valid;
    enum dcv_input_origin origin;     /* where it was first seen */
    size_t times;                     /* how often it was given */
    struct dcv_hostname name;         /* when valid */
    struct dcv_hostname_error error;  /* when not */
};

struct dcv_inputs;

struct dcv_inputs *dcv_inputs_create(void); /* NULL: memory is short */
void dcv_inputs_free(struct dcv_inputs *inputs);
/* Adds a name; a valid name that is there already, in any spelling, is not added again. DCV_ERR_NOMEM. */
enum dcv_status dcv_inputs_add(struct dcv_inputs *inputs, const char *text);
enum dcv_status dcv_inputs_add_from(struct dcv_inputs *inputs, const char *text, enum dcv_input_origin origin);
/* Adds every name that a request or certificate is for: its DNS names, then its common name. What is no name in there is left to the
 * judging of the order. */
enum dcv_status dcv_inputs_add_x509(struct dcv_inputs *inputs, const struct dcv_x509 *x509);
/* Adds, after each name without wildcard, its sibling: "www." in front, or a leading "www." removed unless it is part of the base domain.
 * Public suffixes have none. */
enum dcv_status dcv_inputs_add_siblings(struct dcv_inputs *inputs, const struct dcv_psl *psl);
size_t dcv_inputs_count(const struct dcv_inputs *inputs);
const struct dcv_input *dcv_inputs_at(const struct dcv_inputs *inputs, size_t index);

#endif
