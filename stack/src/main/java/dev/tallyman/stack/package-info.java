/** What is deployed, held against what the code does. */
@NullMarked
package dev.tallyman.stack;

import org.jspecify.annotations.NullMarked;
