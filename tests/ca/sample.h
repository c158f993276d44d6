/* The profile that tests put faults into. */
#ifndef TESTS_CA_SAMPLE_H
#define TESTS_CA_SAMPLE_H

/* A profile with a little of everything; the numbers of its lines are expected. */
static const char profile[] = "id: test-ca\n" /* 1 */
                              "name: {en: Test, ja: テスト}\n"
                              "kind: ca\n"
                              "sources:\n"
                              "  - key: cps\n" /* 5 */
                              "    title: CPS\n"
                              "    url: https://ca.example/cps\n"
                              "    date: 2026-01-02\n"
                              "issues: {is: yes, ref: cps, grade: A}\n"
                              "caa:\n" /* 10 */
                              "  judged: yes\n"
                              "  issuer_domains: [ca.example]\n"
                              "  ref: cps\n"
                              "  grade: A\n"
                              "  honours_rfc8657: {is: unknown}\n" /* 15 */
                              "  knows_contactemail: {is: unknown}\n"
                              "  flag_1_is_critical: {is: unknown}\n"
                              "offers:\n"
                              "  - source: constructed\n"
                              "    offered: yes\n" /* 20 */
                              "    from: 2025-01-01\n"
                              "    until: 2026-01-01\n"
                              "    level: exact\n"
                              "    ref: cps\n"
                              "    grade: B\n" /* 25 */
                              "  - {source: txt-contact, offered: no, ref: cps, grade: A}\n"
                              "  - {source: caa-contact, offered: unknown, level: any-adn}\n"
                              "  - {source: soa-rname, offered: no, ref: cps, grade: A}\n"
                              "  - {source: whois, offered: yes, level: base, roles: [admin], ref: cps, grade: A}\n"
                              "  - {source: rdap, offered: no, ref: cps, grade: A}\n" /* 30 */
                              "cname_targets: {is: unknown}\n"
                              "recipients: {who: one, ref: cps, grade: A}\n"
                              "mx_required: {is: unknown}\n"
                              "wildcard: {is: no, ref: cps, grade: A}\n"
                              "mail_code: {hours: 72, ref: cps, grade: A}\n" /* 35 */
                              "limits:\n"
                              "  - {from: 2026-01-01, validity_days: 100, ref: cps, grade: A}\n"
                              "methods:\n"
                              "  - {method: http, offered: yes, path: \"/{token}\", ref: cps, grade: A}\n"
                              "unknown: [resend, sender, subject]\n" /* 40 */
                              "steps:\n"
                              "  - {kind: issue, en: Done., ja: 完了です。, ref: cps, grade: A}\n"
                              "products:\n"
                              "  - id: simple\n"
                              "    name: {en: Simple, ja: シンプル}\n" /* 45 */
                              "    validation: DV\n"
                              "    wildcard: no\n"
                              "    servers: unknown\n"
                              "    steps:\n"
                              "      - {kind: mail, en: A mail., ja: メールです。, ref: cps, grade: B}\n" /* 50 */
                              "      - {kind: intent, en: A call., ja: 電話です。, ref: cps, grade: A}\n"
                              "    ref: cps\n"
                              "    grade: A\n"
                              "  - {id: plain, name: {en: Plain, ja: プレーン}, validation: OV, wildcard: no,\n"
                              "     servers: one, ref: cps, grade: A}\n" /* 55 */
                              "notices: {days: [35, 30], ref: cps, grade: A}\n"
                              "csr: {dn_characters: \"AZ az\", rsa_bits_min: 3072, ref: cps, grade: A}\n";

#endif
