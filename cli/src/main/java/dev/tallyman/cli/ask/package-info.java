/** Asks a ledger, on this machine or at a server, and shows the answer. */
@NullMarked
package dev.tallyman.cli.ask;

import org.jspecify.annotations.NullMarked;
