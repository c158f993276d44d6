/* What whois.iana.org answers for a top-level domain: which server its registry has. Its contacts are the registry's own, no domain's. */
#include "registry/whois.h"

#include "registry/whois_label.h"

#include <string.h>

/* "domain: JP"; "whois: whois.example", or before it "refer:" of the same. */
static void read_record(struct whois_reader *reader)
{
    for (size_t i = 0; i < reader->text.count; i++) {
        const struct whois_line *line = &reader->text.lines[i];
        if (line->comment)
            continue;
        if (strcmp(line->label, "domain") == 0)
            (void)whois_compare_name(reader, line->value);
        else if (whois_label_meaning(line->label).field == WHOIS_REFERRAL)
            whois_refer(reader, line->value);
    }
}

enum dcv_status dcv_whois_read_iana(struct dcv_arena *arena, const void *octets, size_t len, const char *tld, struct dcv_registry_reading *out)
{
    struct whois_reader reader;
    if (!whois_begin(&reader, arena, octets, len, tld, out))
        return whois_end(&reader);
    read_record(&reader);
    if (reader.named && !reader.text.cut)
        out->state = DCV_CONTACTS_NONE;
    else
        whois_decide_by_words(&reader, N_("the answer tells of another domain"));
    whois_drop(out);
    return whois_end(&reader);
}
