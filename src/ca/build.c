#include "ca/build.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

void dcv_build_fault(struct dcv_ca_builder *builder, const char *path, const char *key, const char *format, ...)
{
    char at[DCV_CA_PATH_MAX], message[512];
    (void)snprintf(at, sizeof at, "%s%s", path, key != NULL ? key : "");
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    dcv_ca_fault(builder->reader, at, "%s", message);
}

enum dcv_known dcv_build_known(int answer)
{
    switch (answer) {
    case RAW_YES: return DCV_YES;
    case RAW_NO: return DCV_NO;
    default: return DCV_UNKNOWN;
    }
}

const char *dcv_build_text(struct dcv_ca_builder *builder, const char *text, const char *path, const char *key)
{
    for (const char *at = text; at != NULL && *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f) {
            dcv_build_fault(builder, path, key, "\"%s\" holds a control character; write it on one line", key);
            break;
        }
    return text;
}

dcv_date dcv_build_date(struct dcv_ca_builder *builder, const char *text, const char *path, const char *key)
{
    dcv_date date = DCV_DATE_NONE;
    if (text != NULL && !dcv_date_parse(text, &date))
        dcv_build_fault(builder, path, key, "\"%s\" is no date; write an existing day as YYYY-MM-DD", text);
    return date;
}

void dcv_build_period(struct dcv_ca_builder *builder, const char *from, const char *until, const char *path,
                      dcv_date out[2])
{
    out[0] = dcv_build_date(builder, from, path, "from");
    out[1] = dcv_build_date(builder, until, path, "until");
    if (out[0] != DCV_DATE_NONE && out[1] != DCV_DATE_NONE && out[0] >= out[1])
        dcv_build_fault(builder, path, "until",
                        "\"until\" (%s) is not after \"from\" (%s); it is the first day on which it "
                        "no longer holds",
                        until, from);
}

int dcv_build_number(struct dcv_ca_builder *builder, const char *text, long max, const char *path, const char *key)
{
    long number = 0;
    if (text != NULL && !dcv_text_number(text, 1, max, &number))
        dcv_build_fault(builder, path, key, "\"%s\" is no value for \"%s\"; write a number from 1 to %ld", text, key,
                        max);
    return (int)number;
}

const char *dcv_build_domain(struct dcv_ca_builder *builder, const char *text, const char *path)
{
    struct dcv_name name;
    if (text[0] == '\0' || text[strlen(text) - 1] == '.' || dcv_name_parse(text, &name, NULL) != DCV_OK)
        dcv_build_fault(builder, path, NULL, "\"%s\" is no domain; write it as in a CAA record, without a final dot",
                        text);
    return text;
}

static const struct dcv_ref *find_source(const struct dcv_ca_builder *builder, const char *key)
{
    for (size_t i = 0; i < builder->source_count; i++)
        if (strcmp(builder->sources[i].key, key) == 0)
            return &builder->sources[i];
    return NULL;
}

static void cite(const struct dcv_ca_builder *builder, const struct dcv_ref *source, char grade, const char *path)
{
    struct dcv_ca_reader *reader = builder->reader;
    struct dcv_ca_cite *cite = reader->collect ? DCV_VEC_ADD(reader->arena, &reader->cites) : NULL;
    if (cite != NULL)
        *cite = (struct dcv_ca_cite){dcv_arena_strdup(reader->arena, path), (size_t)(source - builder->sources), grade};
}

struct dcv_ref dcv_build_ref(struct dcv_ca_builder *builder, const struct raw_ref *raw, bool needed, const char *path)
{
    if (raw->key == NULL || raw->grade == 0) {
        if (needed || raw->key != NULL || raw->grade != 0)
            dcv_build_fault(builder, path, NULL,
                            "a fact without \"%s\"; add the key of a source and its grade, or say "
                            "unknown",
                            raw->key == NULL ? "ref" : "grade");
        return (struct dcv_ref){.date = DCV_DATE_NONE, .read = DCV_DATE_NONE};
    }
    const struct dcv_ref *source = find_source(builder, raw->key);
    if (source == NULL) {
        dcv_build_fault(builder, path, "ref", "no source has the key \"%s\"; add it under \"sources\"", raw->key);
        return (struct dcv_ref){.date = DCV_DATE_NONE, .read = DCV_DATE_NONE};
    }
    if (raw->grade == 'C')
        dcv_build_fault(builder, path, "grade",
                        "what is known by grade C only is no fact; put a note with \"unverified: yes\" in its place");
    cite(builder, source, (char)raw->grade, path);
    struct dcv_ref ref = *source;
    ref.grade = (char)raw->grade;
    return ref;
}

void dcv_build_sources(struct dcv_ca_builder *builder, const struct raw_source *raw, size_t count)
{
    struct dcv_ref *sources = dcv_arena_array(builder->reader->arena, count, sizeof *sources);
    if (sources == NULL)
        return;
    builder->sources = sources;
    for (size_t i = 0; i < count; i++) {
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "sources/%zu/", i);
        if (find_source(builder, raw[i].key) != NULL)
            dcv_build_fault(builder, path, "key", "two sources have the key \"%s\"; rename one", raw[i].key);
        sources[i] = (struct dcv_ref){
            .key = raw[i].key,
            .title = dcv_build_text(builder, raw[i].title, path, "title"),
            .url = dcv_build_text(builder, raw[i].url, path, "url"),
            .date = dcv_build_date(builder, raw[i].date, path, "date"),
            .read = dcv_build_date(builder, raw[i].read, path, "read"),
        };
        builder->source_count = i + 1;
        (void)dcv_build_text(builder, raw[i].key, path, "key");
    }
}

/* A fact of its own: yes, no or unknown. */
static enum dcv_known build_is(struct dcv_ca_builder *builder, const struct raw_is *raw, const char *path,
                               struct dcv_ref *ref)
{
    *ref = dcv_build_ref(builder, &raw->ref, raw->is != RAW_UNKNOWN, path);
    return dcv_build_known(raw->is);
}

/* The file says either what something is, or that it is not known. */
static void check_unknown(struct dcv_ca_builder *builder, const struct raw_profile *raw, enum raw_unknown flag,
                          const char *word, bool given)
{
    const bool listed = (raw->unknown & (uint32_t)flag) != 0;
    if (given && listed)
        dcv_build_fault(builder, "unknown/", NULL, "\"%s\" is given and is under \"unknown\" too; remove one", word);
    else if (!given && !listed)
        dcv_build_fault(builder, "", NULL, "\"%s\" is neither given nor under \"unknown\"; add it to one", word);
}

static void build_caa(struct dcv_ca_builder *builder, const struct raw_profile *raw, struct dcv_ca *ca)
{
    const struct raw_caa *caa = &raw->caa;
    const struct {
        const char *key;
        char **domains;
        uint32_t count;
    } lists[] = {
        {"issuer_domains", caa->domains, caa->domain_count},
        {"deprecated_domains", caa->deprecated, caa->deprecated_count},
        {"shared_domains", caa->shared, caa->shared_count},
    };
    const size_t room = (size_t)caa->domain_count + caa->deprecated_count + caa->shared_count;
    struct dcv_issuer_domain *domains = dcv_arena_array(builder->reader->arena, room, sizeof *domains);
    size_t count = 0;
    for (size_t list = 0; domains != NULL && list < sizeof lists / sizeof lists[0]; list++)
        for (size_t i = 0; i < lists[list].count; i++) {
            char path[DCV_CA_PATH_MAX];
            (void)snprintf(path, sizeof path, "caa/%s/%zu/", lists[list].key, i);
            domains[count++] = (struct dcv_issuer_domain){
                .domain = dcv_build_domain(builder, lists[list].domains[i], path),
                .deprecated = lists[list].domains == caa->deprecated,
                .shared = lists[list].domains == caa->shared,
            };
        }
    ca->issuer_domains = domains;
    ca->issuer_domain_count = count;
    ca->issuer_ref = dcv_build_ref(builder, &caa->ref, count != 0, "caa/");
    ca->caa_judged = caa->judged == RAW_YES;
    if (ca->caa_judged)
        check_unknown(builder, raw, RAW_UNKNOWN_ISSUER_DOMAINS, "issuer_domains", count != 0);
    ca->rfc8657 = build_is(builder, &caa->rfc8657, "caa/honours_rfc8657/", &ca->rfc8657_ref);
    ca->rfc8657_from = dcv_build_date(builder, caa->rfc8657.from, "caa/honours_rfc8657/", "from");
    if (ca->rfc8657 != DCV_YES && caa->rfc8657.from != NULL)
        dcv_build_fault(builder, "caa/honours_rfc8657/", "from", "\"from\" without \"is: yes\"; remove it, or say yes");
    ca->contactemail_critical_ok =
        build_is(builder, &caa->contactemail, "caa/knows_contactemail/", &ca->contactemail_ref);
    ca->flag1 = build_is(builder, &caa->flag1, "caa/flag_1_is_critical/", &ca->flag1_ref);
}

static void build_mail(struct dcv_ca_builder *builder, const struct raw_profile *raw, struct dcv_ca *ca)
{
    const struct raw_mail *mail = &raw->mail;
    ca->sender = dcv_build_text(builder, mail->sender, "mail/", "sender");
    ca->allow_list = dcv_build_text(builder, mail->allow_list, "mail/", "allow_list");
    ca->subject_en = dcv_build_text(builder, mail->subject.en, "mail/subject/", "en");
    ca->subject_ja = dcv_build_text(builder, mail->subject.ja, "mail/subject/", "ja");
    const bool subject = ca->subject_en != NULL || ca->subject_ja != NULL;
    ca->sender_ref =
        dcv_build_ref(builder, &mail->ref, ca->sender != NULL || ca->allow_list != NULL || subject, "mail/");
    ca->code_hours = dcv_build_number(builder, raw->code.hours, 8784, "mail_code/", "hours");
    ca->code_ref = dcv_build_ref(builder, &raw->code.ref, ca->code_hours != 0, "mail_code/");
    ca->resend_en = dcv_build_text(builder, raw->resend.en, "resend/", "en");
    ca->resend_ja = dcv_build_text(builder, raw->resend.ja, "resend/", "ja");
    ca->resend_ref = dcv_build_ref(builder, &raw->resend.ref, ca->resend_en != NULL, "resend/");
    if (!ca->by_email || ca->kind == DCV_CA_KIND_BASELINE)
        return; /* no mail, or none of its own */
    check_unknown(builder, raw, RAW_UNKNOWN_SENDER, "sender", ca->sender != NULL);
    check_unknown(builder, raw, RAW_UNKNOWN_SUBJECT, "subject", subject);
    check_unknown(builder, raw, RAW_UNKNOWN_MAIL_CODE, "mail_code", ca->code_hours != 0);
    check_unknown(builder, raw, RAW_UNKNOWN_RESEND, "resend", ca->resend_en != NULL);
    check_unknown(builder, raw, RAW_UNKNOWN_PRODUCTS, "products", raw->product_count != 0);
}

static void build_notes(struct dcv_ca_builder *builder, const struct raw_profile *raw, struct dcv_ca *ca)
{
    struct dcv_note *notes = dcv_arena_array(builder->reader->arena, raw->note_count, sizeof *notes);
    for (size_t i = 0; notes != NULL && i < raw->note_count; i++) {
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "notes/%zu/", i);
        notes[i] = (struct dcv_note){
            .en = dcv_build_text(builder, raw->notes[i].en, path, "en"),
            .ja = dcv_build_text(builder, raw->notes[i].ja, path, "ja"),
            .unverified = raw->notes[i].unverified == RAW_YES,
            .ref = dcv_build_ref(builder, &raw->notes[i].ref, raw->notes[i].unverified != RAW_YES, path),
        };
    }
    ca->notes = notes;
    ca->note_count = raw->note_count;
}

static void check_id(struct dcv_ca_builder *builder, const char *id)
{
    const char *file = strrchr(builder->reader->file, '/');
    file = file != NULL ? file + 1 : builder->reader->file;
    const size_t len = strlen(id);
    if (strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
        dcv_build_fault(builder, "id", NULL, "\"%s\" is no id; use lower-case letters, digits and hyphens", id);
    else if (strncmp(file, id, len) != 0 || strcmp(file + len, ".yaml") != 0)
        dcv_build_fault(builder, "id", NULL, "the id \"%s\" does not fit the name of the file; name it %s.yaml", id,
                        id);
}

struct dcv_ca *dcv_ca_build(struct dcv_ca_reader *reader, const struct raw_profile *raw)
{
    struct dcv_ca_builder builder = {.reader = reader};
    struct dcv_ca *ca = dcv_arena_alloc(reader->arena, sizeof *ca);
    if (ca == NULL)
        return NULL;
    check_id(&builder, raw->id);
    dcv_build_sources(&builder, raw->sources, raw->source_count);
    ca->id = raw->id;
    ca->name_en = dcv_build_text(&builder, raw->name.en, "name/", "en");
    ca->name_ja = dcv_build_text(&builder, raw->name.ja, "name/", "ja");
    ca->kind = (enum dcv_ca_kind)raw->kind;
    ca->parent = raw->parent;
    ca->sources = builder.sources;
    ca->source_count = builder.source_count;
    ca->issues = build_is(&builder, &raw->issues, "issues/", &ca->issues_ref) == DCV_YES;
    ca->mx_required = build_is(&builder, &raw->mx_required, "mx_required/", &ca->mx_ref);
    ca->wildcard = build_is(&builder, &raw->wildcard, "wildcard/", &ca->wildcard_ref);
    ca->cname_targets = build_is(&builder, &raw->cname_targets, "cname_targets/", &ca->cname_ref);
    dcv_build_lists(&builder, raw, ca);
    dcv_build_products(&builder, raw, ca);
    build_caa(&builder, raw, ca);
    build_mail(&builder, raw, ca);
    build_notes(&builder, raw, ca);
    if (dcv_arena_failed(reader->arena))
        reader->status = DCV_ERR_NOMEM;
    return reader->status == DCV_OK || (reader->collect && reader->status == DCV_ERR_SYNTAX) ? ca : NULL;
}
