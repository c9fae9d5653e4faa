package dev.tallyman.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.Pace;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.delivery.Deliverer;
import dev.tallyman.core.delivery.Deliveries;
import dev.tallyman.core.delivery.Delivery;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notifications;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Sender;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.delivery.TopicContract;
import dev.tallyman.core.delivery.TopicException;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class InProcessTopicTest extends TopicContract {
  private static final Instant NOW = Instant.parse("2026-11-21T09:10:11.123Z");

  private final LinkedBlockingQueue<RuntimeException> troubles = new LinkedBlockingQueue<>();
  private final MovableClock clock = new MovableClock(NOW);
  private final InMemoryStore store = new InMemoryStore(clock);

  @Override
  protected Carried open() {
    var arrived = new LinkedBlockingQueue<Reference>();
    var topic = new InProcessTopic(arrived::add, troubles::add);
    return new Carried() {
      @Override
      public Topic topic() {
        return topic;
      }

      @Override
      public List<Reference> arrived(Duration patience) throws InterruptedException {
        var all = new ArrayList<Reference>();
        Reference first = arrived.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          all.add(first);
          arrived.drainTo(all);
        }
        return all;
      }

      @Override
      public void close() {
        topic.close();
      }
    };
  }

  private ParallelDelivery parallel(Function<String, Sender.Outcome> answers) {
    return new ParallelDelivery(
        new Deliverer(
            store,
            new Pace(clock),
            name ->
                Optional.of(
                    new Channel(
                        name,
                        Channel.Kind.WEBHOOK,
                        Optional.of("HOOK"),
                        List.of(),
                        Channel.Format.USUAL)),
            (channel, _) -> answers.apply(channel.name()),
            new Random(1)));
  }

  @Test
  void aChannelThatHangsDelaysNoOther() throws InterruptedException {
    var hanging = new CountDownLatch(1);
    var sent = new LinkedBlockingQueue<String>();
    ParallelDelivery parallel =
        parallel(name -> {
          if (name.equals("slow")) {
            await(hanging);
          }
          sent.add(name);
          return new Sender.Outcome.Sent("200");
        });
    try (var topic = new InProcessTopic(parallel::deliver, troubles::add)) {
      for (int i = 0; i < 20; i++) {
        Notification notification =
            Notifications.warning(NOW.plusMillis(i), "0000000a", "slow", "ops");
        new Deliveries(store, "acme").open(notification, NOW);
        topic.publish(notification);
      }
      for (int i = 0; i < 20; i++) {
        assertThat(sent.poll(3, TimeUnit.MINUTES)).isEqualTo("ops");
      }
      assertThat(sent).isEmpty();
      hanging.countDown();
      for (int i = 0; i < 20; i++) {
        assertThat(sent.poll(3, TimeUnit.MINUTES)).isEqualTo("slow");
      }
    }
    assertThat(troubles).isEmpty();
  }

  @Test
  void whatIsDueIsCarriedAgainAndAgainUntilItIsSent() throws InterruptedException {
    Notification notification = Notifications.warning(NOW, "0000000a", "ops");
    var deliveries = new Deliveries(store, "acme");
    deliveries.open(notification, NOW);
    var answers =
        new LinkedBlockingQueue<Sender.Outcome>(
            List.of(
                new Sender.Outcome.Failed("503", Optional.of(Duration.ofMinutes(1))),
                new Sender.Outcome.Sent("200")));
    var made = new LinkedBlockingQueue<Delivery>();
    ParallelDelivery parallel = parallel(_ -> answers.remove());
    try (var topic =
        new InProcessTopic(reference -> made.addAll(parallel.deliver(reference)), troubles::add)) {
      topic.publish(notification);
      assertThat(poll(made).status()).isEqualTo(Delivery.Status.PENDING);
      var rounds = new ArrayList<Duration>();
      topic.runDue(
          store,
          () -> List.of("acme"),
          new Pace(clock),
          patience -> {
            rounds.add(patience);
            clock.advance(patience);
            return rounds.size() == 4;
          });
      assertThat(poll(made).status()).isEqualTo(Delivery.Status.SENT);
      assertThat(rounds).hasSize(4).containsOnly(Duration.ofSeconds(30));
    }
    assertThat(troubles).isEmpty();
    assertThat(answers).isEmpty();
  }

  @Test
  void whatFailsIsToldAndTheRestGoesOn() throws InterruptedException {
    try (var topic =
        new InProcessTopic(
            reference -> {
              throw new IllegalStateException(reference.notification());
            },
            troubles::add)) {
      topic.repeat(new Reference("acme", "al_1", Optional.empty()));
      assertThat(troubles.poll(3, TimeUnit.MINUTES)).hasMessage("al_1");
      topic.runDue(
          store,
          () -> {
            throw new IllegalStateException("no list");
          },
          new Pace(clock),
          _ -> true);
      assertThat(troubles.poll(3, TimeUnit.MINUTES)).hasMessage("no list");
    }
  }

  @Test
  void moreThanAThousandAtOnceAreRefusedForNow() {
    var hanging = new CountDownLatch(1);
    try (var topic = new InProcessTopic(_ -> await(hanging), troubles::add)) {
      var reference = new Reference("acme", "al_1", Optional.empty());
      for (int i = 0; i < 1000; i++) {
        topic.repeat(reference);
      }
      assertThatThrownBy(() -> topic.repeat(reference))
          .isInstanceOfSatisfying(TopicException.class, e -> assertThat(e.passing()).isTrue());
      hanging.countDown();
    }
  }

  @Test
  void aClosedTopicRefuses() {
    var topic = new InProcessTopic(_ -> {}, troubles::add);
    topic.close();
    assertThatThrownBy(() -> topic.repeat(new Reference("acme", "al_1", Optional.empty())))
        .isInstanceOf(TopicException.class);
  }

  private static Delivery poll(LinkedBlockingQueue<Delivery> made) throws InterruptedException {
    Delivery delivery = made.poll(3, TimeUnit.MINUTES);
    assertThat(delivery).isNotNull();
    return delivery;
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(3, TimeUnit.MINUTES)) {
        throw new IllegalStateException("nobody let it go on");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
