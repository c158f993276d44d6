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
        if (endpoint.port == 0 || strlen(printed) >= sizeof printed - 1 || strpbrk(printed, " \n") != NULL
            || dcv_endpoint_parse(printed, 1, &again) != DCV_OK || !dcv_endpoint_equal(&again, &endpoint) || again.named != endpoint.named)
            abort();
    }
    free(text);
    return 0;
}
