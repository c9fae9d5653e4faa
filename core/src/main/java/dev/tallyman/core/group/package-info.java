/** Model groups and the daily pools that they share. */
@NullMarked
package dev.tallyman.core.group;

import org.jspecify.annotations.NullMarked;
