/* A signed tree for the tests of validation: the root, test., example.test., and what a test changes of them. */
#ifndef DCV_TEST_DNSSEC_TREE_H
#define DCV_TEST_DNSSEC_TREE_H

#include "dnssec/work.h"
#include "support/rows.h"
#include "support/run.h"
#include "support/sign.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400, LOOKUPS = 64, SIGNERS = 16 };

static struct dcv_arena *arena;
static struct dcv_anchors *anchors;
static struct dcv_validator *validator;
static struct signer *root_key, *test_key, *example_key;
static struct signer *others[SIGNERS]; /* of one test, freed at its end */
static struct dcv_message answer;      /* to what is asked */
static struct dcv_trust trust;
static struct dcv_needs needs;

static struct lookup {
    struct dcv_name name;
    uint16_t type;
    enum dcv_knowledge state;
    struct dcv_message message;
} lookups[LOOKUPS];
static size_t lookup_count;

static inline struct dcv_name name_of(const char *text)
{
    struct dcv_name name;
    ck_assert_msg(dcv_name_parse(text, &name, NULL) == DCV_OK, "%s", text);
    return name;
}

static inline const char *text_of(const struct dcv_name *name)
{
    static char text[DCV_NAME_TEXT_MAX];
    return name->len != 0 ? dcv_name_text(name, text) : "";
}

static inline struct dcv_known_answer find(void *user, const struct dcv_name *name, uint16_t type)
{
    (void)user;
    for (size_t i = 0; i < lookup_count; i++)
        if (lookups[i].type == type && dcv_name_equal(&lookups[i].name, name))
            return (struct dcv_known_answer){lookups[i].state, &lookups[i].message};
    return (struct dcv_known_answer){.state = DCV_KNOWN_NOT_ASKED};
}

/* A lookup of the chain, empty as long as nothing is put into it; replaces one that was there. */
static inline struct lookup *lookup(const char *name, uint16_t type)
{
    const struct dcv_name key = name_of(name);
    size_t at = 0;
    while (at < lookup_count && (lookups[at].type != type || !dcv_name_equal(&lookups[at].name, &key)))
        at++;
    ck_assert_uint_lt(at, LOOKUPS);
    lookup_count += at == lookup_count;
    lookups[at] = (struct lookup){.name = key, .type = type, .state = DCV_KNOWN_ANSWER};
    return &lookups[at];
}

static inline struct signer *other_key(const char *zone, enum sign_algorithm algorithm, unsigned flags)
{
    for (size_t i = 0; i < SIGNERS; i++)
        if (others[i] == NULL)
            return others[i] = signer_create(zone, algorithm, flags);
    ck_abort_msg("too many keys");
}

static inline void put_answer(const char *name, uint16_t type, struct signer *by, const char *lines, const struct signing *how)
{
    put_signed(arena, &lookup(name, type)->message.answer, by, lines, how);
}

static inline void put_denial(const char *name, struct signer *by, const char *lines)
{
    put_signed(arena, &lookup(name, DCV_TYPE_DS)->message.authority, by, lines, NULL);
}

static inline void put_keys(const char *zone, struct signer *signer)
{
    put_answer(zone, DCV_TYPE_DNSKEY, signer, signer_dnskey(signer), NULL);
}

static inline void use_anchors(const char *text, bool refuse_sha1)
{
    size_t line;
    dcv_validator_free(validator);
    dcv_anchors_free(anchors);
    validator = NULL;
    anchors = NULL;
    ck_assert_int_eq(dcv_anchors_parse(text, strlen(text), &anchors, &line), DCV_OK);
    const struct dcv_validator_options options = {.anchors = anchors, .refuse_sha1 = refuse_sha1};
    ck_assert_int_eq(dcv_validator_create(&options, &validator), DCV_OK);
}

static inline void plant(void)
{
    arena = dcv_arena_create(NULL);
    lookup_count = 0;
    answer = (struct dcv_message){.rcode = 0};
    root_key = signer_create(".", SIGN_ED25519, SIGN_KSK);
    test_key = signer_create("test.", SIGN_ECDSAP256, SIGN_KSK);
    example_key = signer_create("example.test.", SIGN_ED25519, SIGN_KSK);
    use_anchors(signer_ds(root_key, 2), false);
    put_keys(".", root_key);
    put_answer("test.", DCV_TYPE_DS, root_key, signer_ds(test_key, 2), NULL);
    put_keys("test.", test_key);
    put_answer("example.test.", DCV_TYPE_DS, test_key, signer_ds(example_key, 2), NULL);
    put_keys("example.test.", example_key);
}

static inline void fell(void)
{
    for (size_t i = 0; i < SIGNERS; i++) {
        signer_free(others[i]);
        others[i] = NULL;
    }
    signer_free(example_key);
    signer_free(test_key);
    signer_free(root_key);
    dcv_validator_free(validator);
    dcv_anchors_free(anchors);
    validator = NULL;
    anchors = NULL;
    dcv_arena_free(arena);
}

/* Validates the answer; what is missing stays in `needs`. */
static inline enum dcv_cause validate(const char *name, uint16_t type)
{
    const struct dcv_chain chain = {find, NULL};
    const struct dcv_name asked = name_of(name);
    memset(&trust, 0, sizeof trust);
    ck_assert_int_eq(dcv_validate(validator, &chain, &asked, type, &answer, SIGN_NOW, &trust, &needs), DCV_OK);
    return trust.cause;
}

/* What a verdict says, in one line: "secure", "bogus signature-expired example.test www.example.test A", … */
static inline const char *verdict(const char *name, uint16_t type)
{
    static char line[3 * DCV_NAME_TEXT_MAX];
    char kind[DCV_TYPE_TEXT] = "";
    (void)validate(name, type);
    if (needs.count != 0)
        return "pending";
    (void)snprintf(line, sizeof line, "%s", dcv_security_text(trust.security));
    if (trust.cause != DCV_CAUSE_NONE) {
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), " %s", dcv_cause_text(trust.cause));
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), " %s", trust.zone.len != 0 ? text_of(&trust.zone) : "-");
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), " %s", trust.owner.len != 0 ? text_of(&trust.owner) : "-");
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), " %s", trust.type != 0 ? dcv_type_text(trust.type, kind) : "-");
    }
    return line;
}

#endif
