// libjpeg calls sscanf once, for a number in the environment variable JPEGMEM, and so brings 48 KB of libc into the static
// board program. There the linker puts this in its place: it never finds a number.
#ifdef TIDEPOOL_EMBEDDED

int tp_jpeg_without_scanf(const char *text, const char *format, ...);

int tp_jpeg_without_scanf(const char *text, const char *format, ...) {
    (void)text;
    (void)format;
    return 0;
}

#endif
