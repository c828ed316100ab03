#pragma once
#include <stddef.h>
#include <stdint.h>

/// The SHA-256 digest of `size` bytes, by OpenSSL's libcrypto.
void tp_sha256(const void *bytes, size_t size, uint8_t digest[32]);
