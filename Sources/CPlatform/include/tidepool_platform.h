/// The only libc that the board's Swift code sees, a header per concern. Functions that can fail return a negative errno
/// (`tp_error_text` puts it into words); none prints, none exits on its own.
#ifndef TIDEPOOL_PLATFORM_H
#define TIDEPOOL_PLATFORM_H

#include "tp_bytes.h"
#include "tp_clock.h"
#include "tp_crc32.h"
#include "tp_directory.h"
#include "tp_files.h"
#include "tp_memory.h"
#include "tp_pool.h"
#include "tp_process.h"
#include "tp_threads.h"
#include "tp_v4l2.h"

#endif
