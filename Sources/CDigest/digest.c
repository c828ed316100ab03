#include "CDigest.h"

#include <openssl/sha.h>

void tp_sha256(const void *bytes, size_t size, uint8_t digest[32]) {
    SHA256(bytes, size, digest);
}
