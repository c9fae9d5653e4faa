/** Who calls, what tokens look like and who may call at all. */
@NullMarked
package dev.tallyman.api.access;

import org.jspecify.annotations.NullMarked;
