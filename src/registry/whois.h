/* What the readers of WHOIS answers share. Private to the module. */
#ifndef DCV_REGISTRY_WHOIS_H
#define DCV_REGISTRY_WHOIS_H

#include "registry/registry.h"
#include "registry/whois_text.h"

#define N_(text) (text) /* of what comes before ": " the report shows the translation */

enum { WHOIS_ROLES = 4 }; /* that a CA has ever used */

/* One reading under way. */
struct whois_reader {
    struct dcv_arena *arena;   /* of what is read out */
    struct dcv_arena *scratch; /* of the lines; ends with the reading */
    struct whois_text text;
    const char *domain;
    struct dcv_registry_reading *out;
    unsigned names; /* domain names compared so far */
    bool named;     /* the answer tells of the domain */
    bool other;     /* it tells of another */
    bool several;   /* of both, in records of their own */
    bool evidence;  /* it tells more of it than the name */
    bool free, reserved, suspended; /* says a status */
    bool doubt;     /* there is what may be an address of a contact, but cannot be read */
    bool stray;     /* there is an address, and it is not told whose */
    bool concealed; /* the same of one that is withheld */
    bool registry_expires;
    struct whois_told {
        bool told, withheld;
    } told[WHOIS_ROLES]; /* contacts that the answer tells of, perhaps without an address */
};

/* ---- whois.c ------------------------------------------------------------------------------------------------------------------ */

/* Reads the lines; false: memory is short. `out` is written in any case, and whois_end() is to be called. */
bool whois_begin(struct whois_reader *reader, struct dcv_arena *arena, const void *octets, size_t len, const char *domain,
                 struct dcv_registry_reading *out);
enum dcv_status whois_end(struct whois_reader *reader);
/* Of an answer that tells nothing of the thing asked for but, maybe, in words. `another`: what is said where it tells of another. */
void whois_decide_by_words(struct whois_reader *reader, const char *another);
/* What is read in an answer that tells of no registration is not told. */
void whois_drop(struct dcv_registry_reading *out);

/* ---- whois_contact.c ---------------------------------------------------------------------------------------------------------- */

/* NULL: the text is none that can be kept. */
const char *whois_value(struct whois_reader *reader, const char *text);
/* Adds what the value of an e-mail field holds: addresses, or what stands in their place. `role` NULL: not told whose it is. */
void whois_add_emails(struct whois_reader *reader, const char *role, const char *handle, const struct whois_line *line);
/* Adds the address that a line without a label ends with, if it does. */
void whois_add_bare(struct whois_reader *reader, const char *role, const struct whois_line *line);
/* Adds a contact without an address. */
void whois_add_handle_only(struct whois_reader *reader, const char *role, const char *handle, bool withheld);
/* A contact of this role is told of; `text`: something that is told of it. */
void whois_tell(struct whois_reader *reader, const char *role, const char *text);
/* Adds those told of that no address was found for. */
void whois_add_told(struct whois_reader *reader);
/* Is it one of the roles that a CA has ever used? */
bool whois_used_role(const char *role);
/* Does the text say that something is kept back ("REDACTED FOR PRIVACY")? */
bool whois_says_withheld(const char *text);

/* ---- whois_state.c ------------------------------------------------------------------------------------------------------------ */

/* A status value: kept as told, and what it means for the state. Several may be parted by commas. */
void whois_add_statuses(struct whois_reader *reader, const char *value);
/* What the answer's words say where it tells of no registration: FREE, RESERVED, RATE_LIMITED, REFUSED, and then `why`; else UNREACHABLE. */
enum dcv_contacts_state whois_phrase_state(struct whois_reader *reader);
/* Does the status keep the domain from resolving, by the registry's or registrar's will? */
bool dcv_registry_suspends(const char *status);

/* ---- whois_fields.c, whois_jprs.c --------------------------------------------------------------------------------------------- */

/* Compares a domain name that the answer tells of; false: it is another. */
bool whois_compare_name(struct whois_reader *reader, const char *value);
/* Sets `referral` to the host name in the value, if there is one. */
void whois_refer(struct whois_reader *reader, const char *value);
/* Answers of "label: value" lines, be they in the consistent gTLD format, in blocks or in RPSL objects. */
void whois_read_fields(struct whois_reader *reader);
/* Is it an answer of JPRS about a .jp domain? */
bool whois_jprs_is(const struct whois_text *text);
void whois_jprs_read(struct whois_reader *reader);
void whois_jprs_read_handle(struct whois_reader *reader, const struct dcv_registry_handle *handle);

#endif
