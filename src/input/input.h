/* Names as given, normalised, each judged once however often and in whatever spelling it is given. */
#ifndef DCV_INPUT_INPUT_H
#define DCV_INPUT_INPUT_H

#include "base/arena.h"
#include "base/vec.h"
#include "name/hostname.h"

struct dcv_input {
    const char *text;                 /* as given; with other forms of an invalid name kept apart */
    bool valid;
    struct dcv_hostname name;         /* when valid */
    struct dcv_hostname_error error;  /* when not */
};

struct dcv_inputs;

struct dcv_inputs *dcv_inputs_create(void); /* NULL: memory is short */
void dcv_inputs_free(struct dcv_inputs *inputs);
/* Adds a name; a valid name that is there already, in any spelling, is not added again. DCV_ERR_NOMEM. */
enum dcv_status dcv_inputs_add(struct dcv_inputs *inputs, const char *text);
size_t dcv_inputs_count(const struct dcv_inputs *inputs);
const struct dcv_input *dcv_inputs_at(const struct dcv_inputs *inputs, size_t index);

#endif
