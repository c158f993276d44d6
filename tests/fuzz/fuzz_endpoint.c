/* An endpoint that is taken is taken again as it prints, whatever the default port. */
#include "net/net.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_endpoint endpoint, again;
    char *text = calloc(1, size + 1), printed[DCV_ENDPOINT_TEXT];
    memcpy(text, data, size);
    if (dcv_endpoint_parse(text, 53, &endpoint) == DCV_OK) {
        (void)dcv_endpoint_text(&endpoint, printed);
        *strrchr(printed, '#') = '\0';
        if (endpoint.port == 0 || dcv_endpoint_parse(printed, endpoint.port, &again) != DCV_OK || strcmp(again.host, endpoint.host) != 0
            || again.port != endpoint.port)
            abort();
    }
    free(text);
    return 0;
}
