#include "net/fetch_head.h"

#include "base/text.h"

#include <curl/curl.h>
#include <limits.h>
#include <string.h>

static bool digit(char octet)
{
    return octet >= '0' && octet <= '9';
}

/* "HTTP/1.1 200 OK": what libcurl takes for one, it has looked at before. */
static void take_status_line(struct dcv_fetch_head *head, const char *line, size_t len)
{
    const size_t octets = head->octets;
    const char *at = memchr(line, ' ', len);
    *head = (struct dcv_fetch_head){.any = true, .fields = true, .octets = octets};
    for (at = at != NULL ? at + 1 : line + len; at < line + len && digit(*at) && head->status < 100; at++)
        head->status = head->status * 10 + (unsigned)(*at - '0');
}

/* Is it a field of this name? Its value without white space around it goes to `*value`. */
static bool is_field(const char *line, size_t len, const char *name, const char **value, size_t *value_len)
{
    const size_t name_len = strlen(name);
    if (len <= name_len || line[name_len] != ':' || !dcv_ascii_equal_nocase_n(line, name, name_len))
        return false;
    const char *from = line + name_len + 1, *to = line + len;
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (from < to && strchr(" \t\r\n", to[-1]) != NULL)
        to--;
    *value = from;
    *value_len = (size_t)(to - from);
    return true;
}

/* The first counts. */
static void keep_short(char *out, size_t room, const char *value, size_t len)
{
    if (out[0] != '\0' || len >= room)
        return;
    memcpy(out, value, len);
    out[len] = '\0';
}

static void keep_location(struct dcv_fetch_head *head, const char *value, size_t len)
{
    if (head->moved)
        return;
    head->moved = true;
    head->too_long = len >= sizeof head->location;
    if (!head->too_long)
        memcpy(head->location, value, len);
}

static void keep_type(struct dcv_fetch_head *head, const char *value, size_t len)
{
    if (head->typed)
        return;
    head->typed = true;
    memcpy(head->type, value, len < sizeof head->type ? len : sizeof head->type - 1);
}

static void take_field(struct dcv_fetch_head *head, const char *line, size_t len)
{
    const char *value;
    size_t value_len;
    if (is_field(line, len, "Location", &value, &value_len))
        keep_location(head, value, value_len);
    else if (is_field(line, len, "Content-Type", &value, &value_len))
        keep_type(head, value, value_len);
    else if (is_field(line, len, "Date", &value, &value_len))
        keep_short(head->date, sizeof head->date, value, value_len);
    else if (is_field(line, len, "Retry-After", &value, &value_len))
        keep_short(head->retry_after, sizeof head->retry_after, value, value_len);
}

bool dcv_fetch_head_take(struct dcv_fetch_head *head, const char *line, size_t len)
{
    enum { SWITCHING_PROTOCOLS = 101, FINAL = 200 };
    head->octets += len;
    head->too_long = head->too_long || head->octets > DCV_FETCH_HEAD_MAX;
    if (head->over)
        return !head->too_long;
    if (!head->fields) {
        take_status_line(head, line, len);
    } else if (len == 0 || line[0] == '\r' || line[0] == '\n') {
        head->fields = false;
        head->over = head->status >= FINAL || head->status == SWITCHING_PROTOCOLS;
    } else {
        take_field(head, line, len);
    }
    return !head->too_long;
}

/* ---- Retry-After -------------------------------------------------------------------------------------------------------------------- */

static long seconds_from(const char *text)
{
    long value = 0;
    for (; digit(*text); text++)
        value = value > (INT_MAX - 9) / 10 ? INT_MAX : value * 10 + (*text - '0');
    return *text == '\0' ? value : -1;
}

long dcv_fetch_head_retry_after_s(const struct dcv_fetch_head *head)
{
    if (head->retry_after[0] == '\0')
        return -1;
    if (digit(head->retry_after[0]) && seconds_from(head->retry_after) >= 0)
        return seconds_from(head->retry_after);
    const int64_t until = curl_getdate(head->retry_after, NULL), now = head->date[0] != '\0' ? curl_getdate(head->date, NULL) : -1;
    if (until < 0 || now < 0)
        return -1;
    return until <= now ? 0 : until - now > INT_MAX ? INT_MAX : (long)(until - now);
}
