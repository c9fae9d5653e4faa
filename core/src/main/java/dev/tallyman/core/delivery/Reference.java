package dev.tallyman.core.delivery;

import java.util.Optional;

/**
 * Which delivery is to be made: what a topic carries.
 *
 * @param organization our id of it
 * @param notification its id
 * @param channel the channel's name; empty for all channels of the notification
 */
public record Reference(String organization, String notification, Optional<String> channel) {}
