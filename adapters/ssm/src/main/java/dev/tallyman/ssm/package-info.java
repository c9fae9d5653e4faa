/** Admin keys and secrets of channels in the Parameter Store. */
@NullMarked
package dev.tallyman.ssm;

import org.jspecify.annotations.NullMarked;
