/** Decides whether a caller may do what is asked: tokens, sessions, origins. */
@NullMarked
package dev.tallyman.api.authorization;

import org.jspecify.annotations.NullMarked;
