/* What records deny, for the scripts beside it: each line of the input is a zone, a question and records, parted by "|"; each gets one line
 * of answer, a word and the rounds of hashing. */
#include "dnssec/denying.h"

enum { INPUT_MAX = 1 << 16 };

/* Ends the field that starts at `text`; where the next one starts. */
static char *end_field(char *text)
{
    text += strcspn(text, "|\n");
    if (*text == '\0')
        return text;
    *text = '\0';
    return text + 1;
}

static bool answer_line(char *line)
{
    static struct denying denying;
    uint64_t rounds = 0;
    char *ask = end_field(line), *records = end_field(ask);
    for (char *at = records; *at != '\0'; at++)
        if (*at == '|')
            *at = '\n';
    struct dcv_arena *arena = dcv_arena_create(NULL);
    const bool read = denying_read(arena, line, records, &denying);
    if (read)
        printf("%s\t%llu\n", denying_ask(&denying, ask, &rounds), (unsigned long long)rounds);
    dcv_arena_free(arena);
    return read;
}

int main(void)
{
    static char line[INPUT_MAX];
    while (fgets(line, sizeof line, stdin) != NULL)
        if (!answer_line(line)) {
            (void)fprintf(stderr, "not understood: %s\n", line);
            return EXIT_FAILURE;
        }
    return EXIT_SUCCESS;
}
