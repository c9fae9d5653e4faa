/** The commands that ask a ledger or change its settings. */
@NullMarked
package dev.tallyman.cli.command;

import org.jspecify.annotations.NullMarked;
