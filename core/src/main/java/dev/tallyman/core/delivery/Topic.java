package dev.tallyman.core.delivery;

/**
 * Carries what is to be delivered to those who deliver: at least once, in any order, whole. What
 * was accepted is carried even if nobody listens just now; what was refused can be published again.
 */
public interface Topic {
  /**
   * Announces a new notification.
   *
   * @throws TopicException if it was not accepted; nothing can be said of whether it is carried
   */
  void publish(Notification notification);

  /**
   * Asks for deliveries once more.
   *
   * @throws TopicException if it was not accepted
   */
  void repeat(Reference reference);
}
