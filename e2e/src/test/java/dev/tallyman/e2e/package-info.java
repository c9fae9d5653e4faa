/** The page in a browser, as people use it, against a server that is really running. */
@NullMarked
package dev.tallyman.e2e;

import org.jspecify.annotations.NullMarked;
