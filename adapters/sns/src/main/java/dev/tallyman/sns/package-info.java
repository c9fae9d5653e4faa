/** What is to be told, on its way through topics and the event bus of AWS. */
@NullMarked
package dev.tallyman.sns;

import org.jspecify.annotations.NullMarked;
