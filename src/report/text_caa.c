/* Who may issue at all: the relevant CAA RRset in words. */
#include "report/text.h"
#include "report/words.h"

#include <string.h>

/* "letsencrypt, sectigo", or how many where nearly all may. */
static const char *cas_text(struct dcv_page *page, const struct dcv_admission *admission)
{
    const char *text = "";
    for (size_t i = 0; i < admission->cas.count; i++)
        text = dcv_page_printf(page, "%s%s%s", text, i == 0 ? "" : ", ", admission->cas.items[i]->id);
    return text;
}

/* "globalsign.com (GlobalSign nv-sa)" for each issuer domain that is named. */
static const char *issuers_text(struct dcv_page *page, const struct dcv_admission *admission)
{
    const char *text = "";
    for (size_t i = 0; i < admission->issuers.count; i++) {
        const struct dcv_admission_issuer *issuer = &admission->issuers.items[i];
        const char *owner = issuer->owner != NULL ? dcv_page_safe(page, issuer->owner) : _("owner not known");
        text = dcv_page_printf(page, "%s%s%s (%s%s)", text, i == 0 ? "" : ", ", dcv_page_safe(page, issuer->domain), owner,
                               issuer->conditional ? _("; under conditions") : "");
    }
    return text;
}

static void put_admission(struct dcv_page *page, const char *lead, const struct dcv_admission *admission)
{
    if (!admission->restricted) {
        dcv_paper_put(&page->paper, 2, DCV_BOLD, lead, 4, _("every CA that no critical property keeps out"));
        return;
    }
    const char *issuers = issuers_text(page, admission), *cas = cas_text(page, admission);
    if (issuers[0] == '\0') {
        dcv_paper_put(&page->paper, 2, DCV_BOLD, lead, 4, _("nobody"));
        return;
    }
    dcv_paper_put(&page->paper, 2, DCV_BOLD, lead, 4, issuers);
    dcv_paper_put(&page->paper, 4, DCV_PLAIN, "", 6,
                  cas[0] != '\0' ? dcv_page_printf(page, _("that is, of the profiles here: %s"), cas) : _("that is, none of the profiles here"));
}

void dcv_text_admissions(struct dcv_page *page)
{
    const struct dcv_judged *judged = page->judged;
    if (!judged->caa_found || (!judged->admits.restricted && !judged->admits_wildcard.restricted && page->options->verbosity == 0))
        return;
    dcv_paper_title(&page->paper, dcv_page_printf(page, _("Who may issue, by the CAA records at %s"), dcv_page_name(page, &judged->caa_at)));
    put_admission(page, _("plain names: "), &judged->admits);
    put_admission(page, _("wildcard names: "), &judged->admits_wildcard);
}
