/**
 * Where requests come in over HTTP/1: a request as plain values goes to a {@link
 * dev.tallyman.http.Service}, its answer goes back. Deadlines, limits and what is wrong with a
 * request before it is one are dealt with here.
 */
@NullMarked
package dev.tallyman.http;

import org.jspecify.annotations.NullMarked;
