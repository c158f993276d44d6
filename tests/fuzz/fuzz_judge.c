/* Facts from a file, whoever wrote it, are refused or judged. */
#include "judging.h"

#include "fact/document.h"

static void judge_document(const struct dcv_documents *documents, size_t index)
{
    struct dcv_facts *facts = dcv_facts_create();
    char *error = NULL;
    if (dcv_document_add(documents, index, NULL, facts, &error) == DCV_OK) {
        dcv_facts_freeze(facts);
        judge_facts(facts, "www.example.jp", dcv_date_ymd(2026, 11, 21), CAS_MAX);
        judge_facts(facts, "*.example.jp", dcv_date_ymd(2025, 5, 1), 4);
    }
    free(error);
    dcv_facts_free(facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_documents *documents = NULL;
    char *error = NULL;
    if (dcv_documents_read((const char *)data, size, &documents, &error) == DCV_OK)
        for (size_t i = 0; i < dcv_documents_count(documents) && i < 3; i++)
            judge_document(documents, i);
    dcv_documents_free(documents);
    free(error);
    return 0;
}
