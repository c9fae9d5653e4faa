/** The validated document of what a user configures. */
@NullMarked
package dev.tallyman.core.settings;

import org.jspecify.annotations.NullMarked;
