#include "registry/registry.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/scarce.h"

#include <iconv.h>
#include <stdio.h>
#include <string.h>

static struct dcv_arena *arena;
static struct dcv_registry_reading reading;

static void set_up(void)
{
    arena = dcv_arena_create(NULL);
}

static void tear_down(void)
{
    dcv_arena_free(arena);
}

static void read_octets(const char *domain, const void *octets, size_t len)
{
    ck_assert_int_eq(dcv_whois_read(arena, octets, len, domain, &reading), DCV_OK);
}

static void read_text(const char *domain, const char *text)
{
    read_octets(domain, text, strlen(text));
}

/* "role:email", "!" after what is withheld, "#handle" after what has one; in their order, with blanks between. */
static const char *contacts(void)
{
    static char text[4096];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < reading.contacts.count; i++) {
        const struct dcv_contact *contact = &reading.contacts.items[i];
        const int more = snprintf(text + used, sizeof text - used, "%s%s:%s%s%s%s", i == 0 ? "" : " ", contact->role, contact->email,
                                  contact->withheld ? "!" : "", contact->handle != NULL ? "#" : "", contact->handle != NULL ? contact->handle : "");
        ck_assert(more > 0 && (size_t)more < sizeof text - used);
        used += (size_t)more;
    }
    return text;
}

static const char *handles(void)
{
    static char text[1024];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < reading.handles.count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s:%s", i == 0 ? "" : " ", reading.handles.items[i].role,
                                 reading.handles.items[i].handle);
    return text;
}

static const char *statuses(void)
{
    static char text[2048];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < reading.statuses.count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i == 0 ? "" : ",", reading.statuses.items[i]);
    return text;
}

static void state_is(enum dcv_contacts_state state)
{
    ck_assert_str_eq(dcv_contacts_state_text(reading.state), dcv_contacts_state_text(state));
}

/* ---- JPRS --------------------------------------------------------------------------------------------------------------------- */

#define BANNER "[ JPRS database provides information on network administration. ]\r\n[ use 'whois -h whois.jprs.jp help'. ]\r\n"

static const char general_en[] = BANNER "\r\n"
    "Domain Information:\r\n"
    "[Domain Name]                   EXAMPLE.JP\r\n\r\n"
    "[Registrant]                    Example K.K.\r\n\r\n"
    "[Name Server]                   ns1.example.jp\r\n\r\n"
    "[Created on]                    2001/05/09\r\n"
    "[Expires on]                    2027/03/31\r\n"
    "[Status]                        Active\r\n"
    "[Lock Status]                   DomainTransferLocked\r\n"
    "[Lock Status]                   AgentChangeLocked\r\n"
    "[Last Updated]                  2026/04/01 01:05:07 (JST)\r\n\r\n"
    "Contact Information:\r\n"
    "[Name]                          Example K.K.\r\n"
    "[Email]                         dns@example.jp\r\n"
    "[Web Page]                      \r\n"
    "[Postal Address]                Chiyoda-ku\r\n"
    "                                Tokyo\r\n";

static const char general_ja[] = BANNER
    "Domain Information: [ドメイン情報]\r\n"
    "[Domain Name]                   EXAMPLE.JP\r\n\r\n"
    "[登録者名]                      株式会社例\r\n"
    "[Registrant]                    Example K.K.\r\n\r\n"
    "[登録年月日]                    2001/05/09\r\n"
    "[有効期限]                      2027/03/31\r\n"
    "[状態]                          Active\r\n"
    "[ロック状態]                    DomainTransferLocked\r\n"
    "[ロック状態]                    AgentChangeLocked\r\n\r\n"
    "Contact Information: [公開連絡窓口]\r\n"
    "[名前]                          株式会社例\r\n"
    "[Email]                         dns@example.jp\r\n"
    "[電話番号]                      03-0000-0000\r\n";

static const char attribute_en[] = BANNER
    "[ Notice -------------------------------------------------------------------- ]\r\n"
    "[ JPRS will add the [Lock Status] element to the response format.             ]\r\n"
    "Domain Information:\r\n"
    "a. [Domain Name]                EXAMPLE.CO.JP\r\n"
    "g. [Organization]               Example K.K.\r\n"
    "m. [Administrative Contact]     AA000JP\r\n"
    "n. [Technical Contact]          BB001JP\r\n"
    "n. [Technical Contact]          AA000JP\r\n"
    "n. [Technical Contact]          bb001jp\r\n"
    "p. [Name Server]                ns1.example.co.jp\r\n"
    "[State]                         Connected (2027/03/31)\r\n"
    "[Registered Date]               2001/03/22\r\n";

static const char attribute_ja[] = BANNER "\r\n"
    "Domain Information: [ドメイン情報]\r\n"
    "a. [ドメイン名]                 EXAMPLE.CO.JP\r\n"
    "f. [組織名]                     株式会社例\r\n"
    "m. [登録担当者]                 AA000JP\r\n"
    "n. [技術連絡担当者]             BB001JP\r\n"
    "n. [技術連絡担当者]             AA000JP\r\n"
    "[状態]                          Connected (2027/03/31)\r\n";

/* In ISO-2022-JP. */
static size_t to_japanese(const char *text, char *out, size_t room)
{
    iconv_t writer = iconv_open("ISO-2022-JP", "UTF-8");
    char *from = (char *)text, *to = out;
    size_t left = strlen(text), space = room;
    ck_assert(writer != (iconv_t)-1);
    ck_assert(iconv(writer, &from, &left, &to, &space) != (size_t)-1);
    ck_assert(iconv(writer, NULL, NULL, &to, &space) != (size_t)-1);
    (void)iconv_close(writer);
    return room - space;
}

static void is_general(void)
{
    state_is(DCV_CONTACTS_FOUND);
    ck_assert_str_eq(contacts(), "public:dns@example.jp");
    ck_assert_str_eq(statuses(), "ok,DomainTransferLocked,AgentChangeLocked");
    ck_assert_int_eq(reading.expires, 1806505200); /* 2027-03-31T24:00+09:00 */
    ck_assert_uint_eq(reading.handles.count, 0);
}

START_TEST(jprs_general_use)
{
    char octets[4096];
    read_text("example.jp", general_en);
    is_general();
    read_text("example.jp", general_ja);
    is_general();
    read_octets("example.jp", octets, to_japanese(general_ja, octets, sizeof octets));
    is_general();
}
END_TEST

START_TEST(jprs_attribute_type)
{
    char octets[4096];
    read_text("example.co.jp", attribute_en);
    state_is(DCV_CONTACTS_NONE); /* until its handles are asked for */
    ck_assert_str_eq(handles(), "admin:AA000JP tech:BB001JP tech:AA000JP");
    ck_assert_str_eq(statuses(), "Connected");
    ck_assert_int_eq(reading.expires, 1806505200);
    ck_assert_uint_eq(reading.contacts.count, 0);
    read_text("example.co.jp", attribute_ja);
    ck_assert_str_eq(handles(), "admin:AA000JP tech:BB001JP tech:AA000JP");
    read_octets("example.co.jp", octets, to_japanese(attribute_ja, octets, sizeof octets));
    state_is(DCV_CONTACTS_NONE);
    ck_assert_str_eq(handles(), "admin:AA000JP tech:BB001JP tech:AA000JP");
    ck_assert_int_eq(reading.expires, 1806505200);
}
END_TEST

static void read_jprs(const char *format, const char *status, const char *email)
{
    char text[1024];
    (void)snprintf(text, sizeof text, format, status, email);
    read_text("example.jp", text);
}

static const struct {
    const char *status, *email;
    enum dcv_contacts_state state;
} jprs_states[] = {
    {"Active", "dns@example.jp", DCV_CONTACTS_FOUND},
    {"To be suspended", "dns@example.jp", DCV_CONTACTS_FOUND},
    {"Active", "", DCV_CONTACTS_NONE},
    {"Active", "whoisproxy@example.net", DCV_CONTACTS_REDACTED},
    {"Active", "(非公開)", DCV_CONTACTS_REDACTED},
    {"Suspended", "", DCV_CONTACTS_SUSPENDED},
    {"停止", "", DCV_CONTACTS_SUSPENDED},
    {"Deleted (2027/01/31)", "", DCV_CONTACTS_SUSPENDED},
    {"Reserved", "", DCV_CONTACTS_RESERVED},
    {"予約", "", DCV_CONTACTS_RESERVED},
};

START_TEST(jprs_state)
{
    read_jprs("[Domain Name]  EXAMPLE.JP\n[Status]  %s\n[Email]  %s\n", jprs_states[_i].status, jprs_states[_i].email);
    state_is(jprs_states[_i].state);
}
END_TEST

/* No more handles than the bound are to be asked for; the others are told of. */
START_TEST(jprs_many_handles)
{
    char text[1024] = "a. [Domain Name]  EXAMPLE.CO.JP\nm. [Administrative Contact]  AA000JP\n";
    for (int i = 1; i <= 5; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "n. [Technical Contact]  BB%03dJP\n", i);
    read_text("example.co.jp", text);
    ck_assert_uint_eq(reading.handles.count, DCV_REGISTRY_HANDLES);
    ck_assert_str_eq(contacts(), "tech:#BB004JP tech:#BB005JP");
    read_text("example.co.jp", "a. [Domain Name]  EXAMPLE.CO.JP\nm. [Administrative Contact]  AA000JP/e HELP\n");
    state_is(DCV_CONTACTS_UNREACHABLE);
    ck_assert_uint_eq(reading.handles.count, 0);
}
END_TEST

static const struct {
    const char *text;
    enum dcv_contacts_state state;
    const char *contacts;
} handle_answers[] = {
    {BANNER "Contact Information: [担当者情報]\r\na. [JPNICハンドル]  AA000JP\r\nb. [氏名]  試験 太郎\r\n"
            "d. [電子メイル]  taro@example.co.jp\r\ny. [通知アドレス]  notify@example.jp\r\n[最終更新]  2026/01/15 10:00:00 (JST)\r\n                form@example.co.jp\r\n",
     DCV_CONTACTS_FOUND, "admin:taro@example.co.jp#AA000JP"},
    {"a. [JPNICハンドル]  AA000JP\nd. [電子メール]  taro@example.co.jp\n", DCV_CONTACTS_FOUND, "admin:taro@example.co.jp#AA000JP"},
    {BANNER "Contact Information:\na. [JPNIC Handle]  aa000jp\nd. [E-Mail]  taro@example.co.jp\ny. [Reply Mail]  notify@example.jp\n",
     DCV_CONTACTS_FOUND, "admin:taro@example.co.jp#AA000JP"},
    {"a. [JPRS Handle]  AA000JP\nd. [Email]  taro@example.co.jp\n", DCV_CONTACTS_FOUND, "admin:taro@example.co.jp#AA000JP"},
    {"a. [JPNIC Handle]  AA000JP\nd. [E-Mail]  a@example.co.jp, b@example.co.jp\nd. [E-Mail]  c@example.co.jp\n            d@example.co.jp\n",
     DCV_CONTACTS_FOUND,
     "admin:a@example.co.jp#AA000JP admin:b@example.co.jp#AA000JP admin:c@example.co.jp#AA000JP admin:d@example.co.jp#AA000JP"},
    {"a. [JPNIC Handle]  AA000JP\nd. [E-Mail]\ny. [Reply Mail]  notify@example.jp\n", DCV_CONTACTS_NONE, "admin:#AA000JP"},
    {"a. [JPNIC Handle]  AA000JP\nd. [E-Mail]  privacy@whoisprotection.cc\n", DCV_CONTACTS_REDACTED, "admin:privacy@whoisprotection.cc!#AA000JP"},
    {"a. [JPNIC Handle]  BB001JP\nd. [E-Mail]  taro@example.co.jp\n", DCV_CONTACTS_UNREACHABLE, ""},
    {"a. [JPNIC Handle]  AA000JP\n", DCV_CONTACTS_UNREACHABLE, ""}, /* cut off */
    {"d. [E-Mail]  taro@example.co.jp\n", DCV_CONTACTS_UNREACHABLE, ""},
    {BANNER "No match!!\n", DCV_CONTACTS_UNREACHABLE, ""},
    {"", DCV_CONTACTS_UNREACHABLE, ""},
    {"Cannot process your search request.\n\nService currently unavailable due to incoming of a large amount of\nrequests.\n",
     DCV_CONTACTS_RATE_LIMITED, ""},
    {"                <JPRS WHOIS HELP>\n", DCV_CONTACTS_REFUSED, ""},
};

START_TEST(jprs_handle)
{
    const struct dcv_registry_handle handle = {.role = "admin", .handle = "AA000JP"};
    const char *text = handle_answers[_i].text;
    ck_assert_int_eq(dcv_whois_read_handle(arena, text, strlen(text), &handle, &reading), DCV_OK);
    state_is(handle_answers[_i].state);
    ck_assert_str_eq(contacts(), handle_answers[_i].contacts);
    ck_assert_int_eq(reading.why[0] == '\0', dcv_contacts_told(reading.state));
}
END_TEST

/* ---- gTLDs -------------------------------------------------------------------------------------------------------------------- */

START_TEST(consistent)
{
    read_text("example.com",
              "   Domain Name: EXAMPLE.COM\r\n   Registrar WHOIS Server: WHOIS.Registrar.example\r\n   Registrar: Registrar Example, Inc.\r\n"
              "   Registrar Registration Expiration Date: 2028-01-01T00:00:00Z\r\n   Registry Expiry Date: 2027-03-31T04:00:00Z\r\n"
              "   Domain Status: clientTransferProhibited https://icann.org/epp#clientTransferProhibited\r\n"
              "   Registry Registrant ID: 1\r\n   Registrant Name: Taro\r\n   Registrant State/Province: CA\r\n   Registrant Email: r@example.net\r\n"
              "   Admin Email: a@example.net\r\n   Tech Email: t@example.net\r\n   Billing Email: b@example.net\r\n"
              "   Registrar Abuse Contact Email: abuse@registrar.example\r\n   DNSSEC: unsigned\r\n"
              "   >>> Last update of whois database: 2026-11-21T00:00:00Z <<<\r\n\r\n"
              "You are not authorized to access or query our database by exceeding the limit exceeded. Contact info@registry.example.\r\n");
    state_is(DCV_CONTACTS_FOUND);
    ck_assert_str_eq(contacts(), "registrant:r@example.net admin:a@example.net tech:t@example.net billing:b@example.net "
                                 "abuse:abuse@registrar.example");
    ck_assert_str_eq(reading.registrar, "Registrar Example, Inc.");
    ck_assert_str_eq(reading.referral, "whois.registrar.example");
    ck_assert_str_eq(statuses(), "clientTransferProhibited");
    ck_assert_int_eq(reading.expires, 1806465600);
}
END_TEST

#define EXAMPLE "Domain Name: example.com\nRegistrar: R\nCreation Date: 2001-01-01\n"

static const struct {
    const char *text;
    enum dcv_contacts_state state;
    const char *contacts;
} answers[] = {
    {EXAMPLE, DCV_CONTACTS_NONE, ""},
    {EXAMPLE "Registrant Name: Taro\nRegistrant Email:\n", DCV_CONTACTS_NONE, "registrant:"},
    {EXAMPLE "Registrant Email: n/a\n", DCV_CONTACTS_NONE, "registrant:"},
    {EXAMPLE "Registrar Abuse Contact Email: a@r.example\nBilling Email: b@r.example\n", DCV_CONTACTS_NONE, "abuse:a@r.example billing:b@r.example"},
    {EXAMPLE "Registrant Email: REDACTED FOR PRIVACY\n", DCV_CONTACTS_REDACTED, "registrant:REDACTED FOR PRIVACY!"},
    {EXAMPLE "Registrant Name: REDACTED FOR PRIVACY\n", DCV_CONTACTS_REDACTED, "registrant:!"},
    {EXAMPLE "Tech Email: https://registrar.example/contact?domain=example.com\n", DCV_CONTACTS_REDACTED,
     "tech:https://registrar.example/contact?domain=example.com!"},
    {EXAMPLE "Admin Email: Please query the service of the registrar at help@r.example for more\n", DCV_CONTACTS_REDACTED,
     "admin:Please query the service of the registrar at help@r.example for more!"},
    {EXAMPLE "Registrant Email: x1@domainsbyproxy.com\nTech Email: t@example.net\n", DCV_CONTACTS_FOUND,
     "registrant:x1@domainsbyproxy.com! tech:t@example.net"},
    {EXAMPLE "Registrant Email: Taro Example <r@example.net>\n", DCV_CONTACTS_FOUND, "registrant:r@example.net"},
    {EXAMPLE "Registrant Email: mailto:r@example.net\n", DCV_CONTACTS_FOUND, "registrant:r@example.net"},
    {EXAMPLE "Registrant Email: r..r@example.net\n", DCV_CONTACTS_FOUND, "registrant:r..r@example.net"},
    {EXAMPLE "Registrant Email: r@example.net\nRegistrant Email: r@example.net\n", DCV_CONTACTS_FOUND, "registrant:r@example.net"},
    {EXAMPLE "Domain Status: clientHold https://icann.org/epp#clientHold\nAdmin Email: a@example.net\n", DCV_CONTACTS_SUSPENDED,
     "admin:a@example.net"},
    {EXAMPLE "Status: reserved\n", DCV_CONTACTS_RESERVED, ""},
    /* whose it is, is not told */
    {EXAMPLE "Person: Taro\nEmail: taro@example.net\n", DCV_CONTACTS_UNREACHABLE, ""},
    {EXAMPLE "Person: Taro\nEmail: HIDDEN!\n", DCV_CONTACTS_REDACTED, "unknown:HIDDEN!!"},
    {EXAMPLE "\nContact:\n  Taro\n  taro@example.net\n", DCV_CONTACTS_UNREACHABLE, ""},
    {EXAMPLE "\nZone Contact:\n  taro@example.net\n", DCV_CONTACTS_UNREACHABLE, ""},
    {EXAMPLE "Person: Taro\nEmail: taro@example.net\nAdmin Email: a@example.net\n", DCV_CONTACTS_FOUND,
     "unknown:taro@example.net admin:a@example.net"},
    /* blocks */
    {EXAMPLE "\nRegistrant:\n   Example K.K.\n   r@example.net\n\nRegistrar:\n   Name: R\n   Email: help@r.example\n\nTech Contact:\n"
             "   Email: t@example.net\nName servers:\n   hostmaster@example.net\n",
     DCV_CONTACTS_FOUND, "registrant:r@example.net tech:t@example.net"},
    {EXAMPLE "\nRegistrant:\nname: Taro\nemail: Not Disclosed\n\nAdministrative contact:\nname: Not Disclosed\n\nemail: x@example.net\n",
     DCV_CONTACTS_REDACTED, "registrant:Not Disclosed! unknown:x@example.net admin:!"},
    {EXAMPLE "\nAdministrative Contact:\n\n   Taro  taro@example.net\n   +81.300000000\n", DCV_CONTACTS_FOUND, "admin:taro@example.net"},
    {EXAMPLE "\nTechnical Contacts\n  Name:   Taro\n\nRegistrar\n  Email:  help@r.example\n", DCV_CONTACTS_NONE, "tech:"},
    {EXAMPLE "\n% Registrant:\n% ===========\nperson: Taro\ne-mail: r@example.net\n", DCV_CONTACTS_FOUND, "registrant:r@example.net"},
    {EXAMPLE "\ncontact:      administrative\nname:         Taro\ne-mail:       a@example.net\n\ncontact: technical\ne-mail: t@example.net\n",
     DCV_CONTACTS_FOUND, "admin:a@example.net tech:t@example.net"},
    {EXAMPLE "Holder:\nholder email.......: r@example.net\n", DCV_CONTACTS_FOUND, "registrant:r@example.net"},
    {EXAMPLE "admin-contact: https://r.example/form\n", DCV_CONTACTS_REDACTED, "admin:https://r.example/form!"},
    /* objects */
    {"domain: example.com\nholder-c: AB1-EXAMPLE\nadmin-c: AB1-EXAMPLE\ntech-c: CD2-EXAMPLE\ncreated: 2001-01-01\n\n"
     "registrar: R\ne-mail: help@r.example\n\n"
     "nic-hdl: ab1-example\nperson: Taro\ne-mail: taro@example.net\nadmin-c: EF3-EXAMPLE\n\n"
     "person: Jiro\ne-mail: jiro@example.net\nnic-hdl: CD2-EXAMPLE\n\nnic-hdl: EF3-EXAMPLE\ne-mail: other@example.net\n",
     DCV_CONTACTS_FOUND, "registrant:taro@example.net#AB1-EXAMPLE admin:taro@example.net#AB1-EXAMPLE tech:jiro@example.net#CD2-EXAMPLE"},
    {"domain: example.com\nregistrant: AB1-EXAMPLE\nstatus: ACTIVE\n\nnic-hdl: AB1-EXAMPLE\ncontact: Ano Nymous\nanonymous: YES\n",
     DCV_CONTACTS_REDACTED, "registrant:!#AB1-EXAMPLE"},
    {"domain: example.com\ntech-c: AB1-EXAMPLE\nstatus: ACTIVE\n", DCV_CONTACTS_NONE, "tech:#AB1-EXAMPLE"},
    /* other domains */
    {"Domain Name: example.net\nRegistrar: R\nAdmin Email: a@example.net\n", DCV_CONTACTS_UNREACHABLE, ""},
    {"Domain Name: sub.example.com\nRegistrar: R\nAdmin Email: a@example.net\n", DCV_CONTACTS_UNREACHABLE, ""},
    {"domain: COM\nwhois: whois.example\n\ncontact: technical\ne-mail: t@example.net\n", DCV_CONTACTS_UNREACHABLE, ""},
    {EXAMPLE "\nDomain Name: example.net\nAdmin Email: a@example.net\n", DCV_CONTACTS_UNREACHABLE, ""},
    {"Domain Name:\n     example.com\n\nRegistrant:\n     r@example.net\n\n", DCV_CONTACTS_FOUND, "registrant:r@example.net"},
    {"Domain:\nname: example.com\nstatus: ok\n", DCV_CONTACTS_NONE, ""},
};

START_TEST(answer)
{
    read_text("example.com", answers[_i].text);
    state_is(answers[_i].state);
    ck_assert_str_eq(contacts(), answers[_i].contacts);
    ck_assert_int_eq(reading.why[0] == '\0', dcv_contacts_told(reading.state));
}
END_TEST

static const struct {
    const char *text;
    enum dcv_contacts_state state;
} words[] = {
    {"No match for \"EXAMPLE.COM\".\r\n\r\nNOTICE: try again later\r\n", DCV_CONTACTS_RATE_LIMITED}, /* on doubt */
    {"No match for \"EXAMPLE.COM\".\r\n", DCV_CONTACTS_FREE},
    {BANNER "\r\nNo match!!\r\n\r\nWith JPRS WHOIS, you can query\r\n", DCV_CONTACTS_FREE},
    {"NOT FOUND\n", DCV_CONTACTS_FREE},
    {"%ERROR:101: no entries found\n", DCV_CONTACTS_FREE},
    {"%% No entries found in the database.\n", DCV_CONTACTS_FREE},
    {"The queried object does not exist: DOMAIN NOT FOUND\n", DCV_CONTACTS_FREE},
    {"domain \"example.com\" not found.\n", DCV_CONTACTS_FREE},
    {"Domain: example.com\nStatus: free\n", DCV_CONTACTS_FREE},
    {"Domain: example.com\nStatus: AVAILABLE\n", DCV_CONTACTS_FREE},
    {"Domain Name: example.com\nDomain Status: No Object Found\n", DCV_CONTACTS_FREE},
    {"example.com is free\n", DCV_CONTACTS_FREE},
    {">>> Domain example.com is available for registration\n", DCV_CONTACTS_FREE},
    {"query : example.com\nThe requested domain was not found in the Registry\n", DCV_CONTACTS_FREE},
    {"Domain Name: example.net\nNo match\n", DCV_CONTACTS_UNREACHABLE}, /* another's */
    {"example.net is free\n", DCV_CONTACTS_UNREACHABLE},
    {"The registry has reserved this name.\n", DCV_CONTACTS_RESERVED},
    {"example.com has been reserved by the registry and cannot be registered.\n", DCV_CONTACTS_RESERVED},
    {"All rights to example.net have been reserved.\n", DCV_CONTACTS_UNREACHABLE},
    {"Reserved by the registry\n", DCV_CONTACTS_RESERVED},
    {"この名前は予約ドメイン名です。\n", DCV_CONTACTS_RESERVED},
    {"Cannot process your search request.\n\nService currently unavailable due to incoming of a large amount of\nrequests.\n",
     DCV_CONTACTS_RATE_LIMITED},
    {"アクセスが制限されています。\n", DCV_CONTACTS_RATE_LIMITED},
    {"WHOIS LIMIT EXCEEDED - SEE TERMS\n", DCV_CONTACTS_RATE_LIMITED},
    {"%ERROR:201: access denied for 192.0.2.1\n", DCV_CONTACTS_RATE_LIMITED},
    {"% Error: Connection refused; access control limit exceeded.\n", DCV_CONTACTS_RATE_LIMITED},
    {"-1: quota exceeded\n", DCV_CONTACTS_RATE_LIMITED},
    {"Domain Name: example.com\nRequest limit reached\n", DCV_CONTACTS_RATE_LIMITED},
    {"Too many requests\n", DCV_CONTACTS_RATE_LIMITED},
    {"Requests of this client are not permitted.\n", DCV_CONTACTS_REFUSED},
    {"access denied\n", DCV_CONTACTS_REFUSED},
    {"TLD is not supported.\n", DCV_CONTACTS_REFUSED},
    {"The WHOIS service has been retired\n", DCV_CONTACTS_REFUSED},
    {"", DCV_CONTACTS_UNREACHABLE},
    {"\r\n \r\n%\r\n", DCV_CONTACTS_UNREACHABLE},
    {"Domain Name: example.com\n", DCV_CONTACTS_UNREACHABLE}, /* cut off */
    {"<html><body>502 Bad Gateway</body></html>\n", DCV_CONTACTS_UNREACHABLE},
    {"Terms of use: there is no match for our service, and nothing is not found.\n", DCV_CONTACTS_UNREACHABLE},
};

START_TEST(state_of_words)
{
    read_text("example.com", words[_i].text);
    state_is(words[_i].state);
    ck_assert_uint_eq(reading.contacts.count, 0);
    ck_assert_int_eq(reading.why[0] == '\0', dcv_contacts_told(reading.state));
}
END_TEST

START_TEST(own_words)
{
    read_text("example.com", "% Error: Connection refused; access control limit exceeded.\n");
    ck_assert_str_eq(reading.why, "Error: Connection refused; access control limit exceeded.");
    read_text("example.com", "Domain Name: example.net\nRegistrar: R\n");
    ck_assert_str_eq(reading.why, "the answer tells of another domain");
    /* A sentence is told to its end, and what follows it is not. */
    read_text("example.com", "Cannot process your search request.\n\nService currently unavailable due to incoming of a large amount of\nrequests.\n"
                             "try again later.\n");
    ck_assert_str_eq(reading.why, "Service currently unavailable due to incoming of a large amount of requests.");
    read_text("example.com", "Too many queries from\n192.0.2.1\n");
    ck_assert_str_eq(reading.why, "Too many queries from");
    read_text("example.com", "Too many queries from\nyour\nnetwork and from\nothers\n");
    ck_assert_str_eq(reading.why, "Too many queries from your network and from");
    read_text("example.com", "too many queries from\n% your network\n");
    ck_assert_str_eq(reading.why, "too many queries from");
}
END_TEST

/* ---- dates, statuses, referrals ----------------------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    int64_t expires;
} dates[] = {
    {"Expires: 2027-03-31", 1806451200},
    {"Expires: 2027/03/31", 1806451200},
    {"Expires: 2027.03.31", 1806451200},
    {"Expiration Date : 2027. 03. 31.", 1806451200},
    {"expires: 20270331", 1806451200},
    {"Expiry date: 31-Mar-2027", 1806451200},
    {"Expiry date: 31 March 2027", 1806451200},
    {"Expiry Date: 31-03-2027", 1806451200},
    {"expires............: 31.3.2027", 1806451200},
    {"Expires: 31/03/2027", 1806451200},
    {"Expires: 03/31/2027", 1806451200},
    {"Record expires on 2027-03-31", 1806451200},
    {"Record expires on 2027-03-31 09:00:00 (UTC+8)", 1806454800},
    {"paid-till: 2027-03-31T09:30:15Z", 1806485415},
    {"paid-till: 2027-03-31-T09:30:15Z", 1806485415},
    {"Expires: 2027-03-31 09:30", 1806485400},
    {"Expires: 2027-03-31T09:30:15.999Z", 1806485415},
    {"Expires: 2027-03-31T09:30:15+0900", 1806453015},
    {"Expires: 2027-03-31 09:30:15 -07:00", 1806510615},
    {"Expires: 2027-03-31 09:30:15+09", 1806453015},
    {"Expires: 03/02/2027", 0}, /* of March or of February */
    {"Expires: 03/03/2027", 1804032000},
    {"Expires: 2027-02-29", 0},
    {"Expires: 31-03-27", 0},
    {"Expires: 0000-00-00", 0},
    {"Expires: never", 0},
    {"Expires: 99999999999999999999", 0},
    {"Expires:", 0},
};

START_TEST(expiry)
{
    char text[256];
    (void)snprintf(text, sizeof text, EXAMPLE "%s\n", dates[_i].text);
    read_text("example.com", text);
    ck_assert_msg(reading.expires == dates[_i].expires, "%s: %lld", dates[_i].text, (long long)reading.expires);
}
END_TEST

static const struct {
    const char *text, *statuses;
} status_lines[] = {
    {"Domain Status: client transfer prohibited\n", "clientTransferProhibited"},
    {"Domain Status: clientHold (https://icann.org/epp#clientHold)\n", "clientHold"},
    {"Status: clientUpdateProhibited,clientDeleteProhibited\n", "clientUpdateProhibited,clientDeleteProhibited"},
    {"Status: inactive / clientHold\n", "inactive,clientHold"},
    {"Domain Status: ok https://icann.org/epp#ok\nDomain Status: ok\n", "ok"},
    {"state: REGISTERED, DELEGATED, VERIFIED\n", "REGISTERED,DELEGATED,VERIFIED"},
    {"\nRegistrant:\n  State: CA\n", ""},
    {"\nDomain Status:\n  Active\n  Transfer Prohibited by Registrar\n\n", "ok,Transfer Prohibited by Registrar"},
};

START_TEST(status)
{
    char text[512];
    (void)snprintf(text, sizeof text, EXAMPLE "%s", status_lines[_i].text);
    read_text("example.com", text);
    ck_assert_str_eq(statuses(), status_lines[_i].statuses);
}
END_TEST

static const struct {
    const char *text, *host; /* NULL: none */
} referrals[] = {
    {"Registrar WHOIS Server: WHOIS.Registrar.example", "whois.registrar.example"},
    {"WHOIS Server: whois.registrar.example", "whois.registrar.example"},
    {"ReferralServer: whois://whois.registrar.example:43", "whois.registrar.example"},
    {"ReferralServer: whois://whois.registrar.example:43/", "whois.registrar.example"},
    {"Registrar WHOIS Server: whois.registrar.example:4343", NULL},
    {"ReferralServer: rwhois://rwhois.registrar.example:4321", NULL},
    {"Registrar WHOIS Server: https://registrar.example/whois", NULL},
    {"Registrar WHOIS Server: localhost", NULL},
    {"Registrar WHOIS Server: 192.0.2.1", NULL},
    {"Registrar WHOIS Server: a..example", NULL},
    {"Registrar WHOIS Server:", NULL},
};

START_TEST(referral)
{
    char text[256];
    (void)snprintf(text, sizeof text, EXAMPLE "%s\n", referrals[_i].text);
    read_text("example.com", text);
    if (referrals[_i].host != NULL)
        ck_assert_str_eq(reading.referral, referrals[_i].host);
    else
        ck_assert_ptr_null(reading.referral);
}
END_TEST

/* ---- IANA --------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *text, *host;
    enum dcv_contacts_state state;
} iana[] = {
    {"% IANA WHOIS server\n\nrefer:        whois.registry.example\n\ndomain:       EXAMPLE\n\ncontact:      administrative\n"
     "e-mail:       admin@registry.example\n\nwhois:        whois.registry.example\n\nstatus:       ACTIVE\n",
     "whois.registry.example", DCV_CONTACTS_NONE},
    {"domain:       EXAMPLE\n\ncontact: technical\ne-mail: tech@registry.example\n\nstatus: ACTIVE\n", NULL, DCV_CONTACTS_NONE},
    {"% IANA WHOIS server\n% This query returned 0 objects.\n", NULL, DCV_CONTACTS_FREE},
    {"domain: TEST\nwhois: whois.registry.example\n", NULL, DCV_CONTACTS_UNREACHABLE},
    {"% Too many requests\n", NULL, DCV_CONTACTS_RATE_LIMITED},
    {"", NULL, DCV_CONTACTS_UNREACHABLE},
};

START_TEST(top_level)
{
    ck_assert_int_eq(dcv_whois_read_iana(arena, iana[_i].text, strlen(iana[_i].text), "example", &reading), DCV_OK);
    state_is(iana[_i].state);
    ck_assert_uint_eq(reading.contacts.count, 0);
    if (iana[_i].host != NULL)
        ck_assert_str_eq(reading.referral, iana[_i].host);
    else
        ck_assert_ptr_null(reading.referral);
}
END_TEST

/* ---- octets ------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *octets;
    size_t len;
    const char *registrar;
} encodings[] = {
    {OCTETS("Domain: example.com\nRegistrar: R\xc3\xa9gistre\n"), "R\xc3\xa9gistre"},
    {OCTETS("Domain: example.com\nRegistrar: R\xe9gistre\n"), "R\xc3\xa9gistre"}, /* ISO-8859-1 */
    {OCTETS("Domain: example.com\nRegistrar: R\xe9gistre\nName: \xe6\xa0\xaa\n"), "R\xc3\xa9gistre"},
    {OCTETS("Domain: example.com\rRegistrar: R\r"), "R"},
    {OCTETS("Domain: example.com\r\r\nRegistrar: R\r\r\n"), "R"},
    {OCTETS("\xef\xbb\xbf" "Domain: example.com\nRegistrar:\tA\tB \n"), "A B"},
    {OCTETS("Domain: example.com\nRegi\0strar: A\0B\x07\x1b[31m\n"), "AB[31m"},
    {OCTETS("Domain: example.com\nRegistrar: A\xe2\x80\xae" "B\xe2\x80\x8b" "C\xc2\x85\n"), "ABC"}, /* bidirectional, zero width, C1 */
    {OCTETS("Domain: example.com\nRegistrar:\xe3\x80\x80" "A\xc2\xa0" "B\n"), "A B"},
    {OCTETS("Domain: example.com\nRegistrar: \x1b$BNc\x1b(B\n"), "\xe4\xbe\x8b"},         /* 例 */
    {OCTETS("Domain: example.com\nRegistrar: \x1b$BNc\xff\x1b(BA\n"), "\xe4\xbe\x8b" "A"}, /* not of that encoding */
};

START_TEST(encoding)
{
    read_octets("example.com", encodings[_i].octets, encodings[_i].len);
    ck_assert_ptr_nonnull(reading.registrar);
    ck_assert_str_eq(reading.registrar, encodings[_i].registrar);
}
END_TEST

START_TEST(internationalized)
{
    static const char text[] = "Domain: 例え.example\nRegistrar: R\nAdmin Email: a@example.net\n";
    read_text("xn--r8jz45g.example", text);
    state_is(DCV_CONTACTS_FOUND);
    read_text("xn--fsq.example", text);
    state_is(DCV_CONTACTS_UNREACHABLE);
}
END_TEST

/* ---- bounds ------------------------------------------------------------------------------------------------------------------- */

enum { MIB = 1 << 20, TWO_MIB = 1 << 21 };

static void put_start(struct dcv_buf *text)
{
    dcv_buf_init(text, TWO_MIB);
    dcv_buf_puts(text, EXAMPLE);
}

static void read_buffer(struct dcv_buf *text)
{
    ck_assert(!text->failed);
    read_octets("example.com", dcv_buf_text(text), text->len);
    dcv_buf_done(text);
}

START_TEST(many)
{
    struct dcv_buf text;
    put_start(&text);
    for (int i = 0; i < 1000; i++)
        dcv_buf_printf(&text, "Admin Email: a%d@example.net\nDomain Status: s%d\n", i, i);
    dcv_buf_puts(&text, "Domain Status: serverHold\n");
    read_buffer(&text);
    state_is(DCV_CONTACTS_SUSPENDED); /* although there is no room for it */
    ck_assert_uint_eq(reading.contacts.count, DCV_REGISTRY_CONTACTS);
    ck_assert_uint_eq(reading.statuses.count, DCV_REGISTRY_STATUSES);
}
END_TEST

/* 32 abuse addresses leave no room for the one that counts. */
START_TEST(crowded_out)
{
    struct dcv_buf text;
    put_start(&text);
    for (int i = 0; i < DCV_REGISTRY_CONTACTS; i++)
        dcv_buf_printf(&text, "Registrar Abuse Contact Email: a%d@example.net\n", i);
    dcv_buf_puts(&text, "Admin Email: a@example.net\n");
    read_buffer(&text);
    state_is(DCV_CONTACTS_UNREACHABLE);
}
END_TEST

static const struct {
    size_t len;
    enum dcv_contacts_state state;
} local_parts[] = {
    {64, DCV_CONTACTS_FOUND},
    {500, DCV_CONTACTS_FOUND},
    {501, DCV_CONTACTS_UNREACHABLE}, /* of more than 512 octets with its domain */
    {2000, DCV_CONTACTS_UNREACHABLE},
    {MIB, DCV_CONTACTS_UNREACHABLE},
};

START_TEST(long_address)
{
    struct dcv_buf text;
    put_start(&text);
    dcv_buf_puts(&text, "Admin Email: ");
    dcv_buf_fill(&text, 'a', local_parts[_i].len);
    dcv_buf_puts(&text, "@example.net\n");
    read_buffer(&text);
    state_is(local_parts[_i].state);
}
END_TEST

START_TEST(too_many_lines)
{
    struct dcv_buf text;
    put_start(&text);
    dcv_buf_fill(&text, '\n', MIB);
    read_buffer(&text);
    state_is(DCV_CONTACTS_UNREACHABLE);
    put_start(&text);
    dcv_buf_puts(&text, "Admin Email: a@example.net\n");
    dcv_buf_fill(&text, '\n', MIB);
    read_buffer(&text);
    state_is(DCV_CONTACTS_FOUND);
}
END_TEST

static const char *const repeated[] = {
    "\x1b$B", "\xff", "[", "a:", "Domain: x\n", "nic-hdl: a1\n\n", "Registrant:\n", "e-mail: a@b c@d e@f\n", "Domain: example.com\nadmin-c: a-1\n\n",
    "@ ", "~is ", "\xe2\x80\x8b",
};

/* A mebibyte of anything is read: of the last, octets that are left out. */
START_TEST(anything)
{
    const struct dcv_registry_handle handle = {.role = "tech", .handle = "AA000JP"};
    struct dcv_buf text;
    put_start(&text);
    while (text.len < MIB)
        dcv_buf_puts(&text, repeated[_i]);
    ck_assert_int_eq(dcv_whois_read(arena, text.data, text.len, "example.com", &reading), DCV_OK);
    ck_assert_uint_le(reading.contacts.count, DCV_REGISTRY_CONTACTS);
    ck_assert_int_eq(dcv_whois_read_handle(arena, text.data, text.len, &handle, &reading), DCV_OK);
    state_is(DCV_CONTACTS_UNREACHABLE);
    ck_assert_int_eq(dcv_whois_read_iana(arena, text.data, text.len, "com", &reading), DCV_OK);
    dcv_buf_done(&text);
}
END_TEST

/* Whichever allocation of the arena fails: nothing is read, and that is said. */
START_TEST(memory)
{
    static const char *const texts[] = {
        attribute_ja, general_ja, "domain: example.co.jp\nadmin-c: A-1\nstatus: ok\n\nnic-hdl: A-1\ne-mail: a@example.net\n", "Domain Name: example.net\n",
        "quota exceeded\n"};
    const char *text = texts[_i];
    enum dcv_status result = DCV_ERR_NOMEM;
    for (size_t room = 0; result != DCV_OK; room++) {
        size_t left = room;
        const struct dcv_allocator allocator = {.resize = scarce, .user = &left};
        struct dcv_arena *small = dcv_arena_create(&allocator);
        if (small == NULL)
            continue;
        result = dcv_whois_read(small, text, strlen(text), "example.co.jp", &reading);
        ck_assert(result == DCV_OK || result == DCV_ERR_NOMEM);
        ck_assert_int_eq(result == DCV_OK, !dcv_arena_failed(small));
        ck_assert_uint_le(room, 16);
        dcv_arena_free(small);
    }
}
END_TEST

/* ---- requests and withheld values --------------------------------------------------------------------------------------------- */

static const char *request(enum dcv_whois_request kind, const char *domain, const char *handle)
{
    static char text[128];
    struct dcv_buf out;
    dcv_buf_init(&out, sizeof text - 1);
    if (domain != NULL)
        dcv_whois_put_domain(kind, domain, &out);
    else
        dcv_whois_put_handle(kind, handle, &out);
    (void)snprintf(text, sizeof text, "%s", dcv_buf_text(&out));
    dcv_buf_done(&out);
    return text;
}

START_TEST(requests)
{
    ck_assert_int_eq(dcv_whois_request_of("whois.jprs.jp"), DCV_WHOIS_JPRS);
    ck_assert_int_eq(dcv_whois_request_of("WHOIS.JPRS.JP"), DCV_WHOIS_JPRS);
    ck_assert_int_eq(dcv_whois_request_of("whois.example"), DCV_WHOIS_PLAIN);
    ck_assert_str_eq(request(DCV_WHOIS_PLAIN, "example.com", NULL), "example.com\r\n");
    ck_assert_str_eq(request(DCV_WHOIS_JPRS, "example.jp", NULL), "example.jp/e\r\n");
    ck_assert_str_eq(request(DCV_WHOIS_JPRS_JA, "example.jp", NULL), "example.jp\r\n");
    ck_assert_str_eq(request(DCV_WHOIS_JPRS, NULL, "AA000JP"), "CONTACT AA000JP/e\r\n");
    ck_assert_str_eq(request(DCV_WHOIS_JPRS_JA, NULL, "AA000JP"), "CONTACT AA000JP\r\n");
    ck_assert_str_eq(request(DCV_WHOIS_PLAIN, "example.com\r\nhelp", NULL), "example.comhelp\r\n");
}
END_TEST

static const struct {
    const char *value;
    bool withheld;
} values[] = {
    {"taro@example.co.jp", false},
    {"proxy@example.net", false},
    {"privacy@example.net", false},
    {"a..b@example.net", false},
    {"", false},
    {"-", false},
    {"N/A", false},
    {"none", false},
    {"REDACTED FOR PRIVACY", true},
    {"REDACTED", true},
    {"Redacted | EU Registrar", true},
    {"https://registrar.example/contact", true},
    {"https://registrar.example/contact?to=taro@example.net", true},
    {"Please contact help@registrar.example", true},
    {"x1@DomainsByProxy.com", true},
    {"x1@mail.domainsbyproxy.com", true},
    {"x1@notdomainsbyproxy.com", false},
    {"whoisproxy@example.net", true},
    {"abc@withheldforprivacy.example", true},
    {"@example.net", true},
};

START_TEST(withheld)
{
    ck_assert_msg(dcv_registry_withheld(values[_i].value) == values[_i].withheld, "%s", values[_i].value);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("whois");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, jprs_general_use);
    tcase_add_test(tcase, jprs_attribute_type);
    tcase_add_loop_test(tcase, jprs_state, 0, ROWS(jprs_states));
    tcase_add_test(tcase, jprs_many_handles);
    tcase_add_loop_test(tcase, jprs_handle, 0, ROWS(handle_answers));
    tcase_add_test(tcase, consistent);
    tcase_add_loop_test(tcase, answer, 0, ROWS(answers));
    tcase_add_loop_test(tcase, state_of_words, 0, ROWS(words));
    tcase_add_test(tcase, own_words);
    tcase_add_loop_test(tcase, expiry, 0, ROWS(dates));
    tcase_add_loop_test(tcase, status, 0, ROWS(status_lines));
    tcase_add_loop_test(tcase, referral, 0, ROWS(referrals));
    tcase_add_loop_test(tcase, top_level, 0, ROWS(iana));
    tcase_add_loop_test(tcase, encoding, 0, ROWS(encodings));
    tcase_add_test(tcase, internationalized);
    tcase_add_test(tcase, many);
    tcase_add_test(tcase, crowded_out);
    tcase_add_loop_test(tcase, long_address, 0, ROWS(local_parts));
    tcase_add_test(tcase, too_many_lines);
    tcase_add_loop_test(tcase, anything, 0, ROWS(repeated));
    tcase_add_loop_test(tcase, memory, 0, 5);
    tcase_add_test(tcase, requests);
    tcase_add_loop_test(tcase, withheld, 0, ROWS(values));
    return run_cases("whois", tcase);
}
