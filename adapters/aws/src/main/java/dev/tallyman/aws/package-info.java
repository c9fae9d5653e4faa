/** What all clients of AWS have in common: how long they wait, and how often they try. */
@NullMarked
package dev.tallyman.aws;

import org.jspecify.annotations.NullMarked;
