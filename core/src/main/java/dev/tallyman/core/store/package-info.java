/** The port behind which everything kept is stored. */
@NullMarked
package dev.tallyman.core.store;

import org.jspecify.annotations.NullMarked;
