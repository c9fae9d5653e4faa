package dev.tallyman.api.site;

import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Sender.Outcome;
import dev.tallyman.core.delivery.TopicException;

/** Delivers on request, for whoever assembles a server with deliverers in it. */
public interface DeliveryTrigger {
  /** Hands a test to a channel, once, and returns what came of it. */
  Outcome send(Channel channel, Notification test);

  /**
   * Asks for a delivery that was made pending again.
   *
   * @throws TopicException if nobody takes it; it is made all the same once it is due
   */
  void repeat(Reference reference);

  /** Delivers nothing, for want of deliverers. */
  static DeliveryTrigger none(String why) {
    return new DeliveryTrigger() {
      @Override
      public Outcome send(Channel channel, Notification test) {
        return new Outcome.Refused(why);
      }

      @Override
      public void repeat(Reference reference) {
        // Whoever repeats what is due makes it.
      }
    };
  }
}
