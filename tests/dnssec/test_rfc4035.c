/* The signatures of RFC 4035, Appendix B, which none of our code made. */
#include "dnssec/work.h"

#include "support/rows.h"
#include "support/run.h"

#include <stdio.h>

enum { NOW = 1083412800 }; /* 2004-05-01T12:00:00Z */

#define KEY \
    "example. 3600 IN DNSKEY 256 3 5 AQOy1bZVvpPqhg4j7EJoM9rI3ZmyEx2OzDBVrZy/lvI5CQePxXHZS4i8dANH4DX3tbHol61ek8EFMcsGXxKciJFHyhl94C+NwI" \
    "LQdzsUlSFovBZs" \
    "yl/NX6yEbtw/xN9ZNcrbYvgjjZ/UVPZIySFNsgEYvh0z2542lzMKR4Dh8uZffQ=="

static const struct {
    const char *owner, *records[2]; /* without owner, TTL and class */
    unsigned labels;
    bool expanded; /* made from *.w.example. */
    const char *signature;
} rows[] = {
    {"example.", {"SOA ns1.example. bugs.x.w.example. 1081539377 3600 300 3600000 3600"}, 1, false,
     "ONx0k36rcjaxYtcNgq6iQnpNV5+drqYAsC9h7TSJaHCqbhE67Sr6aH2xDUGcqQWu/n0UVzrFvkgO9ebarZ0GWDKcuwlM6eNB5SiX2K74l5LWDA7S/Un/IbtDq4Ay8NMNLQ"
     "I7Dw7n4p8/rjkB"
     "jV7j86HyQgM5e7+miRAz8V01b0I="},
    {"example.", {"NS ns1.example.", "NS ns2.example."}, 1, false,
     "gl13F00f2U0R+SWiXXLHwsMY+qStYy5k6zfdEuivWc+wd1fmbNCyql0Tk7lHTX6UOxc8AgNf4ISFve8XqF4q+o9qlnqIzmppU3LiNeKT4FZ8RO5urFOvoMRTbQxW3U0hXW"
     "uggE4g3ZpsHv48"
     "0HjMeRaZB/FRPGfJPajngcq6Kwg="},
    {"x.w.example.", {"MX 1 xx.example."}, 3, false,
     "Il2WTZ+Bkv+OytBx4LItNW5mjB4RCwhOO8y1XzPHZmZUTVYL7LaA63f6T9ysVBzJRI3KRjAPH3U1qaYnDoN1DrWqmi9RJe4FoObkbcdm7P3Ikx70ePCoFgRz1Yq+bVVXCv"
     "GuAU4xALv3W/Y1"
     "jNSlwZ2mSWKHfxFQxPtLj8s32+k="},
    {"xx.example.", {"A 192.0.2.10"}, 2, false,
     "kBF4YxMGWF0D8r0cztL+2fWWOvN1U/GYSpYP7SoKoNQ4fZKyk+weWGlKLIUM+uE1zjVTPXoa0Z6WG0oZp46rkl1EzMcdMgoaeUzzAJ2BMq+YVdxG9IK1yZkYGY9AgbTOGP"
     "oAgbJyO9EPULsx"
     "kbIDV6GPPSZVusnZU6OMgdgzHV4="},
    {"xx.example.", {"AAAA 2001:db8::f00:baaa"}, 2, false,
     "Zzj0yodDxcBLnnOIwDsuKo5WqiaK24DlKg9CaGaxDFiKgKobUj2jilYQHpGFn2poFRetZd4zulyQkssz2QHrVrPuTMS22knudCiwP4LWpVTrU4zfeA+rDz9stmSBP/4Pek"
     "H/x2IoAYnwctd/"
     "xS9cL2QgW7FChw16mzlkH6/vsfs="},
    {"example.", {"NSEC a.example. NS SOA MX RRSIG NSEC DNSKEY"}, 1, false,
     "O0k558jHhyrC97ISHnislm4kLMW48C7U7cBmFTfhke5iVqNRVTB1STLMpgpbDIC9hcryoO0VZ9ME5xPzUEhbvGnHd5sfzgFVeGxr5Nyyq4tWSDBgIBiLQUv1ivy29vhXy7"
     "WgR62dPrZ0PWvm"
     "jfFJ5arXf4nPxp/kEowGgBRzY/U="},
    {"b.example.", {"NSEC ns1.example. NS RRSIG NSEC"}, 2, false,
     "GNuxHn844wfmUhPzGWKJCPY5ttEX/RfjDoOx9ueK1PtYkOWKOOdiJ/PJKCYB3hYX+858dDWSxb2qnV/LSTCNVBnkm6owOpysY97MVj5VQEWs0lm9tFoqjcptQkmQKYPrwU"
     "nCSNwvvclSF1xZ"
     "vhRXgWT7OuFXldoCG6TfVFMs9xE="},
    {"ns1.example.", {"NSEC ns2.example. A RRSIG NSEC"}, 2, false,
     "I4hj+Kt6+8rCcHcUdolks2S+Wzri9h3fHas81rGN/eILdJHN7JpV6lLGPIh/8fIBkfvdyWnBjjf1q3O7JgYO1UdI7FvBNWqaaEPJK3UkddBqZIaLi8Qr2XHkjq38BeQsbp"
     "8X0+6h4ETWSGT8"
     "IZaIGBLryQWGLw6Y6X8dqhlnxJM="},
    {"a.example.", {"DS 57855 5 1 B6DCD485719ADCA18E5F3D48A2331627FDD3636B"}, 2, false,
     "oXIKit/QtdG64J/CB+Gi8dOvnwRvqrto1AdQoRkAN15FP3iZ7suB7gvTBmXzCjL7XUgQVcoHkdhyCuzp8W9qJHgRUSwKKkczSyuL64nhgjuDEML8l9wlWVsl7PR2VnZduM"
     "9bLyBhaaPmRKX/"
     "Fm+v6ccF2EGNLRiY08kdkz+XHHo="},
    {"a.z.w.example.", {"MX 1 ai.example."}, 2, true,
     "OMK8rAZlepfzLWW75Dxd63jy2wswESzxDKG2f9AMN1CytCd10cYISAxfAdvXSZ7xujKAtPbctvOQ2ofO7AZJ+d01EeeQTVBPq4/6KCWhqe2XTjnkVLNvvhnc0u28aoSsG0"
     "+4InvkkOHknKxw"
     "4kX18MMR34i8lC36SR5xBni8vHI="},
    {"x.y.w.example.", {"NSEC xx.example. MX RRSIG NSEC"}, 4, false,
     "OvE6WUzN2ziieJcvKPWbCAyXyP6ef8cr6CspArVSTzKSquNwbezZmkU7E34o5lmb6CWSSSpgxw098kNUFnHcQf/LzY2zqRomubrNQhJTiDTXa0ArunJQCzPjOYq5t0SLjm"
     "6qp6McJI1AP5Vr"
     "QoKqJDCLnoAlcPOPKAm/jJkn3jk="},
    {"*.w.example.", {"NSEC x.w.example. MX RRSIG NSEC"}, 2, false,
     "r/mZnRC3I/VIcrelgIcteSxDhtsdlTDt8ng9HSBlABOlzLxQtfgTnn8f+aOwJIAFe1Ee5RvU5cVhQJNP5XpXMJHfyps8tVvfxSAXfahpYqtx91gsmcV/1V9/bZAG55CefP"
     "9cM4Z9Y9NT9XQ8"
     "s1InQ2UoIv6tJEaaKkP701j8OLA="},
};

static struct dcv_arena *arena;

static struct dcv_rr record(const char *owner, const char *rest)
{
    char line[1024];
    struct dcv_rr rr;
    (void)snprintf(line, sizeof line, "%s 3600 IN %s", owner, rest);
    ck_assert_msg(dcv_rr_from_text(arena, line, &rr) == DCV_OK, "%s", line);
    return rr;
}

START_TEST(signature)
{
    struct dcv_rr items[3] = {{.rdlen = 0}}, key_record;
    struct dcv_rrs section = {items, 0};
    struct dcv_dnskey key;
    struct dcv_rrset rrset;
    struct dcv_checked checked;
    struct dcv_anchors *anchors;
    struct dcv_validator *validator;
    char line[512], type[DCV_TYPE_TEXT];
    arena = dcv_arena_create(NULL);
    ck_assert_int_eq(dcv_anchors_iana(&anchors), DCV_OK);
    ck_assert_int_eq(dcv_validator_create(&(struct dcv_validator_options){.anchors = anchors}, &validator), DCV_OK);
    for (size_t i = 0; i < 2 && rows[_i].records[i] != NULL; i++)
        items[section.count++] = record(rows[_i].owner, rows[_i].records[i]);
    (void)snprintf(line, sizeof line, "RRSIG %s 5 %u 3600 20040509183619 20040409183619 38519 example. %s",
                   dcv_type_text(section.items[0].type, type), rows[_i].labels, rows[_i].signature);
    items[section.count++] = record(rows[_i].owner, line);
    ck_assert_int_eq(dcv_rr_from_text(arena, KEY, &key_record), DCV_OK);
    ck_assert(dcv_rr_dnskey(&key_record, &key));
    struct dcv_work work = {.validator = validator, .arena = arena, .now = NOW};
    ck_assert(dcv_rrset_find(arena, &section, &items[0].owner, items[0].type, &rrset));
    dcv_signature_check(&work, &rrset, &key_record.owner, &key, 1, &checked);
    ck_assert_str_eq(dcv_cause_text(checked.trust.cause), "");
    ck_assert_uint_eq(checked.labels, rows[_i].labels);
    ck_assert_int_eq(dcv_rrset_expanded(&rrset, checked.labels), rows[_i].expanded);
    dcv_validator_free(validator);
    dcv_anchors_free(anchors);
    dcv_arena_free(arena);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("rfc4035");
    tcase_add_loop_test(tcase, signature, 0, ROWS(rows));
    return run_cases("rfc4035", tcase);
}
