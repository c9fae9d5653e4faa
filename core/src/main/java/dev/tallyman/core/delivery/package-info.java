/**
 * How people are told: notifications, the channels that they go to, and each attempt to deliver.
 */
@NullMarked
package dev.tallyman.core.delivery;

import org.jspecify.annotations.NullMarked;
