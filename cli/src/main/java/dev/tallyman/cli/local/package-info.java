/** What runs on this machine: the server, polling, history, the simulator and doctor. */
@NullMarked
package dev.tallyman.cli.local;

import org.jspecify.annotations.NullMarked;
