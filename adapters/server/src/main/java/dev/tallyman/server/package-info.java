/**
 * Where requests come in over HTTP/1: a request as plain values goes to a {@link
 * dev.tallyman.server.Service}, its answer goes back. Deadlines, limits and what is wrong with a
 * request before it is one are dealt with here.
 */
@NullMarked
package dev.tallyman.server;

import org.jspecify.annotations.NullMarked;
