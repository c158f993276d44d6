/* Conversations beside the DNS — registries, mail hosts, web servers — as options, as settings of a run, and as lines of a tape. Private to this module. */
#ifndef DCV_API_TALK_H
#define DCV_API_TALK_H

#include "base/arena.h"
#include "base/buf.h"
#include "gather/gather.h"
#include "net/net.h"

#include <dcvready/status.h>

struct dcv_session;
struct dcv_result;

/* As the options say. */
struct talk_options {
    bool no_whois, no_cache, smtp;
    const char *helo, *mail_from;    /* NULL: dcvready's own */
    const char *whois_server;        /* NULL: whois.iana.org says which */
    const char *bootstrap;           /* the text of a file; NULL: IANA's */
    size_t bootstrap_len;
    const char *token_name;          /* NULL: none is given */
    const uint8_t *token;
    size_t token_len;
    long smtp_port, http_port, https_port; /* 0: the standard ones */
};

/* Those of a run, or of a tape. */
enum { TALK_FILES = 2 };
struct talk_settings {
    bool registry, cache, smtp, alpn, mail_security;
    const char *helo, *mail_from, *whois_server, *bootstrap;
    size_t bootstrap_len;
    uint16_t smtp_port, http_port, https_port;
    struct dcv_web_file files[TALK_FILES];
    size_t file_count;
};

enum dcv_status talk_set_no_whois(struct dcv_session *session, const char *value);
enum dcv_status talk_set_no_cache(struct dcv_session *session, const char *value);
enum dcv_status talk_set_smtp(struct dcv_session *session, const char *value);
enum dcv_status talk_set_helo(struct dcv_session *session, const char *value);
enum dcv_status talk_set_mail_from(struct dcv_session *session, const char *value);
enum dcv_status talk_set_whois_server(struct dcv_session *session, const char *value);
enum dcv_status talk_set_bootstrap(struct dcv_session *session, const char *value);
enum dcv_status talk_set_token_file(struct dcv_session *session, const char *value);
enum dcv_status talk_set_smtp_port(struct dcv_session *session, const char *value);
enum dcv_status talk_set_http_port(struct dcv_session *session, const char *value);
enum dcv_status talk_set_https_port(struct dcv_session *session, const char *value);

/* Options that would have no effect beside the others are a wrong call. DCV_ERR_USAGE. */
enum dcv_status talk_check(struct dcv_session *session);
/* What the run will do: as the view and the options say. Values live in the arena of the run. DCV_ERR_NOMEM. */
enum dcv_status talk_settle(struct dcv_session *session, struct talk_settings *out);
/* Writes them as lines for a tape, in the arena of the run; returns how many. */
enum { TALK_LINES = 20 };
size_t talk_lines(struct dcv_session *session, const struct talk_settings *settings, const char *lines[TALK_LINES]);
/* Before the lines of a tape are read. */
void talk_lines_begin(struct talk_settings *out);
/* Reads a line of a tape, if it is of these; values live in the arena of the run. */
void talk_line_read(struct dcv_session *session, const char *line, struct talk_settings *out);
/* The directory of the user's cache, in the arena of the session; NULL: there is none, or it is not to be used. */
const char *talk_cache_dir(const struct dcv_session *session);
/* For the gathering; `user` of the call is a result. */
dcv_gather_mailboxes_fn talk_mailboxes;

#endif
