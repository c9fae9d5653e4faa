/** The routes as a function behind an HTTP API: from Lambda's events to requests, and back. */
@NullMarked
package dev.tallyman.api.lambda;

import org.jspecify.annotations.NullMarked;
