/* A transcript is lines, one for each thing that was said and what came of it, in the order in which it was said:
 *     recipients 2                       how many there were to ask
 *     banner 220 mx.example ESMTP        a reply: its code and its text, escaped; 0: none came
 *     ehlo 250 mx.example\x0aSTARTTLS    or "helo", "starttls", "mail", "rset", "quit"
 *     handshake TLSv1.3 FLAW             done; what is wrong with the certificate, nothing where it is sound
 *     handshake - REASON                 not done
 *     rcpt 0 250 ok                      likewise, after the number of the recipient
 *     broken timeout                     why it ended before its time */
#include "net/smtp.h"

#include "base/text.h"
#include "net/lines.h"

#include <string.h>

enum { CODE_MAX = 599 };

static const char *const stage_texts[] = {
    [DCV_SMTP_CONNECTED] = "connected", [DCV_SMTP_BANNER] = "banner",         [DCV_SMTP_EHLO] = "ehlo", [DCV_SMTP_STARTTLS] = "starttls",
    [DCV_SMTP_HANDSHAKE] = "handshake", [DCV_SMTP_EHLO_AGAIN] = "ehlo-again", [DCV_SMTP_MAIL] = "mail", [DCV_SMTP_RCPT] = "rcpt",
    [DCV_SMTP_QUIT] = "quit",
};

const char *dcv_smtp_stage_text(enum dcv_smtp_stage stage)
{
    return stage_texts[stage];
}

/* The first line is the server's name and what it has to say. */
bool dcv_smtp_offers(const char *ehlo, const char *keyword)
{
    const size_t len = strlen(keyword);
    for (const char *line = strchr(ehlo, '\n'); line != NULL; line = strchr(line + 1, '\n'))
        if (strlen(line + 1) >= len && dcv_ascii_equal_nocase_n(line + 1, keyword, len) && strchr(" \n", line[1 + len]) != NULL)
            return true;
    return false;
}

/* "CODE TEXT". */
static bool read_reply(char *text, struct dcv_smtp_reply *out)
{
    char *rest = dcv_lines_cut(text);
    long code;
    if (!dcv_text_number(text, 0, CODE_MAX, &code) || !dcv_lines_unescape(rest))
        return false;
    *out = (struct dcv_smtp_reply){(unsigned)code, rest};
    return true;
}

static bool read_greeting(struct dcv_smtp_answer *answer, bool extended, char *text)
{
    answer->reached = answer->reached >= DCV_SMTP_HANDSHAKE ? DCV_SMTP_EHLO_AGAIN : DCV_SMTP_EHLO;
    if (!read_reply(text, &answer->ehlo))
        return false;
    if (extended && !answer->tls && answer->ehlo.code / 100 == 2)
        answer->offers_starttls = dcv_smtp_offers(answer->ehlo.text, "STARTTLS");
    return true;
}

static bool read_handshake(struct dcv_smtp_answer *answer, char *text)
{
    char *flaw = dcv_lines_cut(text);
    if (!dcv_lines_unescape(flaw))
        return false;
    answer->reached = DCV_SMTP_HANDSHAKE;
    answer->tls = strcmp(text, "-") != 0;
    answer->tls_version = answer->tls ? text : "";
    answer->sound = answer->tls && flaw[0] == '\0';
    answer->flaw = flaw;
    return true;
}

static bool read_recipient(struct dcv_smtp_answer *answer, char *text)
{
    char *reply = dcv_lines_cut(text);
    long number;
    answer->reached = DCV_SMTP_RCPT;
    return dcv_text_number(text, 0, (long)answer->count - 1, &number) && read_reply(reply, &answer->recipients[number]);
}

static bool read_line(struct dcv_smtp_answer *answer, const char *word, char *rest)
{
    struct dcv_smtp_reply passing;
    const struct {
        const char *word;
        enum dcv_smtp_stage stage;
        struct dcv_smtp_reply *reply;
    } replies[] = {{"banner", DCV_SMTP_BANNER, &answer->banner}, {"starttls", DCV_SMTP_STARTTLS, &answer->starttls},
                   {"mail", DCV_SMTP_MAIL, &answer->mail},       {"rset", DCV_SMTP_RCPT, &passing},
                   {"quit", DCV_SMTP_QUIT, &passing}};
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
        if (strcmp(word, replies[i].word) == 0) {
            answer->reached = replies[i].stage;
            return read_reply(rest, replies[i].reply);
        }
    }
    if (strcmp(word, "ehlo") == 0 || strcmp(word, "helo") == 0)
        return read_greeting(answer, word[0] == 'e', rest);
    if (strcmp(word, "handshake") == 0)
        return read_handshake(answer, rest);
    if (strcmp(word, "rcpt") == 0)
        return read_recipient(answer, rest);
    answer->broken = rest;
    return strcmp(word, "broken") == 0 && rest[0] != '\0' && dcv_lines_unescape(rest);
}

static enum dcv_status read_count(struct dcv_arena *arena, struct dcv_lines *lines, struct dcv_smtp_answer *answer)
{
    char *word, *rest;
    long count;
    if (!dcv_lines_next(lines, &word, &rest) || strcmp(word, "recipients") != 0 || !dcv_text_number(rest, 0, DCV_SMTP_RECIPIENTS, &count))
        return DCV_ERR_SYNTAX;
    answer->count = (size_t)count;
    answer->recipients = dcv_arena_array(arena, answer->count, sizeof *answer->recipients);
    if (answer->recipients == NULL)
        return DCV_ERR_NOMEM;
    for (size_t i = 0; i < answer->count; i++)
        answer->recipients[i].text = "";
    return DCV_OK;
}

enum dcv_status dcv_smtp_answer_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_smtp_answer *out)
{
    static const struct dcv_smtp_reply none = {0, ""};
    struct dcv_smtp_answer answer = {.banner = none, .ehlo = none, .starttls = none, .mail = none, .tls_version = "", .flaw = ""};
    struct dcv_lines lines;
    char *word, *rest;
    enum dcv_status status = dcv_lines_init(&lines, arena, octets, len);
    if (status == DCV_OK)
        status = read_count(arena, &lines, &answer);
    while (status == DCV_OK && dcv_lines_next(&lines, &word, &rest))
        status = read_line(&answer, word, rest) ? DCV_OK : DCV_ERR_SYNTAX;
    if (status == DCV_OK)
        *out = answer;
    return status;
}
