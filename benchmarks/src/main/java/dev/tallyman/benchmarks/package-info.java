/** What is measured, never asserted. */
@NullMarked
package dev.tallyman.benchmarks;

import org.jspecify.annotations.NullMarked;
