/** The native routes: {@code /api/v1}. */
@NullMarked
package dev.tallyman.api.v1;

import org.jspecify.annotations.NullMarked;
