/* `cas`, one profile: what is sold, and what happens between an order and its certificate. */
#include "report/cas_view.h"
#include "report/words.h"

#include <ctype.h>
#include <string.h>

static void put_product(struct dcv_page *page, const struct dcv_product *product)
{
    const char *name = dcv_pick(product->name_en, product->name_ja), *servers = _("licence unknown");
    if (product->servers != NULL)
        servers = strcmp(product->servers, "one") == 0 ? _("on one server") : _("on several servers");
    dcv_text_fact(page, dcv_page_safe(page, product->id),
                  dcv_page_printf(page, "%s, %s%s, %s", dcv_page_safe(page, name != NULL ? name : ""),
                                  dcv_page_safe(page, product->validation != NULL ? product->validation : "-"),
                                  product->wildcard ? _(", wildcard") : "", servers),
                  &product->ref);
}

static void put_steps(struct dcv_page *page, const struct dcv_product *product)
{
    for (size_t i = 0; i < product->step_count; i++) {
        const struct dcv_step *step = &product->steps[i];
        dcv_paper_put(&page->paper, 4, DCV_PLAIN, dcv_page_printf(page, "%zu. %s: ", i + 1, dcv_word_step(step->kind)),
                      7,
                      dcv_page_printf(page, "%s%s", dcv_page_safe(page, dcv_pick(step->en, step->ja)),
                                      dcv_text_ref(page, &step->ref)));
    }
}

/* The steps once for all products that have the same. */
static bool same_steps(const struct dcv_product *a, const struct dcv_product *b)
{
    if (a->step_count != b->step_count)
        return false;
    for (size_t i = 0; a->steps != b->steps && i < a->step_count; i++)
        if (a->steps[i].kind != b->steps[i].kind || strcmp(a->steps[i].en, b->steps[i].en) != 0)
            return false;
    return true;
}

static void put_all_steps(struct dcv_page *page, const struct dcv_ca *ca)
{
    for (size_t i = 0; i < ca->product_count; i++) {
        const char *ids = "";
        bool shown = false;
        for (size_t j = 0; j < ca->product_count; j++)
            if (same_steps(&ca->products[i], &ca->products[j])) {
                shown = shown || j < i;
                ids = dcv_page_printf(page, "%s%s%s", ids, ids[0] == '\0' ? "" : ", ",
                                      dcv_page_safe(page, ca->products[j].id));
            }
        if (shown)
            continue;
        const char *unknown = ca->products[i].step_count == 0 ? dcv_page_printf(page, " %s", _("unknown")) : "";
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 6, dcv_page_printf(page, "%s:%s", ids, unknown));
        put_steps(page, &ca->products[i]);
    }
}

static void put_notices(struct dcv_page *page, const struct dcv_ca *ca)
{
    const char *text = "";
    for (size_t i = 0; i < ca->notice_count; i++)
        text = dcv_page_printf(page, "%s%s%d", text, i == 0 ? "" : ", ", ca->notice_days[i]);
    text = ca->notice_count == 0 ? _("unknown") : dcv_page_printf(page, _("%s days before expiry"), text);
    dcv_text_fact(page, _("renewal announced"), text, &ca->notices_ref);
}

static bool holds_all(const char *characters, int (*of_class)(int c))
{
    for (int c = 0x20; c < 0x7f; c++)
        if (of_class(c) != 0 && strchr(characters, c) == NULL)
            return false;
    return true;
}

/* "letters, digits, space, !#%"; locale "C" knows the ASCII letters only, and so do the characters of a profile. */
static const char *characters_text(struct dcv_page *page, const char *characters)
{
    const bool letters = holds_all(characters, isalpha), digits = holds_all(characters, isdigit);
    const char *text = "", *others = "";
    if (letters)
        text = _("letters, ");
    if (digits)
        text = dcv_page_printf(page, "%s%s", text, _("digits, "));
    if (strchr(characters, ' ') != NULL)
        text = dcv_page_printf(page, "%s%s", text, _("space, "));
    for (const char *at = characters; *at != '\0'; at++)
        if (*at != ' ' && !(letters && isalpha((unsigned char)*at)) && !(digits && isdigit((unsigned char)*at)))
            others = dcv_page_printf(page, "%s%c", others, *at);
    return dcv_page_printf(page, "%s%s", text, others);
}

static void put_requests(struct dcv_page *page, const struct dcv_csr_rules *csr)
{
    static const struct dcv_ref none = {.date = DCV_DATE_NONE, .read = DCV_DATE_NONE};
    const char *characters = csr->dn_characters != NULL ? characters_text(page, csr->dn_characters) : _("unknown");
    dcv_text_fact(page, _("characters in a request's names"), characters,
                  csr->dn_characters != NULL ? &csr->ref : &none);
    const char *bits =
        csr->rsa_bits_min != 0 ? dcv_page_printf(page, _("RSA of %d bits or more"), csr->rsa_bits_min) : _("unknown");
    dcv_text_fact(page, _("keys"), bits, csr->rsa_bits_min != 0 ? &csr->ref : &none);
}

void dcv_text_products(struct dcv_page *page, const struct dcv_ca *ca)
{
    dcv_text_fact(page, _("wildcard products"), dcv_word_known(ca->wildcard), &ca->wildcard_ref);
    if (ca->kind == DCV_CA_KIND_BASELINE)
        return; /* sells nothing */
    for (size_t i = 0; i < ca->product_count; i++)
        put_product(page, &ca->products[i]);
    if (ca->product_count == 0)
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 6, _("products: unknown"));
    put_notices(page, ca);
    put_requests(page, &ca->csr);
    if (ca->product_count != 0)
        dcv_paper_title(&page->paper, _("From the order to the certificate"));
    put_all_steps(page, ca);
}
