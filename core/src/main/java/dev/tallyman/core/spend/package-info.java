/** What budgets have used: sums by day and hour that are kept, and what is usual. */
@NullMarked
package dev.tallyman.core.spend;

import org.jspecify.annotations.NullMarked;
