/* A bare c-ares loop, the yardstick of the bench: bare [-n IN-FLIGHT] [-c CHANNELS] ADDRESS:PORT [FILE]
 *
 * FILE (or standard input) holds a question a line, "NAME TYPE". So many are kept in flight, asked as dcvready asks: EDNS with 1232 octets
 * and DO, RD and AD set. Of an answer nothing is looked at but the rcode. The last line of the output says what that cost. */
#include <ares.h>

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    IN_FLIGHT = 500,
    CHANNELS_MAX = 64, /* each has a socket */
    SOCKETS_MAX = 256, /* events taken at once */
    TIMEOUT_MS = 2000,
    TRIES = 4,
    HEADER = 12,
    NAME_MAX_OCTETS = 255,
    OPT = 11, /* octets of an OPT record without options (RFC 6891 §6.1.2) */
    QUERY_MAX = HEADER + NAME_MAX_OCTETS + 4 + OPT,
};

struct bare;

struct channel {
    struct bare *bare;
    ares_channel ares;
};

struct bare {
    FILE *input;
    char *line;
    size_t line_size;
    int epoll;
    unsigned limit, in_flight;
    struct channel channels[CHANNELS_MAX];
    size_t channel_count;
    uint64_t random;
    uint64_t lookups, failures, bad_lines;
};

/* ---- questions ---------------------------------------------------------------------------------------------------------------- */

static uint16_t type_number(const char *text)
{
    static const struct {
        const char *name;
        uint16_t number;
    } types[] = {{"A", 1},       {"AAAA", 28}, {"CAA", 257}, {"CNAME", 5}, {"DNSKEY", 48}, {"DS", 43},
                 {"MX", 15},     {"NS", 2},    {"SOA", 6},   {"TLSA", 52}, {"TXT", 16}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcasecmp(text, types[i].name) == 0)
            return types[i].number;
    return 0;
}

/* The octets of a name without escapes; 0: it is none, or too long. */
static size_t put_name(const char *text, uint8_t out[NAME_MAX_OCTETS])
{
    size_t len = 0;
    while (*text != '\0' && strcmp(text, ".") != 0) {
        size_t label = strcspn(text, ".");
        if (label == 0 || label > 63 || len + 1 + label + 1 > NAME_MAX_OCTETS)
            return 0;
        out[len++] = (uint8_t)label;
        memcpy(out + len, text, label);
        len += label;
        text += label + (text[label] == '.');
    }
    out[len++] = 0;
    return len;
}

/* xorshift64: ids need not be more than spread here. */
static uint16_t next_id(struct bare *bare)
{
    bare->random ^= bare->random << 13;
    bare->random ^= bare->random >> 7;
    bare->random ^= bare->random << 17;
    return (uint16_t)(bare->random >> 32);
}

static size_t put_query(struct bare *bare, const char *name, uint16_t type, uint8_t out[QUERY_MAX])
{
    static const uint8_t header[HEADER] = {0, 0, 0x01, 0x20, 0, 1, 0, 0, 0, 0, 0, 1};
    static const uint8_t opt[OPT] = {0, 0, 41, 1232 >> 8, 1232 & 0xff, 0, 0, 0x80, 0, 0, 0};
    const uint16_t id = next_id(bare);
    memcpy(out, header, HEADER);
    out[0] = (uint8_t)(id >> 8);
    out[1] = (uint8_t)id;
    size_t len = put_name(name, out + HEADER);
    if (len == 0)
        return 0;
    len += HEADER;
    const uint8_t rest[] = {(uint8_t)(type >> 8), (uint8_t)type, 0, 1};
    memcpy(out + len, rest, sizeof rest);
    memcpy(out + len + sizeof rest, opt, OPT);
    return len + sizeof rest + OPT;
}

/* ---- lookups ------------------------------------------------------------------------------------------------------------------ */

/* cppcheck-suppress constParameter ; as c-ares calls it */
static void on_answer(void *user, int status, int timeouts, unsigned char *answer, int len)
{
    struct bare *bare = user;
    (void)timeouts;
    bare->in_flight--;
    bare->lookups++;
    const int rcode = status == ARES_SUCCESS && len >= HEADER ? answer[3] & 0x0f : -1;
    if (rcode != 0 && rcode != 3) /* NOERROR, NXDOMAIN */
        bare->failures++;
}

/* Asks what the next line says; false: there is none. */
static bool ask_next(struct bare *bare)
{
    uint8_t query[QUERY_MAX];
    ssize_t len = getline(&bare->line, &bare->line_size, bare->input);
    if (len <= 0)
        return false;
    char *name = bare->line, *type = name + strcspn(name, " \t\n");
    if (*type != '\0')
        *type++ = '\0';
    type[strcspn(type, "\n")] = '\0';
    const uint16_t number = type_number(type);
    const size_t size = number == 0 ? 0 : put_query(bare, name, number, query);
    if (size == 0) {
        bare->bad_lines++;
        return true;
    }
    bare->in_flight++;
    ares_send(bare->channels[bare->random % bare->channel_count].ares, query, (int)size, on_answer, bare);
    return true;
}

static void on_socket(void *user, ares_socket_t fd, int readable, int writable)
{
    struct channel *channel = user;
    struct epoll_event event = {.events = (readable ? (uint32_t)EPOLLIN : 0U) | (writable ? (uint32_t)EPOLLOUT : 0U)};
    const int operation = readable || writable ? EPOLL_CTL_ADD : EPOLL_CTL_DEL;
    /* A descriptor and its channel fit into one word of data. */
    event.data.u64 = (uint64_t)(channel - channel->bare->channels) << 32 | (uint32_t)fd;
    if (epoll_ctl(channel->bare->epoll, operation, fd, &event) != 0 && errno == EEXIST)
        (void)epoll_ctl(channel->bare->epoll, EPOLL_CTL_MOD, fd, &event);
}

/* What came is read until there is no more; where nothing came for a second, c-ares looks for what is late. */
static void work(struct bare *bare)
{
    struct epoll_event events[SOCKETS_MAX];
    bool more = true;
    for (;;) {
        while (more && bare->in_flight < bare->limit)
            more = ask_next(bare);
        if (bare->in_flight == 0)
            return;
        const int count = epoll_wait(bare->epoll, events, SOCKETS_MAX, 1000);
        for (int i = 0; i < count; i++) {
            const ares_socket_t fd = (ares_socket_t)(uint32_t)events[i].data.u64;
            ares_process_fd(bare->channels[events[i].data.u64 >> 32].ares, (events[i].events & EPOLLOUT) != 0 ? ARES_SOCKET_BAD : fd,
                            (events[i].events & EPOLLOUT) != 0 ? fd : ARES_SOCKET_BAD);
        }
        for (size_t i = 0; count == 0 && i < bare->channel_count; i++)
            ares_process_fd(bare->channels[i].ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    }
}

/* ---- beginning and end -------------------------------------------------------------------------------------------------------- */

static bool open_channel(struct bare *bare, struct channel *channel, const char *server)
{
    struct ares_options options = {.flags = ARES_FLAG_STAYOPEN | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP,
                                   .timeout = TIMEOUT_MS, .tries = TRIES, .socket_receive_buffer_size = 1 << 20, .lookups = (char[]){"b"},
                                   .sock_state_cb = on_socket, .sock_state_cb_data = channel};
    channel->bare = bare;
    return ares_init_options(&channel->ares, &options, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_RCVBUF | ARES_OPT_LOOKUPS
                             | ARES_OPT_SOCK_STATE_CB) == ARES_SUCCESS
        && ares_set_servers_ports_csv(channel->ares, server) == ARES_SUCCESS;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int tell_usage(void)
{
    fputs("usage: bare [-n IN-FLIGHT] [-c CHANNELS] ADDRESS:PORT [FILE]\n", stderr);
    return 2;
}

/* The number of an option, from 1 to `most`; 0: it is none. */
static unsigned number_of(const char *text, unsigned long most)
{
    char *end;
    const unsigned long value = strtoul(text, &end, 10);
    return *end == '\0' && value <= most ? (unsigned)value : 0;
}

static bool open_all(struct bare *bare, const char *server)
{
    bare->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (bare->epoll < 0 || getrandom(&bare->random, sizeof bare->random, 0) != (ssize_t)sizeof bare->random
        || ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
        return false;
    bare->random |= 1;
    for (size_t i = 0; i < bare->channel_count; i++)
        if (!open_channel(bare, &bare->channels[i], server))
            return false;
    return true;
}

static void close_all(struct bare *bare)
{
    for (size_t i = 0; i < bare->channel_count; i++)
        ares_destroy(bare->channels[i].ares);
    ares_library_cleanup();
    close(bare->epoll);
    free(bare->line);
    if (bare->input != stdin)
        fclose(bare->input);
}

int main(int argc, char **argv)
{
    struct bare bare = {.input = stdin, .limit = IN_FLIGHT, .channel_count = 1};
    for (int option; (option = getopt(argc, argv, "n:c:")) != -1;) {
        if (option == 'n')
            bare.limit = number_of(optarg, UINT16_MAX);
        else if (option == 'c')
            bare.channel_count = number_of(optarg, CHANNELS_MAX);
        else
            return tell_usage();
    }
    if (bare.limit == 0 || bare.channel_count == 0 || argc - optind < 1 || argc - optind > 2)
        return tell_usage();
    if (argc - optind == 2 && (bare.input = fopen(argv[optind + 1], "re")) == NULL) {
        perror(argv[optind + 1]);
        return 2;
    }
    if (!open_all(&bare, argv[optind])) {
        fputs("bare: cannot start\n", stderr);
        return 1;
    }
    const double start = seconds();
    work(&bare);
    const double wall_s = seconds() - start, cpu_s = cpu_seconds();
    const double each = bare.lookups == 0 ? 0 : 1e6 * cpu_s / (double)bare.lookups;
    printf("lookups=%llu failures=%llu bad_lines=%llu wall_s=%.3f cpu_s=%.3f us_per_lookup=%.2f\n", (unsigned long long)bare.lookups,
           (unsigned long long)bare.failures, (unsigned long long)bare.bad_lines, wall_s, cpu_s, each);
    close_all(&bare);
    return bare.failures == 0 && bare.bad_lines == 0 ? 0 : 1;
}
