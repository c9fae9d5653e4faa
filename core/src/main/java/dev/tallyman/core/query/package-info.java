/** The one question that every view asks, and its answer. */
@NullMarked
package dev.tallyman.core.query;

import org.jspecify.annotations.NullMarked;
