/** What can be asked for: metrics, what each can be grouped by, and how finely it is known. */
@NullMarked
package dev.tallyman.core.metric;

import org.jspecify.annotations.NullMarked;
