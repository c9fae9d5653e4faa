/** The routes: from a plain request to a plain response. */
@NullMarked
package dev.tallyman.api;

import org.jspecify.annotations.NullMarked;
