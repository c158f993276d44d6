/* A request is two lines: "name www.example", "protocol acme-tls/1". An answer has a line for each value that says something:
 *     version TLSv1.3             the handshake was done
 *     protocol acme-tls/1         this one was negotiated; escaped
 *     identifier                  the certificate is that of a validation
 *     flaw certificate has expired
 *     failure no TLS              the handshake was not done
 *     no-protocol                 because the server does not know the protocol */
#include "net/alpn.h"

#include "net/lines.h"

#include <string.h>

enum { NAME_MAX_LEN = DCV_ENDPOINT_NAME - 1, PROTOCOL_MAX_LEN = 255 /* RFC 7301 §3.1 */ };

static bool good_value(const char *text, size_t max)
{
    const size_t len = strlen(text);
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return len != 0 && len <= max;
}

static bool good_request(const struct dcv_alpn_request *request)
{
    return good_value(request->name, NAME_MAX_LEN) && good_value(request->protocol, PROTOCOL_MAX_LEN);
}

enum dcv_status dcv_alpn_request_write(const struct dcv_alpn_request *request, struct dcv_buf *out)
{
    if (!good_request(request))
        return DCV_ERR_USAGE;
    dcv_buf_printf(out, "name %s\nprotocol %s\n", request->name, request->protocol);
    return out->failed ? DCV_ERR_NOMEM : DCV_OK;
}

enum dcv_status dcv_alpn_request_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_alpn_request *out)
{
    struct dcv_alpn_request request = {"", ""};
    struct dcv_lines lines;
    char *word, *rest;
    enum dcv_status status = dcv_lines_init(&lines, arena, octets, len);
    while (status == DCV_OK && dcv_lines_next(&lines, &word, &rest)) {
        if (strcmp(word, "name") == 0)
            request.name = rest;
        else if (strcmp(word, "protocol") == 0)
            request.protocol = rest;
        else
            status = DCV_ERR_SYNTAX;
    }
    if (status == DCV_OK && !good_request(&request))
        status = DCV_ERR_SYNTAX;
    if (status == DCV_OK)
        *out = request;
    return status;
}

static void put_value(struct dcv_buf *out, const char *word, const char *value)
{
    if (value[0] == '\0')
        return;
    dcv_buf_printf(out, "%s ", word);
    dcv_lines_put_text(out, value, strlen(value));
}

enum dcv_status dcv_alpn_answer_write(const struct dcv_alpn_answer *answer, struct dcv_buf *out)
{
    if (answer->handshake) {
        put_value(out, "version", answer->version);
        put_value(out, "protocol", answer->negotiated);
        dcv_buf_puts(out, answer->identifier ? "identifier\n" : "");
        put_value(out, "flaw", answer->flaw);
    } else {
        put_value(out, "failure", answer->failure);
        dcv_buf_puts(out, answer->no_protocol ? "no-protocol\n" : "");
    }
    return out->failed ? DCV_ERR_NOMEM : DCV_OK;
}

static bool read_line(struct dcv_alpn_answer *answer, const char *word, char *rest)
{
    const struct {
        const char *word, **value;
    } values[] = {{"version", &answer->version}, {"protocol", &answer->negotiated}, {"flaw", &answer->flaw}, {"failure", &answer->failure}};
    const struct {
        const char *word;
        bool *flag;
    } flags[] = {{"identifier", &answer->identifier}, {"no-protocol", &answer->no_protocol}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (strcmp(word, values[i].word) == 0) {
            *values[i].value = rest;
            return rest[0] != '\0' && dcv_lines_unescape(rest);
        }
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(word, flags[i].word) == 0) {
            *flags[i].flag = true;
            return rest[0] == '\0';
        }
    }
    return false;
}

/* Either the handshake was done, or it is told why not. */
static bool consistent(const struct dcv_alpn_answer *answer)
{
    if (answer->handshake)
        return answer->failure[0] == '\0' && !answer->no_protocol;
    return answer->failure[0] != '\0' && answer->negotiated[0] == '\0' && answer->flaw[0] == '\0' && !answer->identifier;
}

enum dcv_status dcv_alpn_answer_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_alpn_answer *out)
{
    struct dcv_alpn_answer answer = {.negotiated = "", .failure = "", .version = "", .flaw = ""};
    struct dcv_lines lines;
    char *word, *rest;
    enum dcv_status status = dcv_lines_init(&lines, arena, octets, len);
    while (status == DCV_OK && dcv_lines_next(&lines, &word, &rest))
        status = read_line(&answer, word, rest) ? DCV_OK : DCV_ERR_SYNTAX;
    answer.handshake = answer.version[0] != '\0';
    answer.sound = answer.handshake && answer.flaw[0] == '\0';
    if (status == DCV_OK && !consistent(&answer))
        status = DCV_ERR_SYNTAX;
    if (status == DCV_OK)
        *out = answer;
    return status;
}
