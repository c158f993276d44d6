/* The locale of the process. */
#ifndef DCV_CLI_LANGUAGE_H
#define DCV_CLI_LANGUAGE_H

#include <stdbool.h>

/* Texts in `language` ("en", "ja"), or in that of the locale when NULL. All texts are UTF-8, numbers are those of the C
 * locale. */
void cli_language_set(const char *language);
/* Does the locale of the environment say that the terminal shows UTF-8? */
bool cli_language_utf8(void);

#endif
