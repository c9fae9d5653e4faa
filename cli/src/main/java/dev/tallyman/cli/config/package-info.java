/** What the file, the variables and the keys of the user say. */
@NullMarked
package dev.tallyman.cli.config;

import org.jspecify.annotations.NullMarked;
