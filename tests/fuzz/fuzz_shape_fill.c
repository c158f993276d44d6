/* The values up to the first line end, then a marked text: what is filled in is of the values only. */
#include "shape/shape.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size != 0 ? memchr(data, '\n', size) : NULL;
    if (end == NULL)
        return 0;
    const size_t len = (size_t)(end - data), rest = size - len - 1;
    char *values = calloc(1, len + 1);
    struct dcv_buf out;
    dcv_buf_init(&out, 1 << 20);
    memcpy(values, data, len);
    if (dcv_shape_fill((const char *)end + 1, rest, values, &out) && !out.failed && out.len > rest * (len + 1))
        abort();
    free(values);
    dcv_buf_done(&out);
    return 0;
}
