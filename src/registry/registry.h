/* Reading what registries and registrars answer, over WHOIS and RDAP: octets in, values out. Nothing here asks anybody.
 *
 * All octets are hostile: everything read is bounded, valid UTF-8 without control characters, and lives in the arena given. */
#ifndef DCV_REGISTRY_REGISTRY_H
#define DCV_REGISTRY_REGISTRY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include "base/vec.h"
#include "fact/registry.h"

#include <stddef.h>

enum {
    DCV_REGISTRY_CONTACTS = 32, /* of one answer; more are dropped, as are more of the others below */
    DCV_REGISTRY_STATUSES = 32,
    DCV_REGISTRY_HANDLES = 4,   /* asked for with "CONTACT" */
    DCV_REGISTRY_TEXT = 512,    /* octets of one value; what is longer is no value */
};

/* A contact of which only the handle is told. */
struct dcv_registry_handle {
    const char *role;   /* as in dcv_contact */
    const char *handle;
};

/* What one answer tells. */
struct dcv_registry_reading {
    enum dcv_contacts_state state;
    DCV_VEC(struct dcv_contact) contacts; /* one a (role, address); email "" where a contact is told without one */
    DCV_VEC(struct dcv_registry_handle) handles; /* to be asked for, each once a role */
    DCV_VEC(const char *) statuses;
    const char *registrar;  /* NULL: not told */
    int64_t expires;        /* 0: not told */
    /* Who knows more: of WHOIS a host name, from "refer:", "whois:", "Registrar WHOIS Server:", or "ReferralServer: whois://…"; of RDAP the URL of the
     * registrar's record (rel "related"). NULL: nobody. */
    const char *referral;
    const char *why;        /* the server's own words where it refuses or limits, for people; "" */
};

/* ---- WHOIS -------------------------------------------------------------------------------------------------------------------- */

/* Which shape a server's answers have is told by the answer, but for the request, which depends on the server. */
enum dcv_whois_request {
    DCV_WHOIS_PLAIN,    /* "example.com\r\n" */
    DCV_WHOIS_JPRS,     /* "example.jp/e\r\n": whois.jprs.jp, in English */
    DCV_WHOIS_JPRS_JA,  /* without /e */
};
/* Of a server by its host name. */
enum dcv_whois_request dcv_whois_request_of(const char *host);
/* The line to send for a domain, with its CRLF. */
void dcv_whois_put_domain(enum dcv_whois_request request, const char *domain, struct dcv_buf *out);
/* The same for a handle (JPRS "CONTACT AB012JP/e"). */
void dcv_whois_put_handle(enum dcv_whois_request request, const char *handle, struct dcv_buf *out);

/* Reads the answer to a question for `domain` (A-labels, lower case). Octets are ISO-2022-JP where they hold its escapes; else each line is UTF-8, or taken
 * for ISO-8859-1. An answer that tells of another domain, or that nothing can be made of, is UNREACHABLE with a `why`; so is an empty one, and one whose
 * only address is of nobody knows whom (role "unknown"). NONE with `handles` is half an answer: they are to be asked for, and then it is what their
 * answers are. A status of hold or deletion makes it SUSPENDED, whatever contacts are told. DCV_ERR_NOMEM. */
enum dcv_status dcv_whois_read(struct dcv_arena *arena, const void *octets, size_t len, const char *domain, struct dcv_registry_reading *out);
/* Reads the answer to a question for a handle: its addresses, as contacts of `role`. State FOUND, NONE, REDACTED, RATE_LIMITED, REFUSED or UNREACHABLE;
 * the last also where the registry says that it does not know the handle. */
enum dcv_status dcv_whois_read_handle(struct dcv_arena *arena, const void *octets, size_t len, const struct dcv_registry_handle *handle,
                                      struct dcv_registry_reading *out);
/* Reads what whois.iana.org answers for a top-level domain: `referral` is the registry's server, NULL with state NONE where it has none; FREE: no such TLD. */
enum dcv_status dcv_whois_read_iana(struct dcv_arena *arena, const void *octets, size_t len, const char *tld, struct dcv_registry_reading *out);

/* ---- RDAP --------------------------------------------------------------------------------------------------------------------- */

/* Reads a domain object (RFC 9083 §5.3), or an error object (§6). `status`: of HTTP. `retry_after_s` as in the fetch. DCV_ERR_NOMEM; an answer that is
 * no such object is UNREACHABLE with a `why`. */
enum dcv_status dcv_rdap_read(struct dcv_arena *arena, unsigned http_status, const void *octets, size_t len, const char *domain,
                              struct dcv_registry_reading *out);

/* The registry of RDAP servers (RFC 9224). */
struct dcv_rdap_bootstrap;

/* Reads the file that IANA publishes. DCV_ERR_NOMEM; DCV_ERR_SYNTAX: `*error` says what and where, in the arena. Entries with no https URL are left out. */
enum dcv_status dcv_rdap_bootstrap_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_rdap_bootstrap **out, const char **error);
/* When it was published: UNIX time; 0: it does not say. */
int64_t dcv_rdap_bootstrap_published(const struct dcv_rdap_bootstrap *bootstrap);
/* The base URL, which ends with "/", for a domain: that of its longest suffix listed; NULL: none is. */
const char *dcv_rdap_bootstrap_find(const struct dcv_rdap_bootstrap *bootstrap, const char *domain);
/* The one compiled in, which knows the larger registries only. */
const char *dcv_rdap_bootstrap_shipped(size_t *len);

/* ---- both --------------------------------------------------------------------------------------------------------------------- */

/* An EPP status code as RFC 5731 spells it, from any spelling ("client hold", "client hold https://icann.org/epp#clientHold"); others are returned as they are. */
const char *dcv_registry_status(struct dcv_arena *arena, const char *text);
/* Is it an address that stands for a form, a privacy service or a withheld value rather than the contact's own? */
bool dcv_registry_withheld(const char *value);

#endif
