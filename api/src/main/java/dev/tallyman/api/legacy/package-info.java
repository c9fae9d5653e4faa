/** The routes of two older usage trackers, so that their clients keep working. */
@NullMarked
package dev.tallyman.api.legacy;

import org.jspecify.annotations.NullMarked;
