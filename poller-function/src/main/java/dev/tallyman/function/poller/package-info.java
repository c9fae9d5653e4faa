/** The function that reads the provider: on schedule, on request, and back in time. */
@NullMarked
package dev.tallyman.function.poller;

import org.jspecify.annotations.NullMarked;
