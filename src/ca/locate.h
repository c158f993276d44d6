/* Lines of a YAML text, for error messages: libcyaml tells the place of a fault in the structure, not in the text. */
#ifndef DCV_CA_LOCATE_H
#define DCV_CA_LOCATE_H

#include <stddef.h>

/* The line, from 1, of the thing at `path`: keys and numbers of entries from 0, each with a "/" after it, such as
 * "offers/2/until/". Where there is no such thing, that of the innermost part that exists; where the text is no YAML,
 * that of the fault; 0 when memory is short. */
size_t dcv_yaml_line(const char *text, size_t len, const char *path);

/* The same for many places of one text, which must outlive it. NULL: memory is short. */
struct dcv_yaml;
struct dcv_yaml *dcv_yaml_open(const char *text, size_t len);
void dcv_yaml_close(struct dcv_yaml *yaml); /* NULL is fine */
size_t dcv_yaml_find(struct dcv_yaml *yaml, const char *path);

#endif
