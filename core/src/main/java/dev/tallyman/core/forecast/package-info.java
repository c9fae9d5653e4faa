/** What is usual, what is to be expected, and what is out of the ordinary: numbers to numbers. */
@NullMarked
package dev.tallyman.core.forecast;

import org.jspecify.annotations.NullMarked;
