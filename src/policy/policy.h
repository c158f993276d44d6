/* Policy: what CAs may do with the facts on a date. Pure: no network, no clock, no output. */
#ifndef DCV_POLICY_POLICY_H
#define DCV_POLICY_POLICY_H

#include "fact/fact.h"
#include "fact/x509.h"
#include "judgement/judgement.h"
#include "judgement/order.h"
#include "name/psl.h"

struct dcv_policy_options {
    dcv_date as_of;
    const struct dcv_ca_set *set;
    const struct dcv_ca *const *cas;   /* the CAs to judge for */
    size_t ca_count;
    unsigned by;                       /* which kinds of validation: bits 1 << enum dcv_by; 0: e-mail alone */
    uint16_t http_port, https_port;    /* where web servers were asked, in the place of 80 and 443; 0: there */
    const struct dcv_psl *psl;
    const char *account_uri;           /* of the applicant at the CA; NULL: not given */
    unsigned signature_days;           /* warn of signatures that end within so many days; 0: of those that were to be renewed by now */
    bool allow_private_addresses;      /* mail hosts in private space count as reachable */
    const struct dcv_ca *seller;       /* the profile that sells `product`; NULL: no product named */
    const struct dcv_product *product;
};

/* Judges frozen facts about `name` (`input`: as typed). `out` is filled except for the verdicts; its values live in `arena` and lend from
 * the facts, the profiles and the name. DCV_ERR_NOMEM. */
enum dcv_status dcv_policy_judge(const struct dcv_policy_options *options, const char *input, const struct dcv_hostname *name,
                                 const struct dcv_facts *facts, struct dcv_arena *arena, struct dcv_judged *out);

/* Judges an order as such: what its request and certificate hold, and how its names go together. `order->names`, `csr`, `certificate`,
 * `product` and `invalid` are given; the findings and the CAs of `order->sum` are filled, and verdicts and coverage are left to
 * dcv_verdict_order(). DCV_ERR_NOMEM. */
enum dcv_status dcv_policy_order(const struct dcv_policy_options *options, struct dcv_arena *arena, struct dcv_order *order);

#endif
