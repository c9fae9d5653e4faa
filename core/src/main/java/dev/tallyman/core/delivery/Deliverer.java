package dev.tallyman.core.delivery;

import dev.tallyman.core.Pace;
import dev.tallyman.core.delivery.Deliveries.Entry;
import dev.tallyman.core.delivery.Delivery.Attempt;
import dev.tallyman.core.delivery.Delivery.Status;
import dev.tallyman.core.delivery.Sender.Outcome;
import dev.tallyman.core.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Makes deliveries, each once, however often it is told to and however many deliverers there are:
 * it claims a delivery, hands the notification to the channel, and records what came of it. Killed
 * in between, it leaves a delivery that is due; the channel gets it a second time only if the kill
 * fell between handing over and recording. Safe for use by many threads.
 */
public final class Deliverer {
  /** How long a delivery belongs to the deliverer that claimed it, in real time. */
  private static final Duration CLAIM = Duration.ofSeconds(60);

  /** How often it is tried at once. */
  private static final int IMMEDIATE_ATTEMPTS = 2;

  /** How long it waits after each failure; the last one again and again. */
  private static final List<Duration> BACKOFF =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2));

  /** The most that is added to a pause by chance is the pause divided by this. */
  private static final long SPREAD = 4;

  private static final int AT_ONCE = 1000;
  private static final int MAX_ATTEMPTS = 100;
  private static final int MAX_OUTCOME = 300;

  private final Store store;
  private final Pace pace;
  private final Function<String, Optional<Channel>> channels;
  private final Sender sender;
  private final RandomGenerator random;

  /**
   * A deliverer.
   *
   * @param channels the channel of a name, by the settings that hold now
   * @param random spreads what failed at the same time; used by many threads
   */
  public Deliverer(
      Store store,
      Pace pace,
      Function<String, Optional<Channel>> channels,
      Sender sender,
      RandomGenerator random) {
    this.store = store;
    this.pace = pace;
    this.channels = channels;
    this.sender = sender;
    this.random = random;
  }

  /** The same, one by one for each channel, so that they can be made side by side. */
  public List<Reference> parts(Reference reference) {
    return reference.channel().isPresent()
        ? List.of(reference)
        : new Deliveries(store, reference.organization())
            .deliveries(reference.notification()).stream()
                .map(each ->
                    new Reference(
                        each.organization(), each.notification(), Optional.of(each.channel())))
                .toList();
  }

  /**
   * Makes a delivery, or those to all channels in turn. Returns them as they are now; not those for
   * which there was nothing to do, since they have ended, wait for later, or are being made by
   * another deliverer.
   */
  public List<Delivery> deliver(Reference reference) {
    var deliveries = new Deliveries(store, reference.organization());
    return parts(reference).stream()
        .flatMap(part -> part.channel().flatMap(name -> deliver(deliveries, part, name)).stream())
        .toList();
  }

  private Optional<Delivery> deliver(Deliveries deliveries, Reference reference, String name) {
    Instant now = pace.clock().instant();
    Optional<Entry> found =
        deliveries.entry(reference.notification(), name).filter(entry -> entry.free(now));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Entry claimed = found.get().claim(pace.in(CLAIM));
    if (!deliveries.put(found.get(), claimed)) {
      return Optional.empty();
    }
    Optional<Notification> notification = deliveries.notification(reference.notification());
    if (notification.isEmpty()) {
      return end(deliveries, claimed, Status.DEAD, "the notification is no longer kept", now);
    }
    Optional<Channel> channel = channels.apply(name);
    if (channel.isEmpty()) {
      return end(deliveries, claimed, Status.DISABLED, "no such channel in the settings", now);
    }
    Optional<String> disabled = deliveries.disabled(name);
    if (disabled.isPresent()) {
      return end(deliveries, claimed, Status.DISABLED, disabled.get(), now);
    }
    if (channel.get().kind().staysOpen()
        && claimed.rounds() > 0
        && isOver(deliveries, notification.get(), now)) {
      // It resolves what it has; opened now, it would stay open.
      return end(deliveries, claimed, Status.DEAD, "what it tells of is over by now", now);
    }
    return attempt(deliveries, claimed, channel.get(), notification.get());
  }

  /** Whether a later notification ended what this one began. */
  private static boolean isOver(Deliveries deliveries, Notification notification, Instant now) {
    if (notification.type().resolves()) {
      return false;
    }
    Optional<String> before = Optional.empty();
    do {
      var page = deliveries.notifications(notification.at(), now, before, AT_ONCE);
      for (Notification each : page.items()) {
        if (each.type().resolves() && each.key().equals(notification.key())) {
          return true;
        }
      }
      before = page.next();
    } while (before.isPresent());
    return false;
  }

  private Optional<Delivery> attempt(
      Deliveries deliveries, Entry claimed, Channel channel, Notification notification) {
    var attempts = new ArrayList<>(claimed.delivery().attempts());
    for (int i = 1; ; i++) {
      Instant at = pace.clock().instant();
      switch (send(channel, notification)) {
        case Outcome.Sent(String detail) -> {
          return record(deliveries, claimed, claimed.ended(Status.SENT, add(attempts, at, detail)));
        }
        case Outcome.Refused(String reason) -> {
          return record(deliveries, claimed, claimed.ended(Status.DEAD, add(attempts, at, reason)));
        }
        case Outcome.Gone(String reason) -> {
          deliveries.disable(channel.name(), reason);
          return record(
              deliveries, claimed, claimed.ended(Status.DISABLED, add(attempts, at, reason)));
        }
        case Outcome.Failed(String reason, Optional<Duration> after) -> {
          add(attempts, at, reason);
          if (i == IMMEDIATE_ATTEMPTS || after.isPresent()) {
            return failed(deliveries, claimed, attempts, after);
          }
        }
      }
    }
  }

  /** What a test of a channel comes to: one attempt, without a record. */
  public Outcome test(Channel channel, Notification notification) {
    Outcome outcome = send(channel, notification);
    if (outcome instanceof Outcome.Sent) {
      new Deliveries(store, notification.organization()).enable(channel.name());
    }
    return outcome;
  }

  private Outcome send(Channel channel, Notification notification) {
    try {
      return sender.send(channel, notification);
    } catch (RuntimeException e) {
      // One delivery must not stop the others. Its message may quote what is secret.
      return new Outcome.Failed(
          "it could not be written or sent: " + e.getClass().getSimpleName(), Optional.empty());
    }
  }

  private Optional<Delivery> failed(
      Deliveries deliveries, Entry claimed, List<Attempt> attempts, Optional<Duration> after) {
    Instant now = pace.clock().instant();
    if (!now.isBefore(claimed.until())) {
      return record(deliveries, claimed, claimed.ended(Status.DEAD, attempts));
    }
    Duration backoff = BACKOFF.get(Math.min(claimed.rounds(), BACKOFF.size() - 1));
    Duration spread = backoff.plusMillis(random.nextLong(backoff.toMillis() / SPREAD));
    Duration wait = after.filter(asked -> asked.compareTo(spread) > 0).orElse(spread);
    Instant next = now.plus(wait).truncatedTo(ChronoUnit.SECONDS);
    Instant last = claimed.until().truncatedTo(ChronoUnit.SECONDS);
    return record(deliveries, claimed, claimed.later(next.isBefore(last) ? next : last, attempts));
  }

  private static Optional<Delivery> end(
      Deliveries deliveries, Entry claimed, Status status, String reason, Instant now) {
    var attempts = new ArrayList<>(claimed.delivery().attempts());
    return record(deliveries, claimed, claimed.ended(status, add(attempts, now, reason)));
  }

  /** Writes what came of it; empty if the claim was lost. */
  private static Optional<Delivery> record(Deliveries deliveries, Entry claimed, Entry after) {
    if (after.pending()) {
      deliveries.putDue(after);
    }
    if (!deliveries.put(claimed, after)) {
      return Optional.empty();
    }
    if (!after.pending() || !after.due().equals(claimed.due())) {
      deliveries.removeDue(claimed);
    }
    return Optional.of(after.delivery());
  }

  private static List<Attempt> add(List<Attempt> attempts, Instant at, String outcome) {
    attempts.add(new Attempt(at, outcome.substring(0, Math.min(MAX_OUTCOME, outcome.length()))));
    if (attempts.size() > MAX_ATTEMPTS) {
      attempts.removeFirst();
    }
    return attempts;
  }
}
