/* Blocks of PEM (RFC 7468) in a text of any length, with the numbers of their lines. */
#ifndef DCV_INPUT_PEM_H
#define DCV_INPUT_PEM_H

#include "base/buf.h"

struct dcv_pem_line {
    const char *text; /* without white space around it; not ended by a zero octet */
    size_t len;
    size_t number; /* from 1 */
};

/* A text, line by line: ends are LF, CR LF or CR. */
struct dcv_pem_reader {
    const char *at, *end;
    size_t number; /* of the line that was read last */
};

struct dcv_pem_block {
    struct dcv_pem_line label;  /* "CERTIFICATE REQUEST", on the BEGIN line */
    struct dcv_pem_reader body; /* what stands between the BEGIN line and the END line */
    bool closed;                /* an END line is there */
    bool same_label;            /* it has the label of the BEGIN line */
};

enum dcv_pem_fault {
    DCV_PEM_OK,
    DCV_PEM_ENCRYPTED, /* a header says so (RFC 1421 §4.6.1.1) */
    DCV_PEM_OPEN,      /* no END line */
    DCV_PEM_LABELS,    /* the END line has another label */
    DCV_PEM_OCTET,     /* an octet that is none of Base64 */
    DCV_PEM_LENGTH,    /* Base64 that ends too early, or padding that is wrong */
};

void dcv_pem_init(struct dcv_pem_reader *reader, const void *data, size_t len);
/* The next block that begins; its END line, when there is one, has been passed. */
bool dcv_pem_next(struct dcv_pem_reader *reader, struct dcv_pem_block *block);
/* The first line that holds `words` but is no BEGIN line; 0: none. */
size_t dcv_pem_find(const void *data, size_t len, const char *words);
/* Is there nothing but Base64, at least a line of it? */
bool dcv_pem_bare(const void *data, size_t len);
/* Appends the octets of a block to `out`, whose `failed` is to be looked at; `line` gets the line of a fault. */
enum dcv_pem_fault dcv_pem_decode(const struct dcv_pem_block *block, struct dcv_buf *out, size_t *line);

#endif
