/** The {@code tallyman} command and its local server. */
@NullMarked
package dev.tallyman.cli;

import org.jspecify.annotations.NullMarked;
