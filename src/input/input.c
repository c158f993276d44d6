#include "input/input.h"

#include "base/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dcv_inputs {
    struct dcv_arena *arena;
    DCV_VEC(struct dcv_input *) items;
    struct dcv_map *known; /* A-label form of the valid names */
};

static const char *const origins[] = {
    [DCV_ORIGIN_ARGUMENT] = "argument",       [DCV_ORIGIN_CSR] = "csr",           [DCV_ORIGIN_COMMON_NAME] = "common-name",
    [DCV_ORIGIN_CERTIFICATE] = "certificate", [DCV_ORIGIN_ALSO_WWW] = "also-www",
};

const char *dcv_input_origin_text(enum dcv_input_origin origin)
{
    return origins[origin];
}

bool dcv_input_origin_parse(const char *text, size_t len, enum dcv_input_origin *out)
{
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++)
        if (strlen(origins[i]) == len && memcmp(origins[i], text, len) == 0) {
            *out = (enum dcv_input_origin)i;
            return true;
        }
    return false;
}

struct dcv_inputs *dcv_inputs_create(void)
{
    struct dcv_inputs *inputs = calloc(1, sizeof *inputs);
    if (inputs == NULL)
        return NULL;
    inputs->arena = dcv_arena_create(NULL);
    inputs->known = dcv_map_create();
    if (inputs->arena == NULL || inputs->known == NULL) {
        dcv_inputs_free(inputs);
        return NULL;
    }
    return inputs;
}

void dcv_inputs_free(struct dcv_inputs *inputs)
{
    if (inputs == NULL)
        return;
    dcv_map_free(inputs->known, NULL);
    dcv_arena_free(inputs->arena);
    free(inputs);
}

static struct dcv_input *add_item(struct dcv_inputs *inputs, const char *text)
{
    struct dcv_input *input = dcv_arena_alloc(inputs->arena, sizeof *input);
    struct dcv_input **slot = DCV_VEC_ADD(inputs->arena, &inputs->items);
    const char *copy = dcv_arena_strdup(inputs->arena, text);
    if (input == NULL || slot == NULL || copy == NULL)
        return NULL;
    *slot = input;
    input->text = copy;
    input->times = 1;
    return input;
}

enum dcv_status dcv_inputs_add_from(struct dcv_inputs *inputs, const char *text, enum dcv_input_origin origin)
{
    struct dcv_hostname name;
    struct dcv_hostname_error error = {0};
    enum dcv_status status = dcv_hostname_parse(text, strlen(text), &name, &error);
    if (status != DCV_OK && status != DCV_ERR_SYNTAX)
        return status;
    struct dcv_input *present = status == DCV_OK ? dcv_map_get(inputs->known, name.ascii, strlen(name.ascii)) : NULL;
    if (present != NULL) {
        present->times++;
        return DCV_OK;
    }
    struct dcv_input *input = add_item(inputs, text);
    if (input == NULL)
        return DCV_ERR_NOMEM;
    input->valid = status == DCV_OK;
    input->origin = origin;
    input->error = error;
    if (!input->valid)
        return DCV_OK;
    input->name = name;
    return dcv_map_put(inputs->known, name.ascii, strlen(name.ascii), input) ? DCV_OK : DCV_ERR_NOMEM;
}

enum dcv_status dcv_inputs_add(struct dcv_inputs *inputs, const char *text)
{
    return dcv_inputs_add_from(inputs, text, DCV_ORIGIN_ARGUMENT);
}

/* ---- requests and certificates --------------------------------------------------------------------------------------------------- */

enum dcv_status dcv_inputs_add_x509(struct dcv_inputs *inputs, const struct dcv_x509 *x509)
{
    enum dcv_status status = DCV_OK;
    struct dcv_hostname name;
    struct dcv_hostname_error error;
    for (size_t i = 0; status == DCV_OK && i < x509->san_count; i++) {
        const struct dcv_san *san = &x509->sans[i];
        if (san->kind == DCV_SAN_DNS && dcv_x509_hostname(san->text, san->len, &name, &error))
            status = dcv_inputs_add_from(inputs, name.ascii, x509->certificate ? DCV_ORIGIN_CERTIFICATE : DCV_ORIGIN_CSR);
    }
    if (status == DCV_OK && dcv_x509_extra_name(x509, &name) != NULL)
        status = dcv_inputs_add_from(inputs, name.ascii, DCV_ORIGIN_COMMON_NAME);
    return status;
}

/* ---- siblings ---------------------------------------------------------------------------------------------------------------------- */

/* The sibling of a name as text; false: it has none. */
static bool sibling_of(const struct dcv_hostname *name, const struct dcv_psl *psl, char out[sizeof name->ascii + 4])
{
    struct dcv_name base;
    if (name->wildcard || !dcv_psl_base(psl, &name->name, &base))
        return false;
    if (dcv_name_first_is(&name->name, "www") && !dcv_name_equal(&name->name, &base))
        (void)snprintf(out, sizeof name->ascii + 4, "%s", name->ascii + 4);
    else
        (void)snprintf(out, sizeof name->ascii + 4, "www.%s", name->ascii);
    return true;
}

/* Moves the last item to `to`. */
static void move_last(struct dcv_inputs *inputs, size_t to)
{
    struct dcv_input *last = inputs->items.items[inputs->items.count - 1];
    memmove(&inputs->items.items[to + 1], &inputs->items.items[to], (inputs->items.count - 1 - to) * sizeof(struct dcv_input *));
    inputs->items.items[to] = last;
}

enum dcv_status dcv_inputs_add_siblings(struct dcv_inputs *inputs, const struct dcv_psl *psl)
{
    for (size_t i = 0; i < inputs->items.count; i++) {
        const struct dcv_input *input = inputs->items.items[i];
        struct dcv_hostname name;
        struct dcv_hostname_error error;
        char text[sizeof input->name.ascii + 4];
        if (!input->valid || input->origin == DCV_ORIGIN_ALSO_WWW || !sibling_of(&input->name, psl, text)
            || dcv_hostname_parse(text, strlen(text), &name, &error) != DCV_OK /* too long */
            || dcv_map_get(inputs->known, name.ascii, strlen(name.ascii)) != NULL)
            continue;
        enum dcv_status status = dcv_inputs_add_from(inputs, text, DCV_ORIGIN_ALSO_WWW);
        if (status != DCV_OK)
            return status;
        move_last(inputs, i + 1);
    }
    return DCV_OK;
}

size_t dcv_inputs_count(const struct dcv_inputs *inputs)
{
    return inputs->items.count;
}

const struct dcv_input *dcv_inputs_at(const struct dcv_inputs *inputs, size_t index)
{
    return inputs->items.items[index];
}
