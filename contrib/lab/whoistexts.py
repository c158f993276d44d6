"""The texts of WHOIS servers; what they tell is a registration (registrations.py)."""

import zlib

import registrations

ABUSE = "abuse@registrar.example"
PROXY = "whois-proxy@registrar.example"
EPP = "https://icann.org/epp#"
# Second-level labels below which JPRS tells handles in the place of contacts.
ATTRIBUTES = {"ac", "ad", "co", "ed", "go", "gr", "lg", "ne", "or"}

JPRS_HEAD = """\
[ The lab's copy of the JPRS database: its use is restricted to tests of      ]
[ network administration. To suppress Japanese output, add'/e' at the end of  ]
[ command, e.g. 'whois -h whois.jprs.jp xxx/e'.                               ]
"""
JPRS_HELP = JPRS_HEAD + """
The request is not understood: a domain name, or CONTACT and a handle, each
with /e behind it for English.
"""
NO_MATCH_EN = JPRS_HEAD + """
No match!!

The registered JP domain names can be queried here (only those of the lab).
"""
NO_MATCH_JA = JPRS_HEAD + """
No match!!

登録されているJPドメイン名の情報を確認できます(このラボのものに限ります)。
"""
JPRS_LIMITED = """
Cannot process your search request.

Service currently unavailable due to incoming of a large amount of
requests.

Try again later.
"""
LIMITED = "WHOIS LIMIT EXCEEDED - SEE WWW.NIC.EXAMPLE/WHOIS FOR DETAILS\r\n"
LIMITED_THIN = "Your connection limit exceeded. Please slow down and try again later.\r\n"
REFUSED = "% Access denied: this server does not answer to your address.\r\n"
REDACTED = "REDACTED FOR PRIVACY"
TITLES = {"registrant": "Registrant", "admin": "Admin", "tech": "Tech", "billing": "Billing", "abuse": "Registrar Abuse Contact",
          "public": "Registrant"}


def field(label, value=""):
    """A line of JPRS: values begin in one column, as wide as the characters are."""
    wide = sum(2 if ord(c) > 0x2E7F else 1 for c in label)
    return f"{label}{' ' * max(1, 32 - wide)}{value}\n"


# IANA


def iana(tld, server):
    """`server`: None where there is no such top-level domain, "" where it has no server."""
    if server is None:
        return f"% The lab's IANA WHOIS server\n% This query returned 0 objects.\n% No such domain: {tld}\n"
    refer = f"refer:        {server}\n\n" if server else ""
    whois = f"whois:        {server}\n\n" if server else ""
    return f"""\
% The lab's IANA WHOIS server
% This query returned 1 object

{refer}domain:       {tld.upper()}

organisation: Example Registry

contact:      administrative
name:         Registry Administrator
e-mail:       iana-admin@registry.example

contact:      technical
name:         Registry Operations
e-mail:       iana-tech@registry.example

nserver:      NS1.{tld.upper()} 192.0.2.53
{whois}status:       ACTIVE
remarks:      Registration information: http://registry.example/

source:       IANA
"""


# JPRS


def is_attribute(domain):
    labels = domain.split(".")
    return len(labels) > 3 or labels[-2] in ATTRIBUTES


def handle(domain, email):
    """The handle of a contact, the same every time: two letters, five digits."""
    number = zlib.crc32(f"{domain} {email}".encode())
    letters = chr(65 + number % 26) + chr(65 + number // 26 % 26)
    return f"{letters}{number // 676 % 90000 + 10000}JP"


def _slashed(days):
    return "" if days is None else registrations.day(days).strftime("%Y/%m/%d")


def emails(registration, *roles):
    """Addresses of the roles as they are told; None for one that is withheld."""
    hidden = registration["state"] == "redacted"
    return [None if hidden or email == registrations.WITHHELD else email
            for role, email in registration["contacts"] if role in roles]


def jprs_general(domain, registration, japanese):
    state = registration["state"]
    if state == "reserved":
        return _jprs_general_reserved(domain, japanese)
    mails = emails(registration, "public", "registrant")
    hidden = None in mails
    name = "Whois Privacy Protection Service" if hidden else "Example Organization"
    statuses = registration["statuses"] or ["Suspended" if state == "suspended" else "Active"]
    return (JPRS_HEAD + "\nDomain Information:" + (" [ドメイン情報]" if japanese else "") + "\n"
            + field("[Domain Name]", domain.upper()) + "\n"
            + (field("[登録者名]", "例示組織") if japanese else "") + field("[Registrant]", name) + "\n"
            + field("[Name Server]", f"ns1.{domain}") + field("[Name Server]", f"ns2.{domain}") + field("[Signing Key]") + "\n"
            + field("[登録年月日]" if japanese else "[Created on]", _slashed(-1800))
            + field("[有効期限]" if japanese else "[Expires on]", _slashed(registration["expires"]))
            + "".join(field("[状態]" if japanese else "[Status]", status) for status in statuses)
            + field("[最終更新]" if japanese else "[Last Updated]", f"{_slashed(-30)} 01:05:00 (JST)")
            + _referral(registration)
            + "\nContact Information:" + (" [公開連絡窓口]" if japanese else "") + "\n"
            + (field("[名前]", "例示組織") if japanese else "") + field("[Name]", name)
            + "".join(field("[Email]", PROXY if mail is None else mail) for mail in mails or [""])
            + field("[Web Page]") + field("[郵便番号]" if japanese else "[Postal code]", "000-0000")
            + (field("[住所]", "東京都例示区") if japanese else "") + field("[Postal Address]", "Example-ku, Tokyo")
            + field("[電話番号]" if japanese else "[Phone]", "03-0000-0000") + field("[FAX番号]" if japanese else "[Fax]"))


def _jprs_general_reserved(domain, japanese):
    ja = japanese
    return (JPRS_HEAD + "\nDomain Information:" + (" [ドメイン情報]" if ja else "") + "\n" + field("[Domain Name]", domain.upper())
            + "\n" + field("[Registrant]") + "\n" + field("[Name Server]") + field("[Signing Key]") + "\n"
            + field("[登録年月日]" if ja else "[Created on]") + field("[有効期限]" if ja else "[Expires on]")
            + field("[状態]" if ja else "[Status]", "Reserved") + field("[最終更新]" if ja else "[Last Updated]", "2001/02/21 00:00:00 (JST)")
            + "\nContact Information:" + (" [公開連絡窓口]" if ja else "") + "\n" + field("[Name]") + field("[Email]")
            + field("[Web Page]") + field("[Postal Address]"))


def _referral(registration):
    return f"ReferralServer: whois://{registration['refer']}\n" if registration["refer"] else ""


ATTRIBUTE_STATES = {"suspended": "Deleted", "reserved": "Reserved"}


def jprs_attribute(domain, registration, japanese):
    state = registration["state"]
    word = (registration["statuses"] or [ATTRIBUTE_STATES.get(state, "Connected")])[0]
    expires = _slashed(registration["expires"])
    gone = state in ATTRIBUTE_STATES
    organization = {"suspended": "Suspended Domain Name", "reserved": ""}.get(state, "Example Organization")
    people = [] if gone else registration["contacts"]

    def contacts(role):
        return [handle(domain, email) for kind, email in people if kind == role] or [""]

    ja = japanese
    return (JPRS_HEAD + "\nDomain Information:" + (" [ドメイン情報]" if ja else "") + "\n"
            + field("a. [ドメイン名]" if ja else "a. [Domain Name]", domain.upper())
            + (field("e. [そしきめい]", "れいじそしき") + field("f. [組織名]", "例示組織") if ja else "")
            + field("g. [Organization]", organization)
            + (field("k. [組織種別]", "例示") if ja else "") + field("l. [Organization Type]", "Example")
            + "".join(field("m. [登録担当者]" if ja else "m. [Administrative Contact]", who) for who in contacts("admin"))
            + "".join(field("n. [技術連絡担当者]" if ja else "n. [Technical Contact]", who) for who in contacts("tech"))
            + "".join(field("p. [ネームサーバ]" if ja else "p. [Name Server]", f"ns{n}.{domain}") for n in (1, 2))
            + field("s. [署名鍵]" if ja else "s. [Signing Key]")
            + field("[状態]" if ja else "[State]", word + (f" ({expires})" if expires and state != "reserved" else ""))
            + field("[登録年月日]" if ja else "[Registered Date]", _slashed(-1800))
            + field("[接続年月日]" if ja else "[Connected Date]", _slashed(-1799))
            + field("[最終更新]" if ja else "[Last Update]", f"{_slashed(-30)} 01:05:00 (JST)") + _referral(registration))


def jprs_contact(name, email, japanese):
    """`email`: "" for a contact without one, None for one that is withheld."""
    ja = japanese
    return (JPRS_HEAD + "\nContact Information:" + (" [担当者情報]" if ja else "") + "\n"
            + field("a. [JPNICハンドル]" if ja else "a. [JPNIC Handle]", name)
            + (field("b. [氏名]", "例示 太郎") if ja else "") + field("c. [Last, First]", "Reiji, Taro")
            + field("d. [電子メイル]" if ja else "d. [E-Mail]", PROXY if email is None else email)
            + (field("f. [組織名]", "例示組織") if ja else "") + field("g. [Organization]", "Example Organization")
            + (field("k. [部署]", "情報部") if ja else "") + field("l. [Division]", "Information")
            + field("o. [電話番号]" if ja else "o. [TEL]", "03-0000-0000") + field("p. [FAX番号]" if ja else "p. [FAX]")
            + field("y. [通知アドレス]" if ja else "y. [Reply Mail]", "jprs-notify@registrar.example")
            + field("[最終更新]" if ja else "[Last Update]", f"{_slashed(-30)} 10:00:00 (JST)"))


# Generic top-level domains


def _time(days):
    return "" if days is None else f"{registrations.day(days).isoformat()}T00:00:00Z"


def _head(domain, registration, expiry_label):
    return f"""\
Domain Name: {domain.upper()}
Registry Domain ID: 1_DOMAIN-LAB
Registrar WHOIS Server: {registration['refer']}
Registrar URL: http://registrar.example/
Updated Date: {_time(-30)}
Creation Date: {_time(-1800)}
{expiry_label}: {_time(registration['expires'])}
Registrar: {registration['registrar']}
Registrar IANA ID: 9999
Registrar Abuse Contact Email: {ABUSE}
Registrar Abuse Contact Phone: +81.300000000
""" + "".join(f"Domain Status: {status} {EPP}{status}\n" for status in statuses(registration))


def statuses(registration):
    if registration["statuses"]:
        return registration["statuses"]
    return {"suspended": ["clientHold"], "reserved": ["reserved"]}.get(registration["state"], ["ok"])


def _foot(domain):
    return f"""\
Name Server: NS1.{domain.upper()}
Name Server: NS2.{domain.upper()}
DNSSEC: unsigned
URL of the ICANN Whois Inaccuracy Complaint Form: https://www.icann.org/wicf/
>>> Last update of WHOIS database: {_time(0)} <<<

For more information on Whois status codes, please visit https://icann.org/epp

NOTICE: this is the lab's WHOIS server; complaints to complaints@registry.example.
"""


def thin(domain, registration):
    """A registry that knows no contacts."""
    record, mark, notice = (_head(domain, registration, "Registry Expiry Date") + _foot(domain)).partition(">>>")
    return "".join(f"   {line}\n" for line in record.splitlines()) + mark + notice


def thick(domain, registration, *, expiry_label="Registry Expiry Date"):
    """A registry or registrar that knows the contacts."""
    told = []
    for role, title in TITLES.items():
        mails = emails(registration, role)
        if role != "public" and (mails or role == "registrant"):
            told.append(f"{title} Name: {REDACTED if None in mails else 'Example Person'}\n{title} Organization: Example Organization\n")
        told += [f"{title} Email: {REDACTED if mail is None else mail}\n" for mail in mails]
    return _head(domain, registration, expiry_label) + "".join(told) + _foot(domain)


def registrar(domain, registration):
    return thick(domain, registration, expiry_label="Registrar Registration Expiration Date")


def free(domain):
    return f"No match for \"{domain.upper()}\".\n>>> Last update of WHOIS database: {_time(0)} <<<\n"


def not_found(domain):
    return f"Domain not found: {domain}\n"


def reserved(domain):
    return f"{domain} has been reserved by the registry and cannot be registered.\n"
