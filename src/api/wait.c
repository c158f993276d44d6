/* Waiting: looks, pauses between them, and what is told on the way. */
#include "api/wait.h"

#include "fact/ladder.h"

#include <stdlib.h>
#include <string.h>

enum {
    TICK_US = 250000,
    TOGETHER_US = 1000000, /* looks that are this near to one another are made together */
    CONFIRMATIONS = 2,     /* looks after the deadline, to try a silent server again */
    EXIT_MET = 0, EXIT_NOT_MET = 1, EXIT_UNSEEN = 3,
};

uint64_t wait_now_us(const struct wait_run *run)
{
    return dcv_net_now_us(run->engine->net);
}

int64_t wait_now_s(const struct wait_run *run)
{
    return run->engine->wall_s + (int64_t)((wait_now_us(run) - run->engine->start_us) / 1000000U);
}

/* ---- telling ------------------------------------------------------------------------------------------------------------- */

static enum dcv_mark mark_of(const struct dcv_wait_server *row)
{
    if (row->state == DCV_WAIT_HAS || row->state == DCV_WAIT_ALIAS)
        return DCV_MARK_YES;
    return row->counts ? DCV_MARK_NO : DCV_MARK_OUT;
}

static void add_lines(struct dcv_arena *arena, const struct watch *watch, bool named, struct dcv_progress_line *lines, size_t *count)
{
    const struct dcv_wait *wait = &watch->wait;
    const char **texts = dcv_arena_array(arena, wait->servers.count, sizeof *texts);
    if (texts == NULL)
        return;
    dcv_report_wait_lines(arena, wait, named, texts);
    for (size_t i = 0; i < wait->servers.count; i++)
        lines[(*count)++] = (struct dcv_progress_line){mark_of(&wait->servers.items[i]), texts[i]};
}

static uint64_t next_us(const struct wait_run *run)
{
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < run->watches.count; i++)
        if (!run->watches.items[i]->done && run->watches.items[i]->next_us < least)
            least = run->watches.items[i]->next_us;
    return least;
}

static unsigned seconds_until(const struct wait_run *run, uint64_t at_us)
{
    const uint64_t now_us = wait_now_us(run);
    return at_us != UINT64_MAX && at_us > now_us ? (unsigned)((at_us - now_us + 999999U) / 1000000U) : 0;
}

static void tell(struct wait_run *run)
{
    struct dcv_session *session = run->engine->session;
    struct dcv_arena *arena = session->progress != NULL ? dcv_arena_create(NULL) : NULL;
    size_t room = 0, count = 0;
    bool named = run->watches.count > 1;
    if (arena == NULL)
        return;
    for (size_t i = 0; i < run->watches.count; i++)
        named = named || run->watches.items[i]->asked_count > 1;
    for (size_t i = 0; i < run->watches.count; i++)
        room += run->watches.items[i]->wait.servers.count;
    struct dcv_progress_line *lines = dcv_arena_array(arena, room, sizeof *lines);
    for (size_t i = 0; lines != NULL && i < run->watches.count; i++)
        add_lines(arena, run->watches.items[i], named, lines, &count);
    const struct dcv_progress progress = {
        .round = run->round, .looking = run->looking, .next_s = run->looking ? 0 : seconds_until(run, next_us(run)),
        .left_s = seconds_until(run, run->deadline_us), .lines = lines, .line_count = count, .changes = run->changes.items,
        .change_count = run->changes.count};
    if (!dcv_arena_failed(arena) && !session->progress(session->progress_user, &progress))
        run->stopped = true;
    run->changes.count = 0;
    dcv_arena_free(arena);
}

static void on_tick(struct dcv_timer *timer)
{
    struct wait_run *run = timer->user;
    tell(run);
    if (run->stopped && run->gather != NULL)
        dcv_gather_cut(run->gather);
    (void)dcv_net_timer_set(run->engine->net, timer, wait_now_us(run) + TICK_US);
}

void dcv_session_on_progress(struct dcv_session *session, dcv_progress_fn *call, void *user)
{
    session->progress = call;
    session->progress_user = user;
}

static bool same_answer(const struct dcv_wait_server *a, const struct dcv_wait_server *b)
{
    return a->state == b->state && a->counts == b->counts && a->other_len == b->other_len
        && (a->other_len == 0 || memcmp(a->other, b->other, a->other_len) == 0);
}

static void note_changes(struct wait_run *run, const struct watch *watch, const struct dcv_wait_servers *before)
{
    const struct dcv_wait *wait = &watch->wait;
    for (size_t i = 0; run->engine->session->progress != NULL && i < wait->servers.count; i++) {
        const struct dcv_wait_server *row = &wait->servers.items[i], *older = dcv_wait_find(before, row);
        if (older != NULL && same_answer(row, older))
            continue;
        struct dcv_progress_line *change = DCV_VEC_ADD(run->arena, &run->changes);
        if (change != NULL)
            *change = (struct dcv_progress_line){mark_of(row), dcv_report_wait_change(run->arena, wait, row)};
    }
}

/* ---- the end of a name --------------------------------------------------------------------------------------------------- */

static enum dcv_status finish(struct watch *watch, enum dcv_wait_end end)
{
    struct wait_run *run = watch->run;
    struct dcv_wait *wait = &watch->wait;
    const struct dcv_wait_sum sum = dcv_wait_sum(&wait->wanted, &wait->servers, wait_now_s(run));
    watch->done = true;
    wait->end = end;
    wait->seen = sum.seen;
    wait->negative_until = sum.negative_until;
    wait->ended_s = wait_now_s(run);
    wait->elapsed_us = wait_now_us(run) - run->engine->start_us;
    watch->result->wait = wait;
    watch->result->waited = end == DCV_WAIT_MET ? EXIT_MET : sum.seen ? EXIT_NOT_MET : EXIT_UNSEEN;
    watch->result->done = true;
    return results_report(run->engine->session);
}

/* ---- a round ------------------------------------------------------------------------------------------------------------- */

/* The rows of the look take the place of the older ones; unless it was broken off, and there are older ones. */
static void adopt(struct watch *watch)
{
    struct wait_run *run = watch->run;
    struct dcv_wait *wait = &watch->wait;
    const struct dcv_wait_servers before = wait->servers;
    if (watch->unrecorded)
        run->stopped = true; /* the recording ends here */
    if (run->stopped && watch->arena != NULL) {
        dcv_arena_free(watch->fresh_arena);
        watch->fresh_arena = NULL;
        return;
    }
    dcv_wait_carry(&before, &watch->fresh);
    wait->servers = watch->fresh;
    wait->rounds++;
    wait->ended_s = wait_now_s(run);
    note_changes(run, watch, &before);
    dcv_arena_free(watch->arena);
    watch->arena = watch->fresh_arena;
    watch->fresh_arena = NULL;
}

static enum dcv_status conclude(struct watch *watch, bool last)
{
    struct wait_run *run = watch->run;
    struct dcv_wait *wait = &watch->wait;
    adopt(watch);
    const int64_t now_s = wait_now_s(run);
    const uint64_t now_us = wait_now_us(run);
    const struct dcv_wait_sum sum = dcv_wait_sum(&wait->wanted, &wait->servers, now_s);
    if (sum.met)
        return finish(watch, DCV_WAIT_MET);
    if (run->stopped)
        return finish(watch, DCV_WAIT_STOPPED);
    if (last && !(sum.doubtful && wait->rounds <= CONFIRMATIONS))
        return finish(watch, DCV_WAIT_DEADLINE);
    watch->next_us = now_us + 1000U * dcv_wait_pause_ms(&wait->wanted, &wait->servers, now_s, &watch->backoff_ms);
    if (watch->next_us > run->deadline_us && !last)
        watch->next_us = now_us > run->deadline_us ? now_us : run->deadline_us;
    return DCV_OK;
}

static enum dcv_status look_round(struct wait_run *run)
{
    const uint64_t now_us = wait_now_us(run);
    const bool last = now_us >= run->deadline_us;
    for (size_t i = 0; i < run->watches.count; i++) {
        struct watch *watch = run->watches.items[i];
        watch->due = !watch->done && (watch->next_us <= now_us + TOGETHER_US || last);
    }
    run->looking = true;
    run->round++;
    enum dcv_status status = wait_look(run, last);
    run->looking = false;
    for (size_t i = 0; status == DCV_OK && i < run->watches.count; i++)
        if (run->watches.items[i]->due)
            status = conclude(run->watches.items[i], last);
    return status;
}

static void on_pause(struct dcv_timer *timer)
{
    struct wait_run *run = timer->user;
    run->paused = false;
}

static enum dcv_status rest(struct wait_run *run)
{
    struct dcv_net *net = run->engine->net;
    run->paused = true;
    enum dcv_status status = dcv_net_timer_set(net, &run->pause, next_us(run));
    while (status == DCV_OK && run->paused && !run->stopped)
        if (!dcv_net_step(net))
            status = DCV_ERR_SYSTEM;
    dcv_net_timer_stop(net, &run->pause);
    return status;
}

static enum dcv_status stop_all(struct wait_run *run)
{
    enum dcv_status status = DCV_OK;
    for (size_t i = 0; status == DCV_OK && i < run->watches.count; i++)
        if (!run->watches.items[i]->done)
            status = finish(run->watches.items[i], DCV_WAIT_STOPPED);
    return status;
}

static enum dcv_status go_on(struct wait_run *run)
{
    enum dcv_status status = results_report(run->engine->session); /* invalid names come first */
    while (status == DCV_OK && next_us(run) != UINT64_MAX && !run->stopped) {
        status = look_round(run);
        if (status == DCV_OK)
            tell(run);
        if (status == DCV_OK && next_us(run) != UINT64_MAX && !run->stopped)
            status = rest(run);
    }
    return status == DCV_OK ? stop_all(run) : status;
}

/* ---- the beginning ------------------------------------------------------------------------------------------------------- */

/* The labels of `at` before `name`; false: too long together. */
static bool prepend(const char *at, const struct dcv_name *name, struct dcv_name *out)
{
    struct dcv_name labels;
    if (dcv_name_parse(at, &labels, NULL) != DCV_OK || (size_t)labels.len - 1 + name->len > DCV_NAME_WIRE_MAX)
        return false;
    *out = (struct dcv_name){.len = (uint8_t)(labels.len - 1 + name->len)};
    memcpy(out->wire, labels.wire, (size_t)labels.len - 1);
    memcpy(out->wire + labels.len - 1, name->wire, name->len);
    return true;
}

static enum dcv_status set_wanted(struct wait_run *run, struct watch *watch)
{
    static const char contact_label[] = "_validation-contactemail";
    const struct waiting *waiting = &run->waiting;
    struct dcv_wanted *wanted = &watch->wait.wanted;
    const struct dcv_name *name = &watch->result->name.name;
    const char *text = waiting->mailbox != NULL ? waiting->contact : waiting->txt;
    const char *at = waiting->mailbox != NULL ? contact_label : waiting->at;
    wanted->owner = *name;
    wanted->value = (const uint8_t *)text;
    wanted->len = strlen(text);
    wanted->contact = waiting->mailbox;
    if (at == NULL || prepend(at, name, &wanted->owner))
        return DCV_OK;
    return session_fail(run->engine->session, DCV_ERR_USAGE, _("'%s' before '%s' is too long for a name"), at, watch->result->text);
}

static enum dcv_status add_watch(struct wait_run *run, struct dcv_result *result)
{
    struct watch *watch = dcv_arena_alloc(run->arena, sizeof *watch), **slot = DCV_VEC_ADD(run->arena, &run->watches);
    struct dcv_name base;
    if (watch == NULL || slot == NULL)
        return DCV_ERR_NOMEM;
    *slot = watch;
    *watch = (struct watch){.run = run, .result = result, .next_us = run->engine->start_us};
    watch->wait.name = &result->name;
    watch->wait.started_s = watch->wait.ended_s = wait_now_s(run);
    enum dcv_status status = set_wanted(run, watch);
    if (status != DCV_OK)
        return status;
    /* The label before a public suffix would make a base domain of it. */
    watch->wait.suffix = dcv_ladder_none(run->engine->session->psl, &result->name.name)
        || dcv_ladder_none(run->engine->session->psl, &watch->wait.wanted.owner)
        || !dcv_psl_base(run->engine->session->psl, &watch->wait.wanted.owner, &base);
    return watch->wait.suffix ? finish(watch, DCV_WAIT_STOPPED) : DCV_OK;
}

static enum dcv_status begin(struct wait_run *run, size_t from)
{
    const struct engine *engine = run->engine;
    enum dcv_status status = wait_settle(engine->session, &run->waiting);
    run->deadline_us = engine->start_us + 1000U * (uint64_t)run->waiting.deadline_ms;
    run->tick = (struct dcv_timer){.fire = on_tick, .user = run};
    run->pause = (struct dcv_timer){.fire = on_pause, .user = run};
    for (size_t i = from; status == DCV_OK && i < engine->session->results.count; i++)
        if (engine->session->results.items[i]->valid)
            status = add_watch(run, engine->session->results.items[i]);
    if (status == DCV_OK && engine->session->progress != NULL)
        status = dcv_net_timer_set(engine->net, &run->tick, wait_now_us(run) + TICK_US);
    return status;
}

static void end(struct wait_run *run)
{
    dcv_net_timer_stop(run->engine->net, &run->tick);
    for (size_t i = 0; i < run->watches.count; i++) {
        struct watch *watch = run->watches.items[i];
        watch->result->wait = NULL;
        dcv_arena_free(watch->arena);
        dcv_arena_free(watch->fresh_arena);
    }
    dcv_arena_free(run->arena);
}

enum dcv_status wait_all(const struct engine *engine, size_t from)
{
    struct wait_run run = {.engine = engine, .arena = dcv_arena_create(NULL)};
    if (run.arena == NULL)
        return DCV_ERR_NOMEM;
    enum dcv_status status = begin(&run, from);
    if (status == DCV_OK)
        status = go_on(&run);
    end(&run);
    return status;
}
