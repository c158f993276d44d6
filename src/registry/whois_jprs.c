/* What whois.jprs.jp answers (https://jprs.jp/about/dom-search/jprs-whois/, list of published items: https://jprs.jp/doc/rule/disclose-list.html).
 *
 * General-use and prefecture-type domains have a public contact with an address. Attribute-type and regional ones have handles: m. the administrative
 * contact, n. the technical contacts, whose addresses are told when asked for ("CONTACT AB012JP"). Labels are English, Japanese, or one of each;
 * status values are English in both. */
#include "registry/whois.h"

#include "base/text.h"
#include "registry/whois_date.h"

#include <string.h>

#define ROWS(array) (sizeof(array) / sizeof *(array))

enum { HANDLE_MAX = 32 }; /* octets; those in use have about ten */

enum item { NAME, EMAIL, STATUS, EXPIRES, ADMIN, TECH, HANDLE, OTHER };

static const struct {
    const char *label;
    enum item item;
} items[] = {
    {"domain name", NAME},
    {"ドメイン名", NAME},
    {"email", EMAIL},
    {"e mail", EMAIL},
    {"電子メイル", EMAIL},
    {"電子メール", EMAIL},
    {"status", STATUS},
    {"state", STATUS},
    {"状態", STATUS},
    {"lock status", STATUS},
    {"ロック状態", STATUS},
    {"expires on", EXPIRES},
    {"有効期限", EXPIRES},
    {"administrative contact", ADMIN},
    {"登録担当者", ADMIN},
    {"technical contact", TECH},
    {"技術連絡担当者", TECH},
    {"jpnic handle", HANDLE},
    {"jpnicハンドル", HANDLE},
    {"jprs handle", HANDLE},
    {"jp handle", HANDLE},
    {"jpハンドル", HANDLE},
};

/* [通知アドレス] / [Reply Mail], whom JPRS itself writes to, is OTHER: no CA ever used it. */
static enum item item_of(const struct whois_line *line)
{
    for (size_t i = 0; line->bracket && i < ROWS(items); i++)
        if (strcmp(line->label, items[i].label) == 0)
            return items[i].item;
    return OTHER;
}

bool whois_jprs_is(const struct whois_text *text)
{
    for (size_t i = 0; i < text->count; i++)
        if (item_of(&text->lines[i]) == NAME)
            return true;
    return false;
}

static bool is_handle(const char *text)
{
    const size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    return len > 0 && len <= HANDLE_MAX && text[len] == '\0';
}

static void add_handle(struct whois_reader *reader, const char *role, const char *value)
{
    struct dcv_registry_reading *out = reader->out;
    if (value[0] == '\0')
        return;
    reader->evidence = true;
    if (!is_handle(value)) {
        reader->doubt = true;
        return;
    }
    for (size_t i = 0; i < out->handles.count; i++)
        if (strcmp(out->handles.items[i].role, role) == 0 && dcv_ascii_equal_nocase(out->handles.items[i].handle, value))
            return;
    if (out->handles.count >= DCV_REGISTRY_HANDLES) {
        whois_add_handle_only(reader, role, value, false);
        return;
    }
    struct dcv_registry_handle *added = DCV_VEC_ADD(reader->arena, &out->handles);
    if (added != NULL)
        *added = (struct dcv_registry_handle){.role = role, .handle = dcv_arena_strdup(reader->arena, value)};
}

/* "Active", "Connected (2027/03/31)": of attribute-type domains the end stands in parentheses. */
static void take_status(struct whois_reader *reader, const char *value)
{
    const char *date = strstr(value, " (");
    if (date == NULL) {
        whois_add_statuses(reader, value);
        return;
    }
    const char *status = dcv_arena_strndup(reader->scratch, value, (size_t)(date - value));
    if (status != NULL)
        whois_add_statuses(reader, status);
    if (reader->out->expires == 0)
        reader->out->expires = whois_date_japan(date + 2);
}

/* A field may go on below itself, without a label and to the right of the labels. */
static bool continues(const struct whois_line *line)
{
    enum { COLUMN = 8 };
    return !line->bracket && !line->comment && line->indent >= COLUMN && strchr(line->text, '@') != NULL;
}

/* The e-mail field at `index`, with what belongs to it. */
static void take_email(struct whois_reader *reader, const char *role, const char *handle, size_t index)
{
    const struct whois_text *text = &reader->text;
    whois_add_emails(reader, role, handle, &text->lines[index]);
    for (index++; index < text->count && continues(&text->lines[index]); index++) {
        struct whois_line more = text->lines[index];
        more.value = more.text;
        whois_add_emails(reader, role, handle, &more);
    }
}

void whois_jprs_read(struct whois_reader *reader)
{
    for (size_t i = 0; i < reader->text.count; i++) {
        const struct whois_line *line = &reader->text.lines[i];
        switch (item_of(line)) {
        case NAME: (void)whois_compare_name(reader, line->value); break;
        case EMAIL:
            reader->evidence = true;
            take_email(reader, "public", NULL, i);
            break;
        case STATUS: take_status(reader, line->value); break;
        case EXPIRES: reader->out->expires = whois_date_japan(line->value); break;
        case ADMIN: add_handle(reader, "admin", line->value); break;
        case TECH: add_handle(reader, "tech", line->value); break;
        case HANDLE:
        case OTHER: break;
        }
    }
    whois_add_told(reader);
}

void whois_jprs_read_handle(struct whois_reader *reader, const struct dcv_registry_handle *handle)
{
    for (size_t i = 0; i < reader->text.count; i++) {
        const struct whois_line *line = &reader->text.lines[i];
        switch (item_of(line)) {
        case HANDLE:
            reader->named = reader->named || dcv_ascii_equal_nocase(line->value, handle->handle);
            reader->other = reader->other || !dcv_ascii_equal_nocase(line->value, handle->handle);
            break;
        case EMAIL:
            reader->evidence = true;
            take_email(reader, handle->role, handle->handle, i);
            break;
        case NAME:
        case STATUS:
        case EXPIRES:
        case ADMIN:
        case TECH:
        case OTHER: break;
        }
    }
    if (reader->out->contacts.count == 0)
        whois_add_handle_only(reader, handle->role, handle->handle, false);
}
