#include "input/weak_rsa.h"

#include <stddef.h>

bool dcv_rsa_small_factor(const BIGNUM *modulus)
{
    enum { BELOW = 752 };
    if (!BN_is_odd(modulus))
        return true;
    /* Divisors that are no primes find nothing new and cost little. */
    for (BN_ULONG divisor = 3; divisor < BELOW; divisor += 2)
        if (BN_mod_word(modulus, divisor) == 0)
            return true;
    return false;
}

/* value = 65537^exponent modulo a prime: the exponent is known modulo the order of 65537. */
struct logarithm {
    unsigned exponent, order;
};

/* False: the value is no power of 65537. The primes are small, so that counting is good enough. */
static bool logarithm(unsigned value, unsigned prime, struct logarithm *out)
{
    const unsigned base = 65537 % prime;
    bool found = false;
    unsigned power = 1 % prime, order = 0;
    do {
        if (power == value) {
            out->exponent = order;
            found = true;
        }
        power = power * base % prime;
        order++;
    } while (power != 1);
    out->order = order;
    return found;
}

static unsigned common_divisor(unsigned a, unsigned b)
{
    while (b != 0) {
        const unsigned rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Is there one exponent for all? By the Chinese remainder theorem there is, when each two of them agree. */
static bool agree(const struct logarithm *logarithms, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++) {
            const unsigned divisor = common_divisor(logarithms[i].order, logarithms[j].order);
            if (logarithms[i].exponent % divisor != logarithms[j].exponent % divisor)
                return false;
        }
    return true;
}

bool dcv_rsa_roca(const BIGNUM *modulus)
{
    /* M of the shortest keys, of 512 bits, is a divisor of M of the longer ones. 2 tells nothing. */
    static const unsigned primes[] = {3,  5,  7,  11, 13, 17, 19, 23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
                                      73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
    enum { COUNT = sizeof primes / sizeof *primes, SHORTEST = 512 };
    struct logarithm logarithms[COUNT];
    if (BN_num_bits(modulus) < SHORTEST)
        return false;
    for (size_t i = 0; i < COUNT; i++)
        if (!logarithm((unsigned)BN_mod_word(modulus, primes[i]), primes[i], &logarithms[i]))
            return false;
    return agree(logarithms, COUNT);
}

/* root = the largest integer whose square is not above `value`; Newton's method, from above. */
static bool square_root(BIGNUM *root, const BIGNUM *value, BIGNUM *next, BN_CTX *ctx)
{
    if (BN_is_zero(value)) {
        BN_zero(root);
        return true;
    }
    BN_zero(root);
    if (!BN_set_bit(root, (BN_num_bits(value) + 1) / 2))
        return false;
    for (;;) {
        if (!BN_div(next, NULL, value, root, ctx) || !BN_add(next, next, root) || !BN_rshift1(next, next))
            return false;
        if (BN_cmp(next, root) >= 0)
            return true;
        if (BN_copy(root, next) == NULL)
            return false;
    }
}

/* Squares have few remainders; most numbers that are none are told by them without a root. */
static bool may_be_square(const BIGNUM *value)
{
    static const BN_ULONG divisors[] = {64, 63, 65, 11, 17, 19, 23};
    for (size_t i = 0; i < sizeof divisors / sizeof *divisors; i++) {
        const BN_ULONG divisor = divisors[i], rest = BN_mod_word(value, divisor);
        bool found = false;
        for (BN_ULONG x = 0; x < divisor && !found; x++)
            found = x * x % divisor == rest;
        if (!found)
            return false;
    }
    return true;
}

/* 1, 0, or -1: memory is short. */
static int is_square(const BIGNUM *value, BN_CTX *ctx)
{
    if (!may_be_square(value))
        return 0;
    BN_CTX_start(ctx);
    BIGNUM *root = BN_CTX_get(ctx), *work = BN_CTX_get(ctx);
    int result = -1;
    if (work != NULL && square_root(root, value, work, ctx) && BN_sqr(work, root, ctx))
        result = BN_cmp(work, value) == 0 ? 1 : 0;
    BN_CTX_end(ctx);
    return result;
}

/* modulus = a^2 - b^2: tries each `a` from the root upwards, `rest` being a^2 - modulus. */
static int fermat(const BIGNUM *modulus, BIGNUM *a, BIGNUM *rest, BN_CTX *ctx)
{
    enum { ROUNDS = 100 };
    if (rest == NULL || !square_root(a, modulus, rest, ctx) || !BN_sqr(rest, a, ctx))
        return -1;
    if (BN_cmp(rest, modulus) < 0 && (!BN_add_word(a, 1) || !BN_sqr(rest, a, ctx)))
        return -1;
    if (!BN_sub(rest, rest, modulus))
        return -1;
    int found = 0;
    for (int round = 0; round < ROUNDS && found == 0; round++) {
        found = is_square(rest, ctx);
        /* (a + 1)^2 - a^2 = a + (a + 1) */
        if (!BN_add(rest, rest, a) || !BN_add_word(a, 1) || !BN_add(rest, rest, a))
            return -1;
    }
    return found;
}

int dcv_rsa_close_primes(const BIGNUM *modulus)
{
    BN_CTX *ctx = BN_CTX_new();
    if (ctx == NULL)
        return -1;
    BN_CTX_start(ctx);
    BIGNUM *a = BN_CTX_get(ctx), *rest = BN_CTX_get(ctx);
    const int result = fermat(modulus, a, rest, ctx);
    BN_CTX_end(ctx);
    BN_CTX_free(ctx);
    return result;
}
