/* Public Suffix List: suffixes, base domains, the ladder of Authorization Domain Names. */
#ifndef DCV_NAME_PSL_H
#define DCV_NAME_PSL_H

#include "name/name.h"

struct dcv_psl;

/* `path` NULL: the list of the system, or the one built into libpsl. DCV_ERR_IO: unreadable or no list in it. */
enum dcv_status dcv_psl_create(const char *path, struct dcv_psl **out);
void dcv_psl_free(struct dcv_psl *psl);
/* Where the list came from, for the report: its path, or "built into libpsl". */
const char *dcv_psl_origin(const struct dcv_psl *psl);

/* How many rightmost labels of `name` are its public suffix, ICANN section only (BR 3.2.2.6); an unlisted TLD counts as
 * a suffix of one label. */
unsigned dcv_psl_suffix_labels(const struct dcv_psl *psl, const struct dcv_name *name);
bool dcv_psl_is_suffix(const struct dcv_psl *psl, const struct dcv_name *name);
/* Public suffix plus one label; false when `name` is a public suffix or the root. */
bool dcv_psl_base(const struct dcv_psl *psl, const struct dcv_name *name, struct dcv_name *out);
/* The same with the PRIVATE section counted; false when there is none. For a notice only. */
bool dcv_psl_base_private(const struct dcv_psl *psl, const struct dcv_name *name, struct dcv_name *out);
/* Is the TLD of `name` named by a rule of the list at all? */
bool dcv_psl_tld_listed(const struct dcv_psl *psl, const struct dcv_name *name);

#endif
