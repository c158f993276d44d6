/* What was read last, for the tests of requests and certificates; `der` is what they read from. */
#ifndef DCV_SUPPORT_READ_X509_H
#define DCV_SUPPORT_READ_X509_H

#include "input/x509.h"
#include "support/make_x509.h"
#include "support/run.h"

#include <openssl/err.h>
#include <string.h>

static struct dcv_arena *arena;
static struct dcv_buf der;
static struct dcv_x509 value;
static struct dcv_x509_error error;

static inline void setup(void)
{
    arena = dcv_arena_create(NULL);
    dcv_buf_init(&der, DCV_X509_MAX);
}

static inline void teardown(void)
{
    dcv_buf_done(&der);
    dcv_arena_free(arena);
}

/* Reads a copy of exactly this length: a sanitizer sees a read beyond it. */
static inline enum dcv_status read_data(bool certificate, const void *data, size_t len)
{
    char *exact = malloc(len + (len == 0));
    memcpy(exact, data, len);
    const enum dcv_status status = (certificate ? dcv_certificate_read : dcv_csr_read)(arena, "a.pem", exact, len, &value, &error);
    free(exact);
    ck_assert_int_ne(status, DCV_ERR_NOMEM);
    ck_assert_uint_eq(ERR_peek_error(), 0);
    ck_assert((status == DCV_OK) == (error.text == NULL));
    return status;
}

static inline void read_request(void)
{
    ck_assert_msg(read_data(false, der.data, der.len) == DCV_OK, "%s", error.text);
}

static inline void read_certificate(void)
{
    ck_assert_msg(read_data(true, der.data, der.len) == DCV_OK, "%s", error.text);
}

/* A san as it is expected to be. */
static inline void expect_san(size_t index, enum dcv_san_kind kind, const void *text, size_t len)
{
    ck_assert_uint_lt(index, value.san_count);
    ck_assert_int_eq(value.sans[index].kind, kind);
    ck_assert_uint_eq(value.sans[index].len, len);
    ck_assert_mem_eq(value.sans[index].text, text, len);
    ck_assert_int_eq(value.sans[index].text[len], '\0');
}

#endif
