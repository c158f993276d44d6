/* RSA moduli that can be factored with little work. */
#ifndef DCV_INPUT_WEAK_RSA_H
#define DCV_INPUT_WEAK_RSA_H

#include <openssl/bn.h>
#include <stdbool.h>

/* Is there a factor below 752? An even modulus has one (BR 6.1.6). */
bool dcv_rsa_small_factor(const BIGNUM *modulus);
/* The fingerprint of CVE-2017-15361: the modulus, modulo the product M of the primes 2 … 167, is a power of 65537. By chance
 * a modulus is one with a probability of 2^-154. Nemec, Sys, Svenda, Klinec, Matyas: "The Return of Coppersmith's Attack:
 * Practical Factorization of Widely Used RSA Moduli", ACM CCS 2017, §2. */
bool dcv_rsa_roca(const BIGNUM *modulus);
/* Do 100 rounds of Fermat's method factor it (BR 6.1.1.3)? -1: memory is short. */
int dcv_rsa_close_primes(const BIGNUM *modulus);

#endif
