/** What the provider says was used and charged, as values. */
@NullMarked
package dev.tallyman.core.usage;

import org.jspecify.annotations.NullMarked;
