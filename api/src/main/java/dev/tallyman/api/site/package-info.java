/** The ledger behind the routes, and what they may set going. */
@NullMarked
package dev.tallyman.api.site;

import org.jspecify.annotations.NullMarked;
