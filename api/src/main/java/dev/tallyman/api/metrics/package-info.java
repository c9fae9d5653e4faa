/** The ledger as metrics of Prometheus. */
@NullMarked
package dev.tallyman.api.metrics;

import org.jspecify.annotations.NullMarked;
