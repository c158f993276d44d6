/* NSEC3 records made from the names of a zone, hashed by ldns, and chosen in words: "=name" is the record that matches, "~name" the one
 * that covers. */
#ifndef DCV_DNSSEC_NSEC3_CHAIN_H
#define DCV_DNSSEC_NSEC3_CHAIN_H

#include "dnssec/denying.h"
#include "support/rows.h"

#include <check.h>
#include <ldns/ldns.h>

enum { HASH_ROOM = 40, CHAIN_MAX = 20, RECORD_ROOM = 1024, TEXT_ROOM = 1 << 15 };

/* Names with the types of their bitmaps. What is optional, an opt-out chain leaves out. */
static const struct node {
    const char *name, *types;
    bool optional;
} nodes[] = {
    {"example", "NS SOA MX RRSIG DNSKEY NSEC3PARAM", false},
    {"a.example", "NS DS RRSIG", false},
    {"alias.example", "CNAME RRSIG", false},
    {"b.example", "NS", true},
    {"d.example", "DNAME RRSIG", false},
    {"f.example", "", true},
    {"c.f.example", "NS", true},
    {"ns.example", "A AAAA RRSIG", false},
    {"w.example", "", false},
    {"*.w.example", "MX RRSIG", false},
    {"y.w.example", "", false},
    {"x.y.w.example", "MX RRSIG", false},
    {"z.example", "", false},
    {"*.z.example", "CNAME RRSIG", false},
};

static const struct parameters {
    unsigned flags, iterations;
    const char *salt;
} parameters[] = {{0, 0, "-"}, {1, 12, "aabbccdd"}, {0, 150, "-"}, {0, 151, "-"}, {0, 0, "ab"}, {0, 1, "-"}, {2, 0, "-"}, {0, 65535, "-"}};

struct link {
    char hash[HASH_ROOM];
    const struct node *node;
};
struct chain {
    const struct parameters *parameters;
    struct link links[CHAIN_MAX];
    size_t count;
};

static inline void put_hash(const struct parameters *with, const char *name, char out[HASH_ROOM])
{
    uint8_t salt[100];
    size_t salt_len = 0;
    if (strcmp(with->salt, "-") != 0)
        for (; with->salt[2 * salt_len] != '\0'; salt_len++) {
            const char pair[] = {with->salt[2 * salt_len], with->salt[2 * salt_len + 1], '\0'};
            salt[salt_len] = (uint8_t)strtoul(pair, NULL, 16);
        }
    ldns_rdf *owner = ldns_dname_new_frm_str(name);
    ldns_dname2canonical(owner);
    ldns_rdf *hashed = ldns_nsec3_hash_name(owner, 1, (uint16_t)with->iterations, (uint8_t)salt_len, salt);
    char *text = ldns_rdf2str(hashed);
    (void)snprintf(out, HASH_ROOM, "%.32s", text);
    free(text);
    ldns_rdf_deep_free(hashed);
    ldns_rdf_deep_free(owner);
}

static inline int by_hash(const void *a, const void *b)
{
    return strcmp(((const struct link *)a)->hash, ((const struct link *)b)->hash);
}

static inline void make_chain(const struct parameters *with, struct chain *out)
{
    *out = (struct chain){.parameters = with};
    for (int i = 0; i < ROWS(nodes); i++) {
        if ((with->flags & 1) != 0 && nodes[i].optional)
            continue;
        out->links[out->count].node = &nodes[i];
        put_hash(with, nodes[i].name, out->links[out->count++].hash);
    }
    qsort(out->links, out->count, sizeof *out->links, by_hash);
}

static inline size_t next_of(const struct chain *chain, size_t index)
{
    return index + 1 < chain->count ? index + 1 : 0;
}

static inline void put_record(const struct chain *chain, size_t index, struct dcv_buf *out)
{
    const struct link *link = &chain->links[index];
    const struct parameters *with = chain->parameters;
    dcv_buf_printf(out, "%s.example. 300 IN NSEC3 1 %u %u %s %s %s\n", link->hash, with->flags, with->iterations, with->salt,
                   chain->links[next_of(chain, index)].hash, link->node->types);
}

/* The record that a selector means. */
static inline void put_selected(const struct chain *chain, char kind, const char *name, struct dcv_buf *out)
{
    char hash[HASH_ROOM];
    put_hash(chain->parameters, name, hash);
    size_t index = chain->count - 1; /* the last, before the first */
    for (size_t i = 0; i < chain->count; i++) {
        const int order = strcmp(chain->links[i].hash, hash);
        if (order >= 0)
            break;
        index = i;
    }
    const size_t next = next_of(chain, index);
    const bool matches = strcmp(chain->links[next].hash, hash) == 0;
    ck_assert_msg(matches == (kind == '='), "%c%s", kind, name);
    put_record(chain, matches ? next : index, out);
}

/* Writes what "=name ~name" select, with the parameters of a row or, after "@", of another one; "all" is the chain. */
static inline void put_all(const char *selectors, size_t row, struct dcv_buf *out)
{
    char word[100];
    for (int size = 0; sscanf(selectors, "%99s%n", word, &size) == 1; selectors += size) {
        struct chain chain;
        char *at = strchr(word, '@');
        make_chain(&parameters[at != NULL ? strtoul(at + 1, NULL, 10) : row], &chain);
        if (at != NULL)
            *at = '\0';
        if (strcmp(word, "all") != 0)
            put_selected(&chain, word[0], word + 1, out);
        else
            for (size_t i = 0; i < chain.count; i++)
                put_record(&chain, i, out);
    }
}

static inline void read_selected(struct dcv_arena *arena, const char *selectors, size_t row, struct denying *out)
{
    struct dcv_buf text;
    dcv_buf_init(&text, TEXT_ROOM);
    put_all(selectors, row, &text);
    ck_assert_msg(denying_read(arena, "example", dcv_buf_text(&text), out), "%s", dcv_buf_text(&text));
    dcv_buf_done(&text);
}

#endif
