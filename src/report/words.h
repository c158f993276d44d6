/* Words for people, in their language. JSON carries the stable English identifiers instead. */
#ifndef DCV_REPORT_WORDS_H
#define DCV_REPORT_WORDS_H

#include "fact/fact.h"
#include "judgement/judgement.h"
#include "report/report.h"

#include <libintl.h>

#define _(text) dgettext("dcvready", (text))
#define N_(text) (text)

/* Are texts shown in Japanese? Decides which of a profile's two texts is taken. */
bool dcv_japanese(void);
/* The one of two texts that fits the user; falls back to the other. NULL when both are. */
const char *dcv_pick(const char *en, const char *ja);

const char *dcv_word_verdict(enum dcv_verdict verdict);
const char *dcv_word_by(enum dcv_by by);
const char *dcv_word_severity(enum dcv_severity severity);
const char *dcv_word_status(enum dcv_status_of_entry status);
const char *dcv_word_mail(enum dcv_mail mail);
const char *dcv_word_source(enum dcv_source source);
const char *dcv_word_rung(enum dcv_rung_kind kind);
const char *dcv_word_permits(enum dcv_permits permits);
const char *dcv_word_known(enum dcv_known known);
/* Of a contact, as the registry's own answers call it: JPRS has other words than the rest. The role itself where it is no known one. */
const char *dcv_word_role(const char *role, bool jprs);
const char *dcv_word_recipients(enum dcv_recipients recipients);
const char *dcv_word_recipients_rule(enum dcv_recipients recipients); /* a sentence */
const char *dcv_word_step(enum dcv_step_kind kind);
const char *dcv_word_kind(enum dcv_ca_kind kind);
const char *dcv_word_level(enum dcv_level level);
const char *dcv_word_security(enum dcv_security security);
const char *dcv_word_accepts(enum dcv_accepts answer);

/* The value of a place of a text: where it is a word of dcvready's own ("timeout", "constructed"), its translation. */
const char *dcv_word_of_argument(const char *key, size_t key_len, const char *value);

/* A text with reasons in it, as "mail.example.jp (no answer in time)", each of them translated. Escaped. */
void dcv_reasons_put(struct dcv_buf *buf, const char *text);

/* "all", "one", …: identifiers for JSON. */
const char *dcv_recipients_id(enum dcv_recipients recipients);
const char *dcv_kind_id(enum dcv_ca_kind kind);
const char *dcv_known_id(enum dcv_known known);
const char *dcv_accepts_id(enum dcv_accepts answer);
const char *dcv_reason_id(enum dcv_accepts_reason reason);

/* Why an answer is not secure, in the sentence that the finding about it has: "The signature over example.jp MX in zone example.jp expired on …";
 * "" where there is no cause. Escaped, in the arena. */
const char *dcv_cause_words(struct dcv_arena *arena, const struct dcv_trust *trust);

#endif
