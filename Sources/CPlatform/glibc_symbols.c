// Debian's libjpeg and libyaml are built for glibc, with its checks of buffer sizes. The static board program is linked with
// musl, which lacks these few: here they are, the checks kept.
#ifdef TIDEPOOL_EMBEDDED
#include <stddef.h> // tells the libraries apart
#include <stdio.h>

#ifndef __GLIBC__
#include <stdarg.h>
#include <stdlib.h>

int __sprintf_chk(char *text, int flag, size_t size, const char *format, ...);
int __snprintf_chk(char *text, size_t limit, int flag, size_t size, const char *format, ...);
int __fprintf_chk(FILE *file, int flag, const char *format, ...);

int __sprintf_chk(char *text, int flag, size_t size, const char *format, ...) {
    (void)flag;
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(text, size, format, arguments);
    va_end(arguments);
    if (count >= 0 && (size_t)count >= size) abort();
    return count;
}

int __snprintf_chk(char *text, size_t limit, int flag, size_t size, const char *format, ...) {
    (void)flag;
    if (limit > size) abort();
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(text, limit, format, arguments);
    va_end(arguments);
    return count;
}

int __fprintf_chk(FILE *file, int flag, const char *format, ...) {
    (void)flag;
    va_list arguments;
    va_start(arguments, format);
    int count = vfprintf(file, format, arguments);
    va_end(arguments);
    return count;
}

#endif
#endif
