/** A simulated OpenAI organization, served over HTTP. */
@NullMarked
package dev.tallyman.simulator;

import org.jspecify.annotations.NullMarked;
