/* Files of recorded facts: reports written with their facts, as JSON or JSONL, or files of facts alone. */
#ifndef DCV_FACT_DOCUMENT_H
#define DCV_FACT_DOCUMENT_H

#include "base/buf.h"
#include "fact/fact.h"

struct dcv_documents;

/* Appends the facts of one name as such a document, on one line without its end. DCV_ERR_NOMEM, also where `out` takes no more. */
enum dcv_status dcv_document_write(const char *name, const struct dcv_facts *facts, struct dcv_buf *out);

/* Reads the text of a file: objects with "facts" (and "name", "about"), one, in an array, or one a line; or an array of facts.
 * DCV_ERR_SYNTAX: `*error` (free() it) is a clause that says where; DCV_ERR_NOMEM. */
enum dcv_status dcv_documents_read(const char *text, size_t len, struct dcv_documents **out, char **error);
void dcv_documents_free(struct dcv_documents *documents);
/* Was an order among them? It is not read: its names are. */
bool dcv_documents_order(const struct dcv_documents *documents);
size_t dcv_documents_count(const struct dcv_documents *documents);
/* The name that the facts of a document were gathered for, with its "*."; NULL: facts alone. */
const char *dcv_document_name(const struct dcv_documents *documents, size_t index);
/* Adds the facts of a document. `only_about` (may be NULL): registry contacts are taken only when their domain is this name or
 * above it, and what was said of the gathering is left alone. Errors as above. */
enum dcv_status dcv_document_add(const struct dcv_documents *documents, size_t index, const struct dcv_name *only_about,
                                 struct dcv_facts *facts, char **error);

#endif
