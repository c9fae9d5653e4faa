/** What a function needs of Lambda: a log, metrics in it, and word of snapshots. */
@NullMarked
package dev.tallyman.lambda;

import org.jspecify.annotations.NullMarked;
