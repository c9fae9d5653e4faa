/** Writes notifications for each kind of channel and hands them over. */
@NullMarked
package dev.tallyman.channels;

import org.jspecify.annotations.NullMarked;
