/* A request as text:
 *
 *     url https://rdap.example/domain/example.jp
 *     accept application/rdap+json
 *     verify yes
 *     limit 1048576
 *
 * with an empty line after it; "accept" may be missing. */
#include "net/fetch_request.h"

#include "base/text.h"
#include "net/fields.h"

#include <string.h>

static bool printable(const char *text, char least, size_t max)
{
    size_t len = 0;
    while (text[len] >= least && text[len] <= '~')
        len++;
    return len <= max && text[len] == '\0';
}

/* As it stands there: libcurl would take less for a URL. */
static bool has_scheme(const char *url)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strlen(url) > strlen(schemes[i]) && dcv_ascii_equal_nocase_n(url, schemes[i], strlen(schemes[i])))
            return url[strlen(schemes[i])] != '/';
    return false;
}

static bool host_fits(CURLU *url)
{
    char *host = NULL;
    const bool fits = curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK && strlen(host) < DCV_ENDPOINT_NAME;
    curl_free(host);
    return fits;
}

/* A user name from a stranger serves to mislead (RFC 9110 §4.2.4). */
enum dcv_status dcv_fetch_url(const char *text, CURLU **out)
{
    if (!printable(text, '!', DCV_FETCH_URL_MAX) || !has_scheme(text))
        return DCV_ERR_USAGE;
    CURLU *url = curl_url();
    if (url == NULL)
        return DCV_ERR_NOMEM;
    const CURLUcode code = curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER | CURLU_PATH_AS_IS);
    if (code == CURLUE_OK && host_fits(url)) {
        *out = url;
        return DCV_OK;
    }
    curl_url_cleanup(url);
    return code == CURLUE_OUT_OF_MEMORY ? DCV_ERR_NOMEM : DCV_ERR_USAGE;
}

static enum dcv_status check(const struct dcv_fetch_request *request)
{
    CURLU *url = NULL;
    if (request->limit > DCV_FETCH_BODY_MAX || (request->accept != NULL && !printable(request->accept, ' ', DCV_FETCH_TYPE_MAX)))
        return DCV_ERR_USAGE;
    const enum dcv_status status = dcv_fetch_url(request->url, &url);
    if (status == DCV_OK)
        curl_url_cleanup(url);
    return status;
}

enum dcv_status dcv_fetch_request_write(const struct dcv_fetch_request *request, struct dcv_buf *out)
{
    const enum dcv_status status = check(request);
    if (status != DCV_OK)
        return status;
    dcv_fields_put(out, "url", request->url);
    if (request->accept != NULL)
        dcv_fields_put(out, "accept", request->accept);
    dcv_fields_put(out, "verify", request->verify ? "yes" : "no");
    dcv_buf_printf(out, "limit %zu\n\n", request->limit);
    return out->failed ? DCV_ERR_NOMEM : DCV_OK;
}

enum dcv_status dcv_fetch_request_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_fetch_request *out)
{
    struct dcv_cursor cursor;
    struct dcv_fetch_request request = {0};
    long limit = 0;
    dcv_cursor_init(&cursor, octets, len);
    request.url = dcv_fields_take(&cursor, arena, "url");
    request.accept = dcv_fields_take(&cursor, arena, "accept");
    const char *verify = dcv_fields_take(&cursor, arena, "verify");
    const char *number = dcv_fields_take(&cursor, arena, "limit");
    const bool ended = dcv_fields_end(&cursor) && dcv_cursor_left(&cursor) == 0;
    if (dcv_arena_failed(arena))
        return DCV_ERR_NOMEM;
    if (!ended || request.url == NULL || verify == NULL || number == NULL || !dcv_text_number(number, 0, DCV_FETCH_BODY_MAX, &limit))
        return DCV_ERR_SYNTAX;
    request.verify = strcmp(verify, "yes") == 0;
    request.limit = (size_t)limit;
    if (!request.verify && strcmp(verify, "no") != 0)
        return DCV_ERR_SYNTAX;
    const enum dcv_status status = check(&request);
    if (status == DCV_OK)
        *out = request;
    return status == DCV_ERR_USAGE ? DCV_ERR_SYNTAX : status;
}
