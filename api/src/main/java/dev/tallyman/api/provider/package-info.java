/** The routes of the provider's own API, answered from the ledger. */
@NullMarked
package dev.tallyman.api.provider;

import org.jspecify.annotations.NullMarked;
