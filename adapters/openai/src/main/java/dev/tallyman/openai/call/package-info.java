/** One request to a provider: attempts, deadlines, limits, refusals. */
@NullMarked
package dev.tallyman.openai.call;

import org.jspecify.annotations.NullMarked;
