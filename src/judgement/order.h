/* An order: several names that one certificate is to hold, judged together. */
#ifndef DCV_JUDGEMENT_ORDER_H
#define DCV_JUDGEMENT_ORDER_H

#include "judgement/judgement.h"

struct dcv_x509;

/* An address that can approve some of the names. */
struct dcv_order_mailbox {
    const char *address;
    struct dcv_name adn;          /* the highest at which it stands, of those where it can be used */
    enum dcv_source source;       /* there */
    bool mx;                      /* its domain has an MX, or a probe found the mailbox */
    bool on_request;              /* the CA uses it on request only, or by an account setting */
    const size_t *names;          /* numbers in dcv_order.names, ascending */
    size_t count;
};

/* An Authorization Domain Name, and the names that some address at it can approve. */
struct dcv_order_adn {
    struct dcv_name adn;
    const size_t *names;
    size_t count;
    size_t addresses;             /* usable ones that stand at it */
};

/* The order at one CA; its verdict and its findings are in dcv_order.sum.cas at the same place. */
struct dcv_order_ca {
    const struct dcv_ca *ca;
    size_t ready, not_ready, unknown;                /* names by verdict */
    DCV_VEC(struct dcv_order_mailbox) mailboxes;     /* those of most names first */
    DCV_VEC(struct dcv_order_adn) adns;              /* those of most names first */
    DCV_VEC(size_t) smallest;                        /* numbers of mailboxes that together approve every name that can be approved */
    bool smallest_proven;                            /* no smaller set does; false: not all were tried */
    DCV_VEC(size_t) uncovered;                       /* names that no usable address can approve */
};

struct dcv_order_name {
    const struct dcv_judged *judged;
    const char *origin;           /* "argument", "csr", "common-name", "certificate", "also-www" */
    size_t times;                 /* how often it was given */
};

struct dcv_order {
    struct dcv_judged sum;        /* findings about the order, and per CA its verdict; no name, no entries */
    DCV_VEC(struct dcv_order_name) names;
    DCV_VEC(struct dcv_order_ca) cas;                /* in the order of sum.cas */
    size_t invalid;               /* names given that are none, and are judged nowhere */
    bool guessed;                 /* the certificate that holds the names could not be read: there is its server's name alone */
    const struct dcv_product *product;               /* NULL: none named */
    const struct dcv_x509 *csr, *certificate;        /* NULL: none given */
    const char *issuer;                              /* organisation of the certificate's issuer, raw; NULL: none, or not told */
    const struct dcv_ca *issuer_ca;                  /* whose profile that is; NULL: not known */
    const char *origin, *failure;                    /* of a certificate that could not be read, and why (msgid); NULL: none failed */
};

#endif
