// libjpeg's error manager turned into a jump to the caller with a code and a message.
#ifndef FAILURE_H
#define FAILURE_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jpeglib.h>

typedef struct {
    struct jpeg_error_mgr manager;  // first: libjpeg hands back a pointer to it
    jmp_buf exit;
    int32_t code;
    char message[JMSG_LENGTH_MAX];
} failure;

/// Makes `failure` the error manager to be put into a libjpeg object.
struct jpeg_error_mgr *failure_manager(failure *failure);

/// Leaves libjpeg with a code and a message of our own.
_Noreturn void fail(j_common_ptr object, int32_t code, const char *message);

#endif
