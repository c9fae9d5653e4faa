/** The process of one command: its environment, how it ends and what stops it. */
@NullMarked
package dev.tallyman.cli.process;

import org.jspecify.annotations.NullMarked;
