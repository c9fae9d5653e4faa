/** What all parts of the core share. */
@NullMarked
package dev.tallyman.core;

import org.jspecify.annotations.NullMarked;
