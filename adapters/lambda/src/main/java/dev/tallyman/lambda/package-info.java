/** What every function needs of Lambda: log, metrics, snapshots. */
@NullMarked
package dev.tallyman.lambda;

import org.jspecify.annotations.NullMarked;
