/** What is kept, how it is keyed and encoded. */
@NullMarked
package dev.tallyman.core.ledger;

import org.jspecify.annotations.NullMarked;
