/** A request, a route, its parameters, and an answer in any form. */
@NullMarked
package dev.tallyman.api.message;

import org.jspecify.annotations.NullMarked;
