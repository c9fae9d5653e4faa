/** Reading the provider into the ledger, cycle by cycle. */
@NullMarked
package dev.tallyman.core.poll;

import org.jspecify.annotations.NullMarked;
