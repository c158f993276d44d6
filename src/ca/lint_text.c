#include "ca/lint_rules.h"

#include <stdio.h>
#include <string.h>

/* A kind of text: names stand alone, sentences end, and are in their language. */
enum kind { NAME, SENTENCE };

/* "path" ends with "/". */
static void doubt(const struct dcv_linting *linting, const char *path, const char *key, const char *what)
{
    char at[DCV_CA_PATH_MAX + 8];
    (void)snprintf(at, sizeof at, "%s%s", path, key);
    dcv_ca_remark(linting->reader, DCV_CA_WARNING, at, "\"%s\" %s", key, what);
}

static bool ends_with(const char *text, size_t len, const char *end)
{
    const size_t end_len = strlen(end);
    return len >= end_len && memcmp(text + len - end_len, end, end_len) == 0;
}

/* Does the text end as a sentence does, with or without a bracket or quotation mark after it? */
static bool is_sentence(const char *text)
{
    static const char *const closing[] = {")", "\"", "）", "」"}, *const ends[] = {".", "?", "!", "。", "？", "！"};
    size_t len = strlen(text);
    for (size_t i = 0; i < sizeof closing / sizeof closing[0]; i++)
        if (ends_with(text, len, closing[i])) {
            len -= strlen(closing[i]);
            break;
        }
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends_with(text, len, ends[i]))
            return true;
    return false;
}

/* Kana or kanji: U+3040 to U+9FFF, which UTF-8 writes as E3 81 80 to E9 BF BF. */
static bool is_japanese(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++)
        if ((*at == 0xe3 && at[1] >= 0x81) || (*at > 0xe3 && *at <= 0xe9))
            return true;
    return false;
}

static void lint_one(const struct dcv_linting *linting, const char *path, const char *key, const char *text,
                     enum kind kind)
{
    if (text[0] == ' ' || ends_with(text, strlen(text), " "))
        doubt(linting, path, key, "begins or ends with a space; remove it");
    if (strstr(text, "  ") != NULL)
        doubt(linting, path, key, "holds two spaces together; remove one");
    if (kind == SENTENCE && !is_sentence(text))
        doubt(linting, path, key, "does not end as a sentence; end it with a full stop");
}

/* NULL is a text that is not there, as the schema allows. */
static void lint_pair(const struct dcv_linting *linting, const char *path, const char *en, const char *ja,
                      enum kind kind)
{
    if (en != NULL)
        lint_one(linting, path, "en", en, kind);
    if (ja != NULL)
        lint_one(linting, path, "ja", ja, kind);
    if (kind == SENTENCE && en != NULL && ja != NULL && strcmp(en, ja) == 0)
        doubt(linting, path, "ja", "is the same as \"en\"; translate it");
    else if (kind == SENTENCE && ja != NULL && !is_japanese(ja))
        doubt(linting, path, "ja", "holds no kana and no kanji; write it in Japanese");
}

/* `list`: the path of the steps, without "steps/". */
static void lint_steps(const struct dcv_linting *linting, const char *list, const struct raw_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "%ssteps/%zu/", list, i);
        lint_pair(linting, path, steps[i].en, steps[i].ja, SENTENCE);
    }
}

static void lint_product_texts(const struct dcv_linting *linting)
{
    const struct raw_profile *raw = linting->raw;
    lint_steps(linting, "", raw->steps, raw->step_count);
    for (size_t i = 0; i < raw->product_count; i++) {
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "products/%zu/", i);
        lint_steps(linting, path, raw->products[i].steps, raw->products[i].step_count);
        (void)snprintf(path, sizeof path, "products/%zu/name/", i);
        lint_pair(linting, path, raw->products[i].name.en, raw->products[i].name.ja, NAME);
    }
}

void dcv_lint_texts(const struct dcv_linting *linting)
{
    const struct raw_profile *raw = linting->raw;
    char path[DCV_CA_PATH_MAX];
    lint_pair(linting, "name/", raw->name.en, raw->name.ja, NAME);
    lint_pair(linting, "mail/subject/", raw->mail.subject.en, raw->mail.subject.ja, NAME);
    lint_pair(linting, "resend/", raw->resend.en, raw->resend.ja, SENTENCE);
    for (size_t i = 0; i < raw->offer_count; i++) {
        (void)snprintf(path, sizeof path, "offers/%zu/note/", i);
        lint_pair(linting, path, raw->offers[i].note.en, raw->offers[i].note.ja, SENTENCE);
    }
    for (size_t i = 0; i < raw->note_count; i++) {
        (void)snprintf(path, sizeof path, "notes/%zu/", i);
        lint_pair(linting, path, raw->notes[i].en, raw->notes[i].ja, SENTENCE);
    }
    lint_product_texts(linting);
}
