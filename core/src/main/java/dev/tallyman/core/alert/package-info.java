/**
 * When people are told: what has crossed a threshold, what is open, and what is to be published.
 */
@NullMarked
package dev.tallyman.core.alert;

import org.jspecify.annotations.NullMarked;
