package dev.tallyman.channels;

import dev.tallyman.core.delivery.TopicException;

/** Sends e-mail to those who subscribed to it. */
@FunctionalInterface
public interface Mail {
  /**
   * Sends a mail.
   *
   * @param subject at most 99 characters of ASCII
   * @param text the whole mail, plain
   * @throws TopicException if it was not accepted
   */
  void send(String subject, String text);
}
