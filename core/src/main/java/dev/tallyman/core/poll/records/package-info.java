/**
 * What polling leaves behind: how each read ended, what each cycle did, how far history reaches.
 */
@NullMarked
package dev.tallyman.core.poll.records;

import org.jspecify.annotations.NullMarked;
