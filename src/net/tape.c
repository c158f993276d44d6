/* The tape: a run's exchanges as lines of text.
 *
 *     dcvready-tape 1
 *     wall 1795305600
 *     start 123456
 *     seed 00112233445566778899aabbccddeeff
 *     : resolver 192.0.2.53#53          settings and names, for whoever replays
 *     x 192.0.2.53#53 udp 123456 133456 answer <query> <answer>
 *     x 192.0.2.53#53 udp 123456 - pending <query> -
 *     x 192.0.2.53#53 udp 123456+1 133456 answer <query> <answer>
 *     x https://192.0.2.53:443/dns-query#dns.example tcp 123456 133456 rejected <query> - HTTP 404
 *
 * Octets are hexadecimal; "tcp" stands for any stream; last may stand, in printable ASCII, why there is no answer. Exchanges stand in the order in
 * which they were delivered, those never delivered last. Ids and letter case of the queries come from the seed, so a replay asks the same octets,
 * at the same times; where the same was said to one server twice at one moment, "+1" marks the second, "+2" the third. */
#include "net/net.h"

#include "base/map.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

static const char magic[] = "dcvready-tape 1\n";
enum { LINE_MAX_OCTETS = 4 << 20 }; /* the longest answers are of 1 MiB, and written with two digits an octet */

static const char *const end_texts[] = {
    [DCV_EXCHANGE_ANSWER] = "answer",  [DCV_EXCHANGE_TIMEOUT] = "timeout",       [DCV_EXCHANGE_UNREACHABLE] = "unreachable",
    [DCV_EXCHANGE_NO_ROUTE] = "no-route", [DCV_EXCHANGE_REJECTED] = "rejected", [DCV_EXCHANGE_FAILED] = "failed",
    [DCV_EXCHANGE_UNRECORDED] = "unrecorded", [DCV_EXCHANGE_PRIVATE] = "private", [DCV_EXCHANGE_CUT] = "cut",
};
enum { ENDS = sizeof end_texts / sizeof end_texts[0] };

/* ---- recording ------------------------------------------------------------------------------------------------------------ */

struct submitted {
    struct dcv_exchange *exchange; /* NULL when delivered */
    unsigned twins;                /* the same, submitted before it at the same moment */
};

struct recorder {
    struct dcv_transport transport;
    struct dcv_transport *inner;
    int fd;
    int error;          /* errno of the first failed write */
    struct dcv_buf out; /* not written yet */
    DCV_VEC(struct submitted) open;     /* by number */
    uint64_t moment_us;                 /* of the last that was submitted, */
    size_t first;                       /* and the number of the first at that moment */
    struct dcv_arena *arena;
    struct dcv_exchange *seen; /* by the last peek */
};

static void flush(struct recorder *recorder)
{
    if (recorder->out.failed && recorder->error == 0)
        recorder->error = ENOMEM;
    for (size_t done = 0; done < recorder->out.len && recorder->error == 0;) {
        ssize_t wrote = write(recorder->fd, recorder->out.data + done, recorder->out.len - done);
        if (wrote < 0 && errno != EINTR)
            recorder->error = errno;
        if (wrote > 0)
            done += (size_t)wrote;
    }
    dcv_buf_clear(&recorder->out);
}

static void put_octets(struct dcv_buf *out, const uint8_t *data, size_t len)
{
    if (len == 0)
        dcv_buf_putc(out, '-');
    else
        dcv_hex_put(out, data, len);
}

static void put_exchange(struct recorder *recorder, const struct dcv_exchange *exchange, bool delivered)
{
    char to[DCV_ENDPOINT_TEXT];
    struct dcv_buf *out = &recorder->out;
    dcv_buf_printf(out, "x %s %s %" PRIu64, dcv_endpoint_text(&exchange->to, to), exchange->tcp ? "tcp" : "udp", exchange->sent_us);
    if (recorder->open.items[exchange->number].twins != 0)
        dcv_buf_printf(out, "+%u", recorder->open.items[exchange->number].twins);
    if (delivered)
        dcv_buf_printf(out, " %" PRIu64 " %s ", exchange->done_us, end_texts[exchange->end]);
    else
        dcv_buf_puts(out, " - pending ");
    put_octets(out, exchange->query, exchange->query_len);
    dcv_buf_putc(out, ' ');
    put_octets(out, exchange->answer, delivered ? exchange->answer_len : 0);
    if (delivered && exchange->why[0] != '\0')
        dcv_buf_printf(out, " %s", exchange->why);
    dcv_buf_putc(out, '\n');
    flush(recorder); /* at once: a run that is interrupted is the one to be looked at */
}

static bool same_question(const struct dcv_exchange *a, const struct dcv_exchange *b)
{
    return a->tcp == b->tcp && a->query_len == b->query_len && (a->query_len == 0 || memcmp(a->query, b->query, a->query_len) == 0)
        && dcv_endpoint_equal(&a->to, &b->to);
}

static unsigned twins_of(struct recorder *recorder, const struct dcv_exchange *exchange)
{
    unsigned twins = 0;
    if (exchange->sent_us != recorder->moment_us) {
        recorder->moment_us = exchange->sent_us;
        recorder->first = exchange->number;
    }
    for (size_t i = recorder->first; i < exchange->number; i++)
        if (recorder->open.items[i].exchange != NULL && same_question(recorder->open.items[i].exchange, exchange))
            twins++;
    return twins;
}

static enum dcv_status recorder_submit(struct dcv_transport *transport, struct dcv_exchange *exchange, uint64_t now_us)
{
    struct recorder *recorder = (struct recorder *)transport;
    struct submitted *open = DCV_VEC_ADD(recorder->arena, &recorder->open);
    if (open == NULL)
        return DCV_ERR_NOMEM;
    size_t number = recorder->open.count - 1;
    exchange->number = number;
    *open = (struct submitted){.twins = twins_of(recorder, exchange)};
    enum dcv_status status = recorder->inner->submit(recorder->inner, exchange, now_us);
    recorder->open.items[number].exchange = status == DCV_OK ? exchange : NULL;
    return status;
}

static struct dcv_exchange *recorder_peek(struct dcv_transport *transport, uint64_t now_us, uint64_t until_us)
{
    struct recorder *recorder = (struct recorder *)transport;
    recorder->seen = recorder->inner->peek(recorder->inner, now_us, until_us);
    return recorder->seen;
}

static void recorder_pop(struct dcv_transport *transport)
{
    struct recorder *recorder = (struct recorder *)transport;
    put_exchange(recorder, recorder->seen, true);
    recorder->open.items[recorder->seen->number].exchange = NULL;
    recorder->inner->pop(recorder->inner);
}

static size_t recorder_pending(const struct dcv_transport *transport)
{
    const struct recorder *recorder = (const struct recorder *)transport;
    return recorder->inner->pending(recorder->inner);
}

enum dcv_status dcv_recorder_close(struct dcv_transport *transport)
{
    struct recorder *recorder = (struct recorder *)transport;
    if (recorder->fd < 0)
        return DCV_OK;
    for (size_t i = 0; i < recorder->open.count; i++)
        if (recorder->open.items[i].exchange != NULL)
            put_exchange(recorder, recorder->open.items[i].exchange, false);
    flush(recorder);
    /* A device such as a pipe cannot be synchronised; that is no failure to write. */
    if (recorder->error == 0 && fsync(recorder->fd) != 0 && errno != EINVAL && errno != EROFS)
        recorder->error = errno;
    if (close(recorder->fd) != 0 && recorder->error == 0)
        recorder->error = errno;
    recorder->fd = -1;
    errno = recorder->error;
    return recorder->error == 0 ? DCV_OK : DCV_ERR_IO;
}

static void recorder_free(struct dcv_transport *transport)
{
    struct recorder *recorder = (struct recorder *)transport;
    (void)dcv_recorder_close(transport);
    recorder->inner->free(recorder->inner);
    dcv_buf_done(&recorder->out);
    dcv_arena_free(recorder->arena);
    free(recorder);
}

static enum dcv_status recorder_watch(struct dcv_transport *transport, int fd, bool on)
{
    struct dcv_transport *inner = ((struct recorder *)transport)->inner;
    return inner->watch(inner, fd, on);
}

static bool recorder_woken(struct dcv_transport *transport, int *fd, uint64_t *at_us)
{
    struct dcv_transport *inner = ((struct recorder *)transport)->inner;
    return inner->woken(inner, fd, at_us);
}

enum dcv_status dcv_recorder_create(struct dcv_transport *inner, const char *path, const struct dcv_tape_header *header,
                                    struct dcv_transport **out)
{
    struct recorder *recorder = calloc(1, sizeof *recorder);
    struct dcv_arena *arena = dcv_arena_create(NULL);
    if (recorder == NULL || arena == NULL) {
        free(recorder);
        dcv_arena_free(arena);
        return DCV_ERR_NOMEM;
    }
    *recorder = (struct recorder){.inner = inner, .arena = arena, .fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)};
    if (recorder->fd < 0) {
        int reason = errno;
        dcv_arena_free(arena);
        free(recorder);
        errno = reason;
        return DCV_ERR_IO;
    }
    recorder->transport = (struct dcv_transport){recorder_submit, recorder_peek, recorder_pop, recorder_pending, recorder_free,
                                                   inner->watch != NULL ? recorder_watch : NULL, inner->woken != NULL ? recorder_woken : NULL};
    dcv_buf_init(&recorder->out, (size_t)1 << 26);
    dcv_buf_printf(&recorder->out, "%swall %" PRId64 "\nstart %" PRIu64 "\nseed ", magic, header->wall_s, header->start_us);
    dcv_hex_put(&recorder->out, header->seed.key, sizeof header->seed.key);
    dcv_buf_putc(&recorder->out, '\n');
    for (size_t i = 0; i < header->line_count; i++) {
        dcv_buf_puts(&recorder->out, ": ");
        dcv_text_escape(&recorder->out, header->lines[i], strlen(header->lines[i]));
        dcv_buf_putc(&recorder->out, '\n');
    }
    flush(recorder);
    *out = &recorder->transport;
    return DCV_OK;
}

/* ---- replaying ------------------------------------------------------------------------------------------------------------ */

struct recorded {
    struct recorded *next_same; /* the next exchange with the same key */
    uint64_t sent_us, done_us;
    uint64_t twins;
    bool pending;               /* never delivered */
    enum dcv_exchange_end end;
    size_t order;
    const char *answer;         /* hexadecimal */
    size_t answer_len;          /* digits */
    const char *why;
};

struct tape {
    struct dcv_transport transport;
    struct dcv_arena *arena;
    struct dcv_map *by_key; /* (to, transport, query) → struct recorded, oldest first */
    struct dcv_exchange **ready; /* heap by (done_us, number) */
    size_t ready_count, ready_room;
    struct dcv_exchange *silent; /* never to be delivered */
    size_t pending;
};

bool dcv_tape_magic(const char *text, size_t len)
{
    return len >= sizeof magic - 1 && memcmp(text, magic, sizeof magic - 1) == 0;
}

/* The key under which an exchange is found: server, transport and the query in hexadecimal, as on the line. */
static void put_key(struct dcv_buf *key, const char *to, bool tcp, const char *query_hex, size_t query_len)
{
    dcv_buf_puts(key, to);
    dcv_buf_puts(key, tcp ? " tcp " : " udp ");
    dcv_buf_put(key, query_hex, query_len);
}

static bool before(const struct dcv_exchange *a, const struct dcv_exchange *b)
{
    return a->done_us != b->done_us ? a->done_us < b->done_us : a->number < b->number;
}

static bool push_ready(struct tape *tape, struct dcv_exchange *exchange)
{
    if (tape->ready_count == tape->ready_room) {
        size_t room = tape->ready_room == 0 ? 64 : tape->ready_room * 2;
        struct dcv_exchange **ready = realloc(tape->ready, room * sizeof(struct dcv_exchange *));
        if (ready == NULL)
            return false;
        tape->ready = ready;
        tape->ready_room = room;
    }
    size_t at = tape->ready_count++;
    for (; at != 0 && before(exchange, tape->ready[(at - 1) / 2]); at = (at - 1) / 2)
        tape->ready[at] = tape->ready[(at - 1) / 2];
    tape->ready[at] = exchange;
    return true;
}

static void tape_pop(struct dcv_transport *transport)
{
    struct tape *tape = (struct tape *)transport;
    struct dcv_exchange *last = tape->ready[--tape->ready_count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= tape->ready_count)
            break;
        if (child + 1 < tape->ready_count && before(tape->ready[child + 1], tape->ready[child]))
            child++;
        if (!before(tape->ready[child], last))
            break;
        tape->ready[at] = tape->ready[child];
        at = child;
    }
    tape->ready[at] = last;
    tape->pending--;
}

/* Fills the exchange from its record; false: memory is short. */
static bool fill(struct dcv_exchange *exchange, const struct recorded *recorded)
{
    exchange->done_us = recorded->done_us;
    exchange->end = recorded->end;
    exchange->number = recorded->order;
    memcpy(exchange->why, recorded->why, strlen(recorded->why) + 1);
    if (recorded->answer_len == 0)
        return true;
    char *hex = strndup(recorded->answer, recorded->answer_len);
    exchange->answer = malloc(recorded->answer_len / 2 + 1);
    bool good = hex != NULL && exchange->answer != NULL
        && dcv_hex_read(hex, exchange->answer, recorded->answer_len / 2, &exchange->answer_len);
    free(hex);
    return good;
}

/* Is it more likely than another to be that of an exchange submitted at this moment? Else the older one is. */
static bool likelier(const struct recorded *a, const struct recorded *b, uint64_t sent_us)
{
    if ((a->sent_us == sent_us) != (b->sent_us == sent_us))
        return a->sent_us == sent_us;
    return a->sent_us == sent_us && a->twins < b->twins;
}

/* Takes one out of the list. */
static struct recorded *take_likeliest(struct recorded **first, uint64_t sent_us)
{
    struct recorded **best = first;
    for (struct recorded **at = first; *at != NULL; at = &(*at)->next_same)
        if (likelier(*at, *best, sent_us))
            best = at;
    struct recorded *taken = *best;
    if (taken != NULL)
        *best = taken->next_same;
    return taken;
}

/* Takes the unused record of the key that was submitted at this moment, else the oldest; NULL when there is none. */
static struct recorded *take_record(struct tape *tape, const struct dcv_exchange *exchange)
{
    char to[DCV_ENDPOINT_TEXT];
    struct dcv_buf key, hex;
    dcv_buf_init(&key, LINE_MAX_OCTETS);
    dcv_buf_init(&hex, LINE_MAX_OCTETS);
    dcv_hex_put(&hex, exchange->query, exchange->query_len);
    put_key(&key, dcv_endpoint_text(&exchange->to, to), exchange->tcp, dcv_buf_text(&hex), hex.len);
    struct recorded *first = key.failed ? NULL : dcv_map_take(tape->by_key, key.data, key.len);
    struct recorded *recorded = take_likeliest(&first, exchange->sent_us);
    if (first != NULL)
        (void)dcv_map_put(tape->by_key, key.data, key.len, first);
    dcv_buf_done(&key);
    dcv_buf_done(&hex);
    return recorded;
}

static enum dcv_status tape_submit(struct dcv_transport *transport, struct dcv_exchange *exchange, uint64_t now_us)
{
    struct tape *tape = (struct tape *)transport;
    struct recorded *recorded = take_record(tape, exchange);
    if (recorded != NULL && recorded->pending) {
        exchange->next = tape->silent;
        tape->silent = exchange;
        tape->pending++;
        return DCV_OK;
    }
    if (recorded != NULL) {
        if (!fill(exchange, recorded))
            return DCV_ERR_NOMEM;
    } else {
        exchange->done_us = now_us;
        exchange->end = DCV_EXCHANGE_UNRECORDED;
        exchange->number = SIZE_MAX;
    }
    if (!push_ready(tape, exchange))
        return DCV_ERR_NOMEM;
    tape->pending++;
    return DCV_OK;
}

static struct dcv_exchange *tape_peek(struct dcv_transport *transport, uint64_t now_us, uint64_t until_us)
{
    struct tape *tape = (struct tape *)transport;
    (void)now_us;
    (void)until_us; /* the clock of a tape does not run: the caller compares the times */
    return tape->ready_count != 0 ? tape->ready[0] : NULL;
}

static size_t tape_pending(const struct dcv_transport *transport)
{
    return ((const struct tape *)transport)->pending;
}

static void tape_free(struct dcv_transport *transport)
{
    struct tape *tape = (struct tape *)transport;
    for (size_t i = 0; i < tape->ready_count; i++)
        tape->ready[i]->drop(tape->ready[i]);
    while (tape->silent != NULL) {
        struct dcv_exchange *exchange = tape->silent;
        tape->silent = exchange->next;
        exchange->drop(exchange);
    }
    free(tape->ready);
    dcv_map_free(tape->by_key, NULL);
    dcv_arena_free(tape->arena);
    free(tape);
}

/* ---- reading the text ------------------------------------------------------------------------------------------------------ */

static bool number_from(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    if (*text < '0' || *text > '9')
        return false;
    *out = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0';
}

static bool hex_text(const char *text)
{
    size_t len = strspn(text, "0123456789abcdef");
    return text[len] == '\0' && len % 2 == 0;
}

enum { FIELDS = 7 };

/* Splits at single spaces; what follows the last of the FIELDS is the rest, "" when there is none. False: there are fewer. */
static bool split(char *line, char *fields[FIELDS], const char **rest)
{
    char *at = line;
    for (size_t i = 0; i < FIELDS; i++) {
        if (at == NULL)
            return false;
        fields[i] = at;
        at = strchr(at, ' ');
        if (at != NULL)
            *at++ = '\0';
    }
    *rest = at != NULL ? at : "";
    return at == NULL || *at != '\0';
}

static bool good_why(const char *text, const struct recorded *recorded)
{
    size_t len = 0;
    while (len < DCV_WHY_TEXT && text[len] >= ' ' && text[len] <= '~')
        len++;
    return len < DCV_WHY_TEXT && text[len] == '\0' && (len == 0 || (!recorded->pending && recorded->end != DCV_EXCHANGE_ANSWER));
}

/* The server as dcv_endpoint_text() writes it, since it is part of the key. */
static bool good_server(const char *text)
{
    struct dcv_endpoint to;
    char printed[DCV_ENDPOINT_TEXT];
    return dcv_endpoint_read(text, &to) == DCV_OK && strcmp(dcv_endpoint_text(&to, printed), text) == 0;
}

static bool read_end(const char *text, struct recorded *out)
{
    out->pending = strcmp(text, "pending") == 0;
    for (int i = 0; i < ENDS; i++) {
        if (strcmp(end_texts[i], text) == 0) {
            out->end = (enum dcv_exchange_end)i;
            return true;
        }
    }
    return out->pending;
}

/* "123456" or "123456+1". */
static bool read_sent(char *text, struct recorded *out)
{
    char *plus = strchr(text, '+');
    out->twins = 0;
    if (plus != NULL)
        *plus = '\0';
    return number_from(text, &out->sent_us) && (plus == NULL || (number_from(plus + 1, &out->twins) && out->twins != 0));
}

static bool append_record(struct tape *tape, const char *to, bool tcp, const char *query, struct recorded *recorded)
{
    struct dcv_buf key;
    dcv_buf_init(&key, LINE_MAX_OCTETS);
    put_key(&key, to, tcp, query, strlen(query));
    struct recorded *first = key.failed ? NULL : dcv_map_get(tape->by_key, key.data, key.len);
    bool good = !key.failed;
    if (first != NULL) {
        while (first->next_same != NULL)
            first = first->next_same;
        first->next_same = recorded;
    } else if (good) {
        good = dcv_map_put(tape->by_key, key.data, key.len, recorded);
    }
    dcv_buf_done(&key);
    return good;
}

static enum dcv_status read_exchange(struct tape *tape, char *line, size_t order)
{
    char *fields[FIELDS];
    struct recorded *recorded = dcv_arena_alloc(tape->arena, sizeof *recorded);
    if (recorded == NULL)
        return DCV_ERR_NOMEM;
    if (!split(line, fields, &recorded->why))
        return DCV_ERR_SYNTAX;
    bool tcp = strcmp(fields[1], "tcp") == 0;
    if (!good_server(fields[0]) || (!tcp && strcmp(fields[1], "udp") != 0) || !read_sent(fields[2], recorded)
        || !read_end(fields[4], recorded) || (!recorded->pending && !number_from(fields[3], &recorded->done_us)) || !hex_text(fields[5])
        || (strcmp(fields[6], "-") != 0 && !hex_text(fields[6])) || !good_why(recorded->why, recorded))
        return DCV_ERR_SYNTAX;
    recorded->order = order;
    recorded->answer = fields[6];
    recorded->answer_len = strcmp(fields[6], "-") == 0 ? 0 : strlen(fields[6]);
    return append_record(tape, fields[0], tcp, fields[5], recorded) ? DCV_OK : DCV_ERR_NOMEM;
}

struct header_reader {
    struct dcv_tape_header header;
    DCV_VEC(const char *) lines;
};

static enum dcv_status read_line(struct tape *tape, struct header_reader *reader, char *line, size_t number)
{
    uint64_t value;
    size_t len;
    if (strncmp(line, "x ", 2) == 0)
        return read_exchange(tape, line + 2, number);
    if (strncmp(line, ": ", 2) == 0) {
        const char **slot = DCV_VEC_ADD(tape->arena, &reader->lines);
        if (slot == NULL)
            return DCV_ERR_NOMEM;
        *slot = line + 2;
        return DCV_OK;
    }
    if (strncmp(line, "wall ", 5) == 0 && number_from(line + 5, &value) && value <= INT32_MAX * 100ULL) {
        reader->header.wall_s = (int64_t)value;
        return DCV_OK;
    }
    if (strncmp(line, "start ", 6) == 0 && number_from(line + 6, &value)) {
        reader->header.start_us = value;
        return DCV_OK;
    }
    if (strncmp(line, "seed ", 5) == 0 && dcv_hex_read(line + 5, reader->header.seed.key, sizeof reader->header.seed.key, &len)
        && len == sizeof reader->header.seed.key)
        return DCV_OK;
    return DCV_ERR_SYNTAX;
}

static enum dcv_status read_tape(struct tape *tape, const char *text, size_t len, struct dcv_tape_header *header, size_t *line)
{
    struct header_reader reader = {0};
    char *copy = dcv_arena_strndup(tape->arena, text, len);
    *line = 1;
    if (copy == NULL)
        return DCV_ERR_NOMEM;
    if (!dcv_tape_magic(text, len) || strlen(copy) != len)
        return DCV_ERR_SYNTAX;
    for (char *at = copy + sizeof magic - 1; *at != '\0';) {
        char *end = strchr(at, '\n');
        ++*line;
        if (end == NULL || end - at > LINE_MAX_OCTETS)
            return DCV_ERR_SYNTAX; /* cut off: a run that was killed, or a full disk */
        *end = '\0';
        enum dcv_status status = read_line(tape, &reader, at, *line);
        if (status != DCV_OK)
            return status;
        at = end + 1;
    }
    reader.header.lines = reader.lines.items;
    reader.header.line_count = reader.lines.count;
    *header = reader.header;
    return DCV_OK;
}

enum dcv_status dcv_tape_create(const char *text, size_t len, struct dcv_transport **out, struct dcv_tape_header *header, size_t *line)
{
    struct tape *tape = calloc(1, sizeof *tape);
    if (tape == NULL)
        return DCV_ERR_NOMEM;
    tape->transport = (struct dcv_transport){tape_submit, tape_peek, tape_pop, tape_pending, tape_free, NULL, NULL};
    tape->arena = dcv_arena_create(NULL);
    tape->by_key = dcv_map_create();
    enum dcv_status status = DCV_ERR_NOMEM;
    if (tape->arena != NULL && tape->by_key != NULL)
        status = read_tape(tape, text, len, header, line);
    if (status != DCV_OK) {
        tape_free(&tape->transport);
        return status;
    }
    *out = &tape->transport;
    return DCV_OK;
}
