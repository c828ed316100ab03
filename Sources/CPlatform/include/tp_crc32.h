#ifndef TP_CRC32_H
#define TP_CRC32_H
#include <stddef.h>
#include <stdint.h>

/// CRC-32 as in IEEE 802.3: polynomial 0x04c11db7 reflected, initial value and final exclusive-or 0xffffffff. By the
/// fastest way that this processor has.
uint32_t tp_crc32(const void *_Nullable bytes, size_t count);
/// The same without special instructions.
uint32_t tp_crc32_by_tables(const void *_Nullable bytes, size_t count);

#endif
