// What Embedded Swift's standard library expects of its platform. The host's Swift runtime brings its own.
#ifdef TIDEPOOL_EMBEDDED

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

/// Text to number for Double(_:) and Float(_:): returns where the number ends, or NULL when there is none.
/// The programs never call setlocale, so strtod reads the C locale.
const char *_swift_stdlib_strtod_clocale(const char *text, double *number) {
    char *end;
    *number = strtod(text, &end);
    return end == text ? NULL : end;
}

const char *_swift_stdlib_strtof_clocale(const char *text, float *number) {
    char *end;
    *number = strtof(text, &end);
    return end == text ? NULL : end;
}

#if !defined(__GLIBC__) || __GLIBC__ < 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ < 36)
/// Seeds Swift's hashing where libc does not have it yet.
void arc4random_buf(void *bytes, size_t count) {
    uint8_t *next = bytes;
    while (count > 0) {
        ssize_t step = getrandom(next, count < 256 ? count : 256, 0);
        if (step >= 0) {
            next += step;
            count -= (size_t)step;
        } else if (errno != EINTR) {
            abort();
        }
    }
}
#endif

#endif
