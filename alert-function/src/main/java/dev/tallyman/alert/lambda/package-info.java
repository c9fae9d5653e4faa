/** The function that tells people. */
@NullMarked
package dev.tallyman.alert.lambda;

import org.jspecify.annotations.NullMarked;
