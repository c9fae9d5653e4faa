/** Reads answers as they arrive. */
@NullMarked
package dev.tallyman.openai.read;

import org.jspecify.annotations.NullMarked;
