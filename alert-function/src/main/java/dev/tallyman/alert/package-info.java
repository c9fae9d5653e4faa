/** Writes notifications for each kind of channel and hands them over; in {@code lambda}, on AWS. */
@NullMarked
package dev.tallyman.alert;

import org.jspecify.annotations.NullMarked;
