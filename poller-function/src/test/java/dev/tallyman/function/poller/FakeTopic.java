package dev.tallyman.function.poller;

import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.delivery.TopicException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A topic that remembers what was published, or refuses. */
final class FakeTopic implements Topic {
  final List<Notification> published = new CopyOnWriteArrayList<>();
  final List<Reference> repeated = new CopyOnWriteArrayList<>();
  volatile boolean refusing;

  @Override
  public void publish(Notification notification) {
    requireOpen();
    published.add(notification);
  }

  @Override
  public void repeat(Reference reference) {
    requireOpen();
    repeated.add(reference);
  }

  private void requireOpen() {
    if (refusing) {
      throw new TopicException("the topic is busy", true);
    }
  }
}
