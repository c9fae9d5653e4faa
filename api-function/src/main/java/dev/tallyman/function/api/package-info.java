/** The function behind the HTTP API. */
@NullMarked
package dev.tallyman.function.api;

import org.jspecify.annotations.NullMarked;
