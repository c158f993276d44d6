/* Answers of "label: value" lines. Three shapes are read, and mixtures of them:
 *
 *   Registrant Email: a@example.net     the label tells whose it is (the consistent format of gTLDs)
 *
 *   Registrant:                         a heading tells it, for the lines that are indented below it, or up to a blank line or the next heading
 *       Email: a@example.net
 *
 *   admin-c: AB1-EXAMPLE                the domain refers to objects of the same answer (RPSL)
 *
 *   nic-hdl: AB1-EXAMPLE
 *   e-mail:  a@example.net
 *
 * Where none of them tells whose an address is, it is nobody's. */
#include "registry/whois.h"

#include "base/text.h"
#include "name/hostname.h"
#include "registry/whois_date.h"
#include "registry/whois_label.h"

#include <string.h>

enum {
    NAMES = 16,      /* domain names of an answer that are compared */
    REFERENCES = 16, /* to contacts */
};

/* Whose the lines are. */
struct block {
    const char *role;   /* NULL: nothing tells; "": no contact's */
    unsigned indent;    /* of its heading */
    bool open;
    bool fresh, content; /* this line is its heading; there was one after it */
    bool valued;         /* the heading has a value of its own */
    enum whois_field of;
};

struct reference {
    const char *role;
    const char *handle;
    bool met; /* the object is in the answer */
};

struct fields {
    struct whois_reader *reader;
    struct block block;
    struct reference references[REFERENCES];
    size_t reference_count;
    const char *object; /* handle of the object that the line is in; NULL: none */
    bool of_domain;     /* the paragraph names the domain */
    bool object_email, object_withheld;
};

/* ---- the domain --------------------------------------------------------------------------------------------------------------- */

static bool is_domain(const char *text, size_t len, const char *domain)
{
    char ascii[DCV_NAME_TEXT_MAX];
    struct dcv_name name;
    if (len == strlen(domain) && dcv_ascii_equal_nocase_n(text, domain, len))
        return true;
    return dcv_name_from_unicode(text, len, &name) == DCV_OK && dcv_ascii_equal_nocase(dcv_name_text(&name, ascii), domain);
}

bool whois_compare_name(struct whois_reader *reader, const char *value)
{
    value += strspn(value, "\"'");
    size_t len = strcspn(value, " \"'");
    while (len > 0 && value[len - 1] == '.')
        len--;
    if (len == 0 || reader->names >= NAMES)
        return true;
    reader->names++;
    const bool same = is_domain(value, len, reader->domain);
    reader->named = reader->named || same;
    reader->other = reader->other || !same;
    return same;
}

/* "Domain name:" with the name on a line of its own, or after "name:". */
static const char *name_below(const struct whois_text *text, size_t heading)
{
    for (size_t i = heading + 1; i < text->count && i <= heading + 2; i++) {
        const struct whois_line *line = &text->lines[i];
        if (strcmp(line->label, "name") == 0)
            return line->value;
        if (line->text[0] != '\0')
            return line->label[0] == '\0' ? line->text : "";
    }
    return "";
}

/* Variants of a domain stand in one record with it. A record of another domain has contacts of its own. */
static void compare_names(struct whois_reader *reader)
{
    bool here = false, elsewhere = false;
    for (size_t i = 0; i < reader->text.count; i++) {
        const struct whois_line *line = &reader->text.lines[i];
        if (whois_line_blank(line)) {
            reader->several = reader->several || (elsewhere && !here);
            here = elsewhere = false;
        }
        if (line->comment || whois_label_meaning(line->label).field != WHOIS_DOMAIN)
            continue;
        if (whois_compare_name(reader, line->value[0] != '\0' ? line->value : name_below(&reader->text, i)))
            here = true;
        else
            elsewhere = true;
    }
    reader->several = reader->several || (elsewhere && !here);
}

/* ---- references --------------------------------------------------------------------------------------------------------------- */

static size_t paragraph_end(const struct whois_text *text, size_t start)
{
    while (start < text->count && !whois_line_blank(&text->lines[start]))
        start++;
    return start;
}

static const struct whois_line *find_field(const struct whois_text *text, size_t start, size_t end, enum whois_field field)
{
    for (size_t i = start; i < end; i++)
        if (!text->lines[i].comment && whois_label_meaning(text->lines[i].label).field == field)
            return &text->lines[i];
    return NULL;
}

/* One word that may be a handle. */
static bool is_handle(const char *value)
{
    return value[0] != '\0' && strlen(value) <= WHOIS_LABEL && strpbrk(value, " @/:") == NULL && strpbrk(value, "0123456789-") != NULL;
}

static void refer(struct fields *fields, const char *role, const char *handle)
{
    if (role == NULL || role[0] == '\0' || !is_handle(handle))
        return;
    if (fields->reference_count < REFERENCES)
        fields->references[fields->reference_count++] = (struct reference){.role = role, .handle = handle};
    else
        fields->reader->doubt = true;
}

/* Only what the domain itself refers to: contacts have contacts, too. */
static void collect_references(struct fields *fields)
{
    const struct whois_text *text = &fields->reader->text;
    for (size_t start = 0, end; start < text->count; start = end + 1) {
        end = paragraph_end(text, start);
        if (find_field(text, start, end, WHOIS_DOMAIN) == NULL)
            continue;
        for (size_t i = start; i < end; i++) {
            const struct whois_meaning meaning = whois_label_meaning(text->lines[i].label);
            if (!text->lines[i].comment && (meaning.field == WHOIS_HANDLE || meaning.field == WHOIS_HEADING))
                refer(fields, meaning.role, text->lines[i].value);
        }
    }
}

static bool referred(const struct fields *fields, const char *handle)
{
    for (size_t i = 0; i < fields->reference_count; i++)
        if (dcv_ascii_equal_nocase(fields->references[i].handle, handle))
            return true;
    return false;
}

/* Ends an object: who refers to it has a contact, with an address or without. */
static void end_object(struct fields *fields)
{
    for (size_t i = 0; fields->object != NULL && i < fields->reference_count; i++) {
        struct reference *reference = &fields->references[i];
        if (!dcv_ascii_equal_nocase(reference->handle, fields->object))
            continue;
        reference->met = true;
        if (!fields->object_email)
            whois_add_handle_only(fields->reader, reference->role, reference->handle, fields->object_withheld);
    }
    fields->object = NULL;
}

/* At the first line of a paragraph. One that refers to contacts of its own may be the domain's, whatever handles it has. */
static void begin_paragraph(struct fields *fields, size_t start)
{
    const struct whois_text *text = &fields->reader->text;
    const size_t end = paragraph_end(text, start);
    end_object(fields);
    fields->object_email = fields->object_withheld = false;
    fields->of_domain = find_field(text, start, end, WHOIS_DOMAIN) != NULL;
    if (fields->of_domain)
        return;
    const struct whois_line *nic = find_field(text, start, end, WHOIS_NIC);
    if (nic != NULL && (referred(fields, nic->value) || find_field(text, start, end, WHOIS_HEADING) == NULL))
        fields->object = nic->value;
}

/* ---- values ------------------------------------------------------------------------------------------------------------------- */

/* The host name in "whois.example", "whois://whois.example:43/", "http://whois.example/"; at another port: none. */
void whois_refer(struct whois_reader *reader, const char *value)
{
    struct dcv_name name;
    char text[DCV_NAME_TEXT_MAX];
    const char *scheme = strstr(value, "://");
    if (scheme != NULL && strncmp(value, "whois://", 8) != 0)
        return;
    value = scheme != NULL ? scheme + 3 : value;
    const size_t len = strcspn(value, ":/ ");
    if (value[len] == ':' && (strncmp(value + len, ":43", 3) != 0 || (value[len + 3] != '\0' && value[len + 3] != '/')))
        return;
    if (reader->out->referral != NULL || memchr(value, '.', len) == NULL || dcv_name_from_unicode(value, len, &name) != DCV_OK)
        return;
    dcv_name_lower(&name);
    reader->out->referral = dcv_arena_strdup(reader->arena, dcv_name_text(&name, text));
}

static void take_registrar(struct whois_reader *reader, const char *value)
{
    if (reader->out->registrar == NULL)
        reader->out->registrar = whois_value(reader, value);
}

static void take_expiry(struct whois_reader *reader, enum whois_field field, const char *value)
{
    const int64_t expires = whois_date(value);
    reader->evidence = true;
    if (expires == 0 || (reader->out->expires != 0 && (field != WHOIS_REGISTRY_EXPIRES || reader->registry_expires)))
        return;
    reader->out->expires = expires;
    reader->registry_expires = field == WHOIS_REGISTRY_EXPIRES;
}

static void take_email(struct fields *fields, const char *role, const struct whois_line *line)
{
    if (role == NULL && fields->object != NULL && fields->reference_count > 0) {
        fields->object_email = fields->object_email || line->value[0] != '\0';
        for (size_t i = 0; i < fields->reference_count; i++)
            if (dcv_ascii_equal_nocase(fields->references[i].handle, fields->object))
                whois_add_emails(fields->reader, fields->references[i].role, fields->references[i].handle, line);
        return;
    }
    if (role == NULL && fields->object == NULL)
        role = fields->block.role;
    if (role == NULL || role[0] != '\0')
        whois_add_emails(fields->reader, role, NULL, line);
}

static void open_block(struct fields *fields, const struct whois_line *line, const char *role, enum whois_field field)
{
    fields->block = (struct block){
        .role = role, .indent = line->indent, .open = true, .fresh = true, .valued = line->value[0] != '\0', .of = field};
}

/* "Registrant: Example K.K.", "admin-contact: https://example.net/form". */
static void take_heading(struct fields *fields, const struct whois_line *line, const char *role)
{
    open_block(fields, line, role, WHOIS_HEADING);
    if (!whois_used_role(role) || line->value[0] == '\0' || referred(fields, line->value))
        return;
    fields->reader->evidence = true;
    whois_tell(fields->reader, role, line->value);
    if (strchr(line->value, '@') != NULL || strstr(line->value, "://") != NULL)
        whois_add_emails(fields->reader, role, NULL, line);
}

static void take_name(struct fields *fields, const char *role, const char *value)
{
    const bool explicit = role != NULL;
    role = explicit ? role : fields->block.role;
    if (value[0] == '\0')
        return;
    if (fields->object != NULL && !explicit)
        fields->object_withheld = fields->object_withheld || whois_says_withheld(value);
    else if (role == NULL)
        fields->reader->concealed = fields->reader->concealed || whois_says_withheld(value);
    else if (role[0] == '\0' && !explicit && fields->block.of == WHOIS_REGISTRAR)
        take_registrar(fields->reader, value);
    else
        whois_tell(fields->reader, role, value);
}

static void take_status(struct fields *fields, const struct whois_line *line)
{
    const struct block *block = &fields->block;
    const bool of_contact = block->open && block->of == WHOIS_HEADING && !block->valued && (block->role == NULL || block->role[0] != '\0');
    const bool of_domain = strncmp(line->label, "domain", 6) == 0;
    if (!of_domain && (fields->object != NULL || of_contact)) /* or where a contact lives */
        return;
    if (line->value[0] == '\0')
        open_block(fields, line, "", WHOIS_STATUS);
    whois_add_statuses(fields->reader, line->value);
}

/* A line without a label that means anything. */
static void take_text(struct fields *fields, const struct whois_line *line)
{
    const struct block *block = &fields->block;
    if (fields->object != NULL) {
        fields->object_withheld = fields->object_withheld || whois_says_withheld(line->text);
    } else if (!block->open) {
        return;
    } else if (block->role == NULL) {
        if (line->label[0] == '\0')
            whois_add_bare(fields->reader, NULL, line);
    } else if (block->of == WHOIS_STATUS) {
        if (line->label[0] == '\0' && line->indent > block->indent)
            whois_add_statuses(fields->reader, line->text);
    } else if (block->of == WHOIS_REGISTRAR && !block->content) {
        take_registrar(fields->reader, line->text);
    } else if (block->of == WHOIS_HEADING && block->role[0] != '\0' && line->label[0] == '\0') {
        whois_tell(fields->reader, block->role, line->text);
        whois_add_bare(fields->reader, block->role, line);
    } else if (block->of == WHOIS_HEADING) {
        whois_tell(fields->reader, block->role, line->value);
    }
}

/* "Record expires on 2027-03-31", "Registered on 1 April 2000 at 00:00": the colon, if any, is one of a time. */
static bool take_sentence(struct fields *fields, const char *text)
{
    static const char expires[] = "record expires on ", registered[] = "registered on ", created[] = "record created on ";
    if (dcv_ascii_equal_nocase_n(text, expires, strnlen(text, sizeof expires - 1)) && strlen(text) >= sizeof expires)
        take_expiry(fields->reader, WHOIS_EXPIRES, text + sizeof expires - 1);
    else if ((strlen(text) < sizeof registered || !dcv_ascii_equal_nocase_n(text, registered, sizeof registered - 1)) &&
             (strlen(text) < sizeof created || !dcv_ascii_equal_nocase_n(text, created, sizeof created - 1)))
        return false;
    fields->reader->evidence = true;
    return true;
}

static void take_field(struct fields *fields, const struct whois_line *line, const struct whois_meaning *meaning)
{
    switch (meaning->field) {
    case WHOIS_NOTHING:
        if (!take_sentence(fields, line->text))
            take_text(fields, line);
        break;
    case WHOIS_DOMAIN: break;
    case WHOIS_REGISTRAR:
        if (line->value[0] == '\0' || !fields->of_domain) /* else it is one of the domain's fields */
            open_block(fields, line, "", WHOIS_REGISTRAR);
        take_registrar(fields->reader, line->value);
        fields->reader->evidence = true;
        break;
    case WHOIS_REFERRAL: whois_refer(fields->reader, line->value); break;
    case WHOIS_STATUS: take_status(fields, line); break;
    case WHOIS_EXPIRES:
    case WHOIS_REGISTRY_EXPIRES: take_expiry(fields->reader, meaning->field, line->value); break;
    case WHOIS_TOLD: fields->reader->evidence = true; break;
    case WHOIS_EMAIL: take_email(fields, meaning->role, line); break;
    case WHOIS_NAME: take_name(fields, meaning->role, line->value); break;
    case WHOIS_HEADING: take_heading(fields, line, meaning->role); break;
    case WHOIS_HANDLE: fields->reader->evidence = true; break;
    case WHOIS_NIC: break;
    case WHOIS_CONTACT:
        if (line->value[0] == '\0' || whois_role(line->value) != NULL)
            open_block(fields, line, whois_role(line->value), WHOIS_HEADING);
        else
            take_name(fields, NULL, line->value);
        break;
    case WHOIS_ANONYMOUS:
        fields->object_withheld = fields->object_withheld || dcv_ascii_equal_nocase(line->value, "yes");
        break;
    case WHOIS_END: open_block(fields, line, "", WHOIS_END); break;
    }
}

/* ---- lines -------------------------------------------------------------------------------------------------------------------- */

static struct whois_meaning meaning_of(const struct whois_line *line)
{
    struct whois_meaning meaning = line->label[0] != '\0' ? whois_label_meaning(line->label) : whois_heading_meaning(line->text);
    const bool heading = (meaning.field == WHOIS_HEADING || meaning.field == WHOIS_REGISTRAR) && line->value[0] == '\0';
    if (line->comment && !heading) /* "% Registrant:" */
        meaning = (struct whois_meaning){WHOIS_NOTHING, NULL};
    return meaning;
}

/* A heading of which nothing is known but that it is one, by its last word. */
static bool unknown_heading(const struct whois_line *line, const struct whois_meaning *meaning)
{
    static const char *const words[] = {"contact", "contacts", "contact(s)", "registrar", "reseller", "agent", "servers", "information"};
    if (meaning->field != WHOIS_NOTHING || line->comment || line->label[0] == '\0' || line->value[0] != '\0')
        return false;
    const char *blank = strrchr(line->label, ' ');
    const char *last = blank != NULL ? blank + 1 : line->label;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(last, words[i]) == 0)
            return true;
    return false;
}

/* Is the block over at this line? */
static bool block_ends(const struct block *block, const struct whois_line *line, bool indented)
{
    if (!block->open || line->comment)
        return false;
    if (whois_line_blank(line))
        return block->content;
    return indented && line->indent <= block->indent;
}

static void read_line(struct fields *fields, size_t index, bool *paragraph, bool *indented)
{
    const struct whois_line *line = &fields->reader->text.lines[index];
    struct block *block = &fields->block;
    if (block->open && !block->content && !whois_line_blank(line) && !line->comment)
        *indented = line->indent > block->indent;
    if (block_ends(block, line, *indented && block->content))
        *block = (struct block){0};
    if (whois_line_blank(line)) {
        *paragraph = false;
        return;
    }
    if (!*paragraph)
        begin_paragraph(fields, index);
    *paragraph = true;
    const struct whois_meaning meaning = meaning_of(line);
    if (line->comment && meaning.field == WHOIS_NOTHING)
        return;
    if (unknown_heading(line, &meaning)) /* of a contact nobody knows whose, or of none */
        open_block(fields, line, strstr(line->label, "contact") != NULL ? NULL : "", WHOIS_HEADING);
    else
        take_field(fields, line, &meaning);
    block->content = block->open && !block->fresh;
    block->fresh = false;
}

void whois_read_fields(struct whois_reader *reader)
{
    struct fields fields = {.reader = reader};
    bool paragraph = false, indented = false;
    compare_names(reader);
    if (!reader->named)
        return;
    collect_references(&fields);
    for (size_t i = 0; i < reader->text.count; i++)
        read_line(&fields, i, &paragraph, &indented);
    end_object(&fields);
    for (size_t i = 0; i < fields.reference_count; i++)
        if (!fields.references[i].met && whois_used_role(fields.references[i].role))
            whois_add_handle_only(reader, fields.references[i].role, fields.references[i].handle, false);
    whois_add_told(reader);
}
