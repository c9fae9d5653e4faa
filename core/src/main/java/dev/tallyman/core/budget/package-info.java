/** What a budget is: a limit on a quantity, for a scope, in a window of time. */
@NullMarked
package dev.tallyman.core.budget;

import org.jspecify.annotations.NullMarked;
