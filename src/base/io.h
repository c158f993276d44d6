/* Bounded reading of files, and writing that remembers its first failure. */
#ifndef DCV_BASE_IO_H
#define DCV_BASE_IO_H

#include "base/buf.h"
#include "base/status.h"

#include <stdio.h>

/* Reads the whole file ("-": standard input) into `out`, at most `out->max` octets. Errors: DCV_ERR_IO (errno says
 * why), DCV_ERR_LIMIT (larger than the ceiling), DCV_ERR_NOMEM. */
enum dcv_status dcv_file_read(const char *path, struct dcv_buf *out);

/* Where output goes. `write` returns 0, or the errno of the failure. */
struct dcv_writer {
    int (*write)(void *user, const void *data, size_t len);
    void *user;
    int error; /* errno of the first failure; nothing is written after it */
};

void dcv_writer_put(struct dcv_writer *writer, const void *data, size_t len);
void dcv_writer_puts(struct dcv_writer *writer, const char *text);

#endif
