#include "base/io.h"

#include <errno.h>
#include <string.h>

static enum dcv_status read_all(FILE *file, struct dcv_buf *out)
{
    char chunk[16384];
    for (;;) {
        size_t got = fread(chunk, 1, sizeof chunk, file);
        if (got > out->max || out->len > out->max - got)
            return DCV_ERR_LIMIT;
        dcv_buf_put(out, chunk, got);
        if (out->failed)
            return DCV_ERR_NOMEM;
        if (got < sizeof chunk)
            return ferror(file) ? DCV_ERR_IO : DCV_OK;
    }
}

enum dcv_status dcv_file_read(const char *path, struct dcv_buf *out)
{
    if (strcmp(path, "-") == 0)
        return read_all(stdin, out);
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return DCV_ERR_IO;
    enum dcv_status status = read_all(file, out);
    int reason = errno;
    (void)fclose(file);
    errno = reason;
    return status;
}

void dcv_writer_put(struct dcv_writer *writer, const void *data, size_t len)
{
    if (writer->error == 0 && len != 0)
        writer->error = writer->write(writer->user, data, len);
}

void dcv_writer_puts(struct dcv_writer *writer, const char *text)
{
    dcv_writer_put(writer, text, strlen(text));
}
