/* What is waited for: options, and lines of a tape. */
#include "api/session.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DEADLINE_DEFAULT_MS = 600000, DEADLINE_MAX_S = 604800, TXT_MAX = 65535 };

enum dcv_status wait_set_txt(struct dcv_session *session, const char *value)
{
    if (value[0] == '\0' || strlen(value) > TXT_MAX)
        return session_fail(session, DCV_ERR_USAGE, _("the value has %zu octets; it takes 1 to %d"), strlen(value), (int)TXT_MAX);
    session->waiting.txt = dcv_arena_strdup(session->arena, value);
    return session->waiting.txt != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

static enum dcv_status read_contact(struct dcv_session *session, struct dcv_arena *arena, const char *value, struct waiting *out)
{
    struct dcv_mailbox *mailbox = dcv_arena_alloc(arena, sizeof *mailbox);
    struct dcv_mailbox_error fault;
    if (mailbox == NULL)
        return DCV_ERR_NOMEM;
    enum dcv_status status = dcv_mailbox_parse(arena, value, strlen(value), mailbox, &fault);
    if (status == DCV_ERR_SYNTAX)
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is no e-mail address (%s); it takes one like admin@example.com"), value,
                            _(dcv_mailbox_fault_text(fault.fault)));
    out->mailbox = mailbox;
    out->contact = dcv_arena_strdup(arena, value);
    return status == DCV_OK && out->contact == NULL ? DCV_ERR_NOMEM : status;
}

enum dcv_status wait_set_contact(struct dcv_session *session, const char *value)
{
    return read_contact(session, session->arena, value, &session->waiting);
}

enum dcv_status wait_set_at(struct dcv_session *session, const char *value)
{
    struct dcv_name name;
    if (dcv_name_parse(value, &name, NULL) != DCV_OK || name.len <= 1)
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is no label; it takes one like _acme-challenge"), value);
    session->waiting.at = dcv_arena_strdup(session->arena, value);
    return session->waiting.at != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

bool wait_set_deadline(struct dcv_session *session, const char *value)
{
    char *end;
    errno = 0;
    const double seconds = strtod(value, &end);
    session->waiting.deadline_ms = -1;
    if (value[0] < '0' || value[0] > '9' || errno != 0 || *end != '\0' || !(seconds >= 0 && seconds <= DEADLINE_MAX_S))
        return false;
    session->waiting.deadline_ms = (long)(seconds * 1000 + 0.5);
    return session->waiting.deadline_ms == 0 || seconds > 3600;
}

enum dcv_status wait_check(struct dcv_session *session)
{
    const struct waiting *waiting = &session->waiting;
    session->taped = (struct waiting){.deadline_ms = -1};
    if (session->view != DCV_SHOW_WAIT) {
        if (session->deadline != NULL && (waiting->deadline_ms <= 0 || waiting->deadline_ms > 3600000))
            return session_fail(session, DCV_ERR_USAGE,
                                _("--deadline: '%s' is no time; it takes seconds from 0.001 to 3600"), session->deadline);
        return DCV_OK;
    }
    if (waiting->txt != NULL && waiting->contact != NULL)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("--txt and --contact exclude one another"));
    if (waiting->contact != NULL && waiting->at != NULL)
        return session_fail(session, DCV_ERR_USAGE, "%s",
                            _("--contact and --at exclude one another: a contact stands at _validation-contactemail"));
    if (waiting->txt == NULL && waiting->contact == NULL && session->replay == NULL)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("nothing to wait for; give --txt VALUE or --contact ADDRESS"));
    return DCV_OK;
}

/* ---- the tape ------------------------------------------------------------------------------------------------------------ */

static void add_line(const char *line, const char **lines, size_t *count)
{
    if (line != NULL)
        lines[(*count)++] = line;
}

static const char *hex_line(struct dcv_session *session, const char *key, const char *value)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 2 * TXT_MAX + 64);
    dcv_buf_printf(&buf, "%s ", key);
    dcv_hex_put(&buf, value, strlen(value));
    const char *line = buf.failed ? NULL : dcv_arena_strdup(session->run_arena, dcv_buf_text(&buf));
    if (line == NULL)
        dcv_arena_fail(session->run_arena);
    dcv_buf_done(&buf);
    return line;
}

size_t wait_lines(struct dcv_session *session, const char *lines[WAIT_LINES])
{
    const struct waiting *waiting = &session->waiting;
    size_t count = 0;
    if (session->view != DCV_SHOW_WAIT)
        return 0;
    if (waiting->txt != NULL)
        add_line(hex_line(session, "wait_txt", waiting->txt), lines, &count);
    if (waiting->contact != NULL)
        add_line(hex_line(session, "wait_contact", waiting->contact), lines, &count);
    if (waiting->at != NULL)
        add_line(hex_line(session, "wait_at", waiting->at), lines, &count);
    if (waiting->deadline_ms >= 0)
        add_line(dcv_arena_printf(session->run_arena, "wait_deadline_ms %ld", waiting->deadline_ms), lines, &count);
    return count;
}

/* The text behind "KEY " in hexadecimal, in the arena of the run; NULL: it is no such line. */
static const char *hex_value(struct dcv_session *session, const char *line, const char *key)
{
    const size_t len = strlen(key);
    if (strncmp(line, key, len) != 0 || line[len] != ' ')
        return NULL;
    const size_t room = strlen(line + len + 1) / 2 + 1;
    char *text = dcv_arena_alloc(session->run_arena, room);
    size_t read;
    if (text == NULL || !dcv_hex_read(line + len + 1, (uint8_t *)text, room - 1, &read) || strlen(text) != read || read == 0)
        return NULL;
    return text;
}

void wait_line_read(struct dcv_session *session, const char *line)
{
    static const char deadline[] = "wait_deadline_ms ";
    struct waiting *taped = &session->taped;
    struct dcv_name name;
    const char *txt = hex_value(session, line, "wait_txt"), *contact = hex_value(session, line, "wait_contact");
    const char *at = hex_value(session, line, "wait_at");
    if (txt != NULL)
        taped->txt = txt;
    if (at != NULL && dcv_name_parse(at, &name, NULL) == DCV_OK)
        taped->at = at;
    if (contact != NULL)
        (void)read_contact(session, session->run_arena, contact, taped);
    if (strncmp(line, deadline, sizeof deadline - 1) == 0)
        (void)dcv_text_number(line + sizeof deadline - 1, 0, DEADLINE_MAX_S * 1000L, &taped->deadline_ms);
}

enum dcv_status wait_settle(struct dcv_session *session, struct waiting *out)
{
    const bool given = session->waiting.txt != NULL || session->waiting.contact != NULL;
    *out = given ? session->waiting : session->taped;
    out->deadline_ms = session->deadline != NULL ? session->waiting.deadline_ms : session->taped.deadline_ms;
    if (out->deadline_ms < 0)
        out->deadline_ms = DEADLINE_DEFAULT_MS;
    if ((out->txt == NULL) == (out->mailbox == NULL))
        return session_fail(session, DCV_ERR_USAGE, "%s",
                            _("nothing to wait for: the tape is of another command; give --txt VALUE or --contact ADDRESS"));
    return DCV_OK;
}
