/* Looking profiles over before they are contributed: every fault the loader would refuse, and what is doubtful. */
#ifndef DCV_CA_LINT_H
#define DCV_CA_LINT_H

#include "base/status.h"
#include "ca/read.h"

struct dcv_lint_file {
    const char *file;
    const char *unreadable; /* why it cannot be read, and what to do; NULL: it was read */
    /* By line. Those of a file that is no YAML, or has other keys than a profile, end with the first fault. */
    const struct dcv_ca_fault *faults;
    size_t count, errors, warnings;
};

struct dcv_lint {
    struct dcv_lint_file *files; /* in the order given */
    size_t count, errors, warnings, unreadable;
    struct dcv_ca_set *set; /* holds the memory */
};

/* Looks over files and all profiles of directories, against the compiled-in profiles and each other; with `count` 0 the
 * compiled-in ones. Memory is from `allocator` (NULL: malloc). DCV_ERR_NOMEM. */
enum dcv_status dcv_ca_lint(const struct dcv_allocator *allocator, const char *const *paths, size_t count,
                            struct dcv_lint **out);
void dcv_lint_free(struct dcv_lint *lint);

#endif
