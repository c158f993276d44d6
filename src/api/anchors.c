/* The trust anchors of a run: named, installed with the system, or built in; on a tape those of the recording. */
#include "api/session.h"

#include <errno.h>
#include <string.h>

enum { ANCHORS_MAX = 1 << 20 };

/* Where Debian's dns-root-data keeps the root's keys. */
static const char installed[] = "/usr/share/dns/root.key";

static enum dcv_status parse(struct dcv_session *session, const char *path, const struct dcv_buf *text, struct dcv_anchors **out)
{
    size_t line = 0;
    enum dcv_status status = dcv_anchors_parse(dcv_buf_text(text), text->len, out, &line);
    if (status != DCV_ERR_SYNTAX)
        return status;
    if (line == 0)
        return session_fail(session, DCV_ERR_USAGE, _("--trust-anchor: %s: no DS or DNSKEY record; it takes what 'dig . DNSKEY' prints"), path);
    return session_fail(session, DCV_ERR_USAGE, _("--trust-anchor: %s:%zu: not a record; it takes DS and DNSKEY records, one a line"), path, line);
}

static enum dcv_status read_named(struct dcv_session *session, struct dcv_anchors **out)
{
    struct dcv_buf text;
    dcv_buf_init(&text, ANCHORS_MAX);
    enum dcv_status status = dcv_file_read(session->trust_anchor, &text);
    if (status == DCV_ERR_IO)
        status = session_fail(session, DCV_ERR_USAGE, "--trust-anchor: %s: %s", session->trust_anchor, strerror(errno));
    else if (status == DCV_ERR_LIMIT)
        status = session_fail(session, DCV_ERR_USAGE, _("--trust-anchor: %s: larger than %d MiB"), session->trust_anchor, ANCHORS_MAX >> 20);
    else if (status == DCV_OK)
        status = parse(session, session->trust_anchor, &text, out);
    dcv_buf_done(&text);
    return status;
}

/* The system's, which its updates keep fresh; else those of the day this was built. */
static enum dcv_status read_installed(struct dcv_anchors **out)
{
    struct dcv_buf text;
    size_t line;
    dcv_buf_init(&text, ANCHORS_MAX);
    enum dcv_status status = dcv_file_read(installed, &text);
    if (status == DCV_OK)
        status = dcv_anchors_parse(dcv_buf_text(&text), text.len, out, &line);
    dcv_buf_done(&text);
    return status == DCV_OK || status == DCV_ERR_NOMEM ? status : dcv_anchors_iana(out);
}

enum dcv_status anchors_load(struct dcv_session *session, struct dcv_anchors **out)
{
    return session->trust_anchor != NULL ? read_named(session, out) : read_installed(out);
}

size_t anchors_lines(struct dcv_session *session, const struct dcv_anchors *anchors, const char **lines, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < dcv_anchors_count(anchors) && count < room; i++) {
        struct dcv_buf text;
        dcv_buf_init(&text, 1 << 16);
        dcv_rr_text(dcv_anchors_at(anchors, i), &text);
        const char *line = dcv_arena_printf(session->run_arena, "anchor %s", dcv_buf_text(&text));
        dcv_buf_done(&text);
        if (line != NULL)
            lines[count++] = line;
    }
    return count;
}

struct dcv_rrs anchors_copy(struct dcv_arena *arena, const struct dcv_anchors *anchors)
{
    const size_t count = anchors != NULL ? dcv_anchors_count(anchors) : 0;
    struct dcv_rrs copy = {.items = dcv_arena_array(arena, count, sizeof *copy.items)};
    for (size_t i = 0; copy.items != NULL && i < count; i++) {
        const struct dcv_rr *rr = dcv_anchors_at(anchors, i);
        const uint8_t *rdata = dcv_arena_copy(arena, rr->rdata, rr->rdlen);
        if (rdata == NULL)
            break;
        copy.items[copy.count] = *rr;
        copy.items[copy.count++].rdata = rdata;
    }
    return copy;
}

enum dcv_status anchors_replay(const struct dcv_buf *lines, struct dcv_anchors **out)
{
    size_t line;
    return lines->len != 0 ? dcv_anchors_parse(dcv_buf_text(lines), lines->len, out, &line) : dcv_anchors_iana(out);
}
