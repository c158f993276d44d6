/* A request is lines: "host mx.example", "helo client.example", "from a@b.example", "starttls" where it is wanted, and "rcpt c@d.example" for each
 * recipient, in this order. */
#include "net/smtp.h"

#include "net/lines.h"

#include <string.h>

enum { VALUE_MAX = 480 /* with its command, of the 512 octets of a line (RFC 5321 §4.5.3.1.4) */ };

/* No octet that could end a line or a path; `wide`: beyond ASCII is fine. */
static bool good_value(const char *text, bool wide)
{
    if (strlen(text) > VALUE_MAX)
        return false;
    for (const char *at = text; *at != '\0'; at++) {
        const uint8_t octet = (uint8_t)*at;
        if (octet < ' ' || octet == 0x7f || octet == '<' || octet == '>' || (octet > 0x7f && !wide))
            return false;
    }
    return true;
}

static bool good_request(const struct dcv_smtp_request *request)
{
    if (!good_value(request->host, false) || !good_value(request->helo, false) || !good_value(request->from, false) || request->helo[0] == '\0'
        || strlen(request->host) >= DCV_ENDPOINT_NAME || request->count > DCV_SMTP_RECIPIENTS)
        return false;
    for (size_t i = 0; i < request->count; i++)
        if (request->recipients[i][0] == '\0' || !good_value(request->recipients[i], true))
            return false;
    return true;
}

enum dcv_status dcv_smtp_request_write(const struct dcv_smtp_request *request, struct dcv_buf *out)
{
    if (!good_request(request))
        return DCV_ERR_USAGE;
    dcv_buf_printf(out, "host %s\nhelo %s\nfrom %s\n%s", request->host, request->helo, request->from, request->starttls ? "starttls\n" : "");
    for (size_t i = 0; i < request->count; i++)
        dcv_buf_printf(out, "rcpt %s\n", request->recipients[i]);
    return out->failed ? DCV_ERR_NOMEM : DCV_OK;
}

static bool read_line(struct dcv_smtp_request *request, const char **recipients, const char *word, const char *rest)
{
    const struct {
        const char *word, **value;
    } values[] = {{"host", &request->host}, {"helo", &request->helo}, {"from", &request->from}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (strcmp(word, values[i].word) == 0) {
            *values[i].value = rest;
            return true;
        }
    }
    if (strcmp(word, "starttls") == 0) {
        request->starttls = true;
        return rest[0] == '\0';
    }
    if (strcmp(word, "rcpt") != 0 || request->count == DCV_SMTP_RECIPIENTS)
        return false;
    recipients[request->count++] = rest;
    return true;
}

enum dcv_status dcv_smtp_request_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_smtp_request *out)
{
    struct dcv_smtp_request request = {.host = ""};
    const char **recipients = dcv_arena_array(arena, DCV_SMTP_RECIPIENTS, sizeof *recipients);
    struct dcv_lines lines;
    char *word, *rest;
    enum dcv_status status = dcv_lines_init(&lines, arena, octets, len);
    if (status != DCV_OK || recipients == NULL)
        return status != DCV_OK ? status : DCV_ERR_NOMEM;
    while (dcv_lines_next(&lines, &word, &rest))
        if (!read_line(&request, recipients, word, rest))
            return DCV_ERR_SYNTAX;
    request.recipients = recipients;
    if (request.helo == NULL || request.from == NULL || !good_request(&request))
        return DCV_ERR_SYNTAX;
    *out = request;
    return DCV_OK;
}
