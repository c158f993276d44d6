/* What is read of a line is written as a line that is read as the same. */
#include "parcel/parcel.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_parcel_reader *reader;
    struct dcv_parcel parcel;
    struct dcv_buf line, again;
    dcv_buf_init(&line, 1 << 22);
    dcv_buf_init(&again, 1 << 22);
    if (dcv_parcel_reader_create(&reader) != DCV_OK)
        abort();
    if (dcv_parcel_read(reader, (const char *)data, size, &parcel) == DCV_OK && parcel.kind == DCV_PARCEL_NAME) {
        dcv_parcel_put_name(&line, &parcel.name);
        if (dcv_parcel_read(reader, line.data, line.len - 1, &parcel) != DCV_OK)
            abort();
        dcv_parcel_put_name(&again, &parcel.name);
        if (again.len != line.len)
            abort();
    }
    dcv_parcel_reader_free(reader);
    dcv_buf_done(&line);
    dcv_buf_done(&again);
    return 0;
}
