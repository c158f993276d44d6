/* A name that is taken is taken again from its ASCII and from its Unicode form, with the same result. */
#include "name/hostname.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static void parse_again(const char *text, const struct dcv_hostname *first)
{
    struct dcv_hostname again;
    struct dcv_hostname_error error;
    if (dcv_hostname_parse(text, strlen(text), &again, &error) != DCV_OK || strcmp(again.ascii, first->ascii) != 0 ||
        again.wildcard != first->wildcard || !dcv_name_equal(&again.name, &first->name))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_hostname hostname;
    struct dcv_hostname_error error;
    enum dcv_status status = dcv_hostname_parse((const char *)data, size, &hostname, &error);
    if (status == DCV_OK) {
        parse_again(hostname.ascii, &hostname);
        parse_again(hostname.unicode, &hostname);
    } else if (status != DCV_ERR_SYNTAX || error.fault == DCV_HOSTNAME_OK || error.at > size ||
               !dcv_utf8_valid(error.detail, strlen(error.detail))) {
        abort();
    }
    struct dcv_name name;
    if (dcv_name_from_unicode((const char *)data, size, &name) == DCV_OK && dcv_name_labels(&name) == 0)
        abort();
    return 0;
}
