/** What measurements share: processes, folders, figures, stores that count. */
@NullMarked
package dev.tallyman.benchmarks.support;

import org.jspecify.annotations.NullMarked;
