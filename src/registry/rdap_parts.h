/* Parts of the RDAP reader; private to this module. All texts they hand out are printable, of DCV_REGISTRY_TEXT octets at most, and in the arena. */
#ifndef DCV_REGISTRY_RDAP_PARTS_H
#define DCV_REGISTRY_RDAP_PARTS_H

#include "registry/registry.h"

#include <jansson.h>

#define N_(text) (text) /* of what comes before ": " the report shows the translation */

enum {
    RDAP_OCTETS_MAX = 1 << 20,
    RDAP_ITEMS_MAX = 256,   /* of an array that is looked through: entities, links, events, remarks, redactions */
    RDAP_PER_ENTITY_MAX = 8, /* roles, addresses */
    RDAP_PLACE_ROOM = 80,
};

/* ---- values: rdap_value.c ----------------------------------------------------------------------------------------------------- */

/* NULL: `*why` says what is wrong and where, in the arena; NULL, too, when memory is short (sticky in the arena). The caller decrefs. */
json_t *rdap_parse(struct dcv_arena *arena, const void *octets, size_t len, const char **why);
/* A text without the blanks around it; NULL where there is none, or it is empty or too long. What cannot be printed is escaped. */
const char *rdap_text(struct dcv_arena *arena, const json_t *json);
/* RFC 3339 §5.6; false: it is no such time. */
bool rdap_time(const json_t *json, int64_t *seconds);
/* Does a text hold the word, whatever its case? */
bool rdap_mentions(const json_t *json, const char *word);
/* The items of an array that are looked at; 0: it is none. */
size_t rdap_count(const json_t *array);

/* ---- jCards (RFC 7095): jcard.c ----------------------------------------------------------------------------------------------- */

struct jcard {
    DCV_VEC(const char *) emails;
    const char *uri;   /* of "contact-uri" (RFC 8605 §2.1): a form, or an address in the place of the contact's own; NULL */
    bool emptied;      /* there is an "email" with an empty value (RFC 9537 §3.2) */
    const char *name;  /* "fn"; NULL */
    const char *fault; /* the first thing that is no jCard; whatever else can be read is read nevertheless. NULL */
};
void jcard_read(struct dcv_arena *arena, const json_t *json, struct jcard *out);

/* ---- redaction (RFC 9537): redaction.c ---------------------------------------------------------------------------------------- */

/* The roles whose addresses are for a validation. */
enum rdap_role { RDAP_REGISTRANT, RDAP_ADMIN, RDAP_TECH, RDAP_ROLES };
/* RDAP_ROLES: none of them. `role` as in dcv_contact. */
enum rdap_role rdap_role_of(const char *role);
/* The role as dcv_contact has it, of one that RDAP knows (RFC 9083 §10.2.4), lower case; NULL: it is no text. */
const char *rdap_role_text(struct dcv_arena *arena, const json_t *json);

/* What is withheld, by role. */
struct redaction {
    struct redacted_role {
        bool missing;  /* the address was taken out, or emptied */
        bool replaced; /* what stands there is not all of it, or something else */
    } roles[RDAP_ROLES];
    bool domain; /* a remark or notice on the domain as a whole says that something is withheld */
};
void redaction_read(const json_t *domain, struct redaction *out);
/* Does a remark or notice on this object say that something of it is withheld? */
bool redaction_remarked(const json_t *object);

/* ---- entities (RFC 9083 §5.1): rdap_entity.c ---------------------------------------------------------------------------------- */

/* What the entities of a domain come to. */
struct rdap_entities {
    bool found;        /* an address of a registrant, admin or tech */
    bool withheld;     /* one that is not told */
    const char *fault; /* what could not be read of these contacts; NULL */
    const char *bare;  /* the role of one that is told by its handle alone; NULL */
};
void rdap_entities_read(struct dcv_arena *arena, const json_t *domain, const struct redaction *redaction, struct dcv_registry_reading *out,
                        struct rdap_entities *entities);

#endif
