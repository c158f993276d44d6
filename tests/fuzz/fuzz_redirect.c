/* A URL that is taken is taken again as it prints, as the same; where a redirect leads, one can go: to a name, at an allowed port, with a text that
 * fits a request line. The first line is the URL of the request, the rest its Location. */
#include "fact/redirect.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct dcv_url *url)
{
    struct dcv_url again;
    for (const char *c = url->text; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || strchr("\\#", *c) != NULL)
            abort();
    const char *dots = strstr(url->text, "/../");
    if ((url->port != 80 && url->port != 443) || url->host.len < 2 || (dots != NULL && dots < url->text + strcspn(url->text, "?"))
        || dcv_url_parse(url->text, 80, 443, &again, NULL) != DCV_OK || strcmp(again.text, url->text) != 0 || again.port != url->port
        || again.https != url->https || !dcv_name_equal(&again.host, &url->host))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_url url;
    char *text = calloc(1, size + 1), *location = text;
    memcpy(text, data, size);
    (void)strsep(&location, "\n");
    if (dcv_url_parse(text, 80, 443, &url, NULL) == DCV_OK)
        check(&url);
    const struct dcv_http_fact fact = {.url = text, .met = DCV_MET_TALKED, .status = 301, .location = location};
    if (dcv_redirect_of(&fact, 80, 443, &url) == DCV_REDIRECT_FOLLOW)
        check(&url);
    free(text);
    return 0;
}
