// What a USB camera says of itself: one MJPEG format of one size on a bulk endpoint (USB Video Class 1.0, the kernel's
// uvcvideo is its driver).
#pragma once

#include "usbip.h"

enum { UVC_WIDTH = 640, UVC_HEIGHT = 480, UVC_MAXIMUM_FRAME = UVC_WIDTH * UVC_HEIGHT * 2, UVC_MAXIMUM_PAYLOAD = 16384 };

/// Answers a control request: the number of bytes written to `answer` (at least 256 of room), or USBIP_STALL.
int uvc_answer(const usbip_control *control, uint8_t *answer);

/// Nanoseconds from frame to frame as the host chose them, and how often it has started a stream.
int64_t uvc_frame_interval(void);
int uvc_streams_started(void);
