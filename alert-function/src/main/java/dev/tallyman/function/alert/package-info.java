/** The function that sends notifications to channels. */
@NullMarked
package dev.tallyman.function.alert;

import org.jspecify.annotations.NullMarked;
