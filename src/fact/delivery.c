#include "fact/delivery.h"

#include <string.h>

enum { EXCHANGES = 16 };

struct exchange {
    struct dcv_mx mx;
    size_t order;
};

/* By preference; those of one preference in the order of the answer, which the resolver has shuffled (RFC 5321 §5.1). */
static void sort(struct exchange *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct exchange item = items[i];
        size_t at = i;
        for (; at != 0 && items[at - 1].mx.preference > item.mx.preference; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

static size_t add_addresses(const struct dcv_facts *facts, const struct dcv_name *host, uint16_t preference, uint16_t type,
                            struct dcv_mail_host *out, size_t room)
{
    const struct dcv_message *message = dcv_dns_fact_data(dcv_facts_dns(facts, host, type, NULL));
    struct dcv_name last;
    size_t count = 0;
    if (message == NULL)
        return 0;
    (void)dcv_message_chain(message, host, NULL, 0, &last);
    for (size_t i = dcv_message_find(message, &last, type, 0); i != SIZE_MAX && count < room; i = dcv_message_find(message, &last, type, i + 1))
        out[count++] = (struct dcv_mail_host){.host = *host, .address = message->answer.items[i], .preference = preference};
    return count;
}

static size_t add_host(const struct dcv_facts *facts, const struct dcv_name *host, uint16_t preference, struct dcv_mail_host *out, size_t room)
{
    size_t count = add_addresses(facts, host, preference, DCV_TYPE_AAAA, out, room);
    return count + add_addresses(facts, host, preference, DCV_TYPE_A, out + count, room - count);
}

size_t dcv_mail_hosts(const struct dcv_facts *facts, const struct dcv_name *domain, struct dcv_mail_host out[DCV_MAIL_HOSTS])
{
    const struct dcv_dns_fact *fact = dcv_facts_dns(facts, domain, DCV_TYPE_MX, NULL);
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    struct exchange items[EXCHANGES];
    struct dcv_name last;
    size_t count = 0, hosts = 0;
    if (message == NULL || fact->outcome == DCV_OUTCOME_NXDOMAIN)
        return 0;
    (void)dcv_message_chain(message, domain, NULL, 0, &last);
    size_t at = dcv_message_find(message, &last, DCV_TYPE_MX, 0);
    if (at == SIZE_MAX)
        return add_host(facts, domain, 0, out, DCV_MAIL_HOSTS);
    for (; at != SIZE_MAX && count < EXCHANGES; at = dcv_message_find(message, &last, DCV_TYPE_MX, at + 1))
        if (dcv_rr_mx(&message->answer.items[at], &items[count].mx) && items[count].mx.exchange.len > 1)
            count++;
    sort(items, count);
    for (size_t i = 0; i < count && hosts < DCV_MAIL_HOSTS; i++)
        hosts += add_host(facts, &items[i].mx.exchange, items[i].mx.preference, out + hosts, DCV_MAIL_HOSTS - hosts);
    return hosts;
}

static size_t front_count(const struct dcv_mail_host *hosts, size_t count)
{
    size_t front = 0;
    while (front < count && hosts[front].preference == hosts[0].preference)
        front++;
    return front;
}

static bool has_host(const struct dcv_mail_host *hosts, size_t count, const struct dcv_name *host)
{
    for (size_t i = 0; i < count; i++)
        if (dcv_name_equal(&hosts[i].host, host))
            return true;
    return false;
}

/* Has the conversation the same hosts, those of the lowest preference in whatever order? It is held with each of these, and where they are dead with the others:
 * an address is told to no host of another domain. */
static bool same_hosts(const struct dcv_delivery *delivery, const struct dcv_mail_host *hosts, size_t count)
{
    const size_t front = front_count(hosts, count);
    if (delivery->host_count != count || front_count(delivery->hosts, delivery->host_count) != front)
        return false;
    for (size_t i = 0; i < front; i++)
        if (!has_host(delivery->hosts, front, &hosts[i].host) || !has_host(hosts, front, &delivery->hosts[i].host))
            return false;
    for (size_t i = front; i < count; i++)
        if (!dcv_name_equal(&delivery->hosts[i].host, &hosts[i].host))
            return false;
    return true;
}

static bool has_address(const struct dcv_delivery *delivery, const char *address)
{
    for (size_t i = 0; i < delivery->count; i++)
        if (strcmp(delivery->addresses[i], address) == 0)
            return true;
    return false;
}

static bool add_domain(struct dcv_delivery *delivery, const struct dcv_name *domain)
{
    for (size_t i = 0; i < delivery->domain_count; i++)
        if (dcv_name_equal(&delivery->domains[i], domain))
            return true;
    if (delivery->domain_count == DCV_DELIVERY_DOMAINS)
        return false;
    delivery->domains[delivery->domain_count++] = *domain;
    return true;
}

size_t dcv_deliveries(const struct dcv_facts *facts, const struct dcv_mailbox *mailboxes, size_t count, struct dcv_delivery out[DCV_DELIVERIES])
{
    size_t made = 0;
    for (size_t i = 0; i < count; i++) {
        struct dcv_mail_host hosts[DCV_MAIL_HOSTS];
        const size_t host_count = mailboxes[i].domain.len > 1 ? dcv_mail_hosts(facts, &mailboxes[i].domain, hosts) : 0;
        size_t at = 0;
        while (host_count != 0 && at < made && !same_hosts(&out[at], hosts, host_count))
            at++;
        if (host_count == 0 || at == DCV_DELIVERIES)
            continue;
        if (at == made) {
            out[made] = (struct dcv_delivery){.host_count = host_count};
            memcpy(out[made++].hosts, hosts, host_count * sizeof hosts[0]);
        }
        if (out[at].count < DCV_DELIVERY_ADDRESSES && !has_address(&out[at], mailboxes[i].address) && add_domain(&out[at], &mailboxes[i].domain))
            out[at].addresses[out[at].count++] = mailboxes[i].address;
    }
    return made;
}
