package dev.tallyman.channels;

import dev.tallyman.core.Pace;
import dev.tallyman.core.delivery.Deliveries;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.delivery.TopicException;
import dev.tallyman.core.store.Store;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A topic within one process: each reference is handed to its receiver in a thread of its own. What
 * the end of the process cuts off is due in the store.
 */
public final class InProcessTopic implements Topic, AutoCloseable {
  /** How often it is looked for what is due, in real time. */
  private static final Duration LOOK = Duration.ofSeconds(30);

  /** How many references are carried at once. */
  private static final int MOST = 1000;

  private static final Duration GRACE = Duration.ofSeconds(3);

  private final Receiver receiver;
  private final Troubles troubles;
  private final Semaphore free = new Semaphore(MOST);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** A topic with one receiver. */
  public InProcessTopic(Receiver receiver, Troubles troubles) {
    this.receiver = receiver;
    this.troubles = troubles;
  }

  /** Takes what is carried, in many threads at once. */
  @FunctionalInterface
  public interface Receiver {
    /** Takes a reference, and is done with it when it returns. */
    void take(Reference reference) throws InterruptedException;
  }

  /** Notified of what failed where nobody else would hear of it. */
  @FunctionalInterface
  public interface Troubles {
    /** A reference was not dealt with, or nothing could be looked up; it is tried again. */
    void tell(RuntimeException failure);
  }

  /** Waits; answers whether it is over. */
  @FunctionalInterface
  public interface Waiting {
    /** Waits for this long in real time, or until it is over. */
    boolean await(Duration patience);
  }

  @Override
  public void publish(Notification notification) {
    repeat(new Reference(notification.organization(), notification.id(), Optional.empty()));
  }

  @Override
  public void repeat(Reference reference) {
    if (!free.tryAcquire()) {
      throw new TopicException("more than " + MOST + " deliveries wait already", true);
    }
    try {
      threads.execute(() -> {
        try {
          receiver.take(reference);
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
          troubles.tell(e);
        } finally {
          free.release();
        }
      });
    } catch (RejectedExecutionException e) {
      free.release();
      throw new TopicException("this process is about to end", e, true);
    }
  }

  /**
   * Carries what is due every 30 seconds, until waiting is over.
   *
   * @param organizations their ids, asked for each time
   */
  public void runDue(
      Store store, Supplier<Collection<String>> organizations, Pace pace, Waiting waiting) {
    do {
      try {
        for (String organization : organizations.get()) {
          new Deliveries(store, organization).due(pace.clock().instant()).forEach(this::repeat);
        }
      } catch (RuntimeException e) {
        // Whatever it is, the next round may work, and without it nothing would be told again.
        troubles.tell(e);
      }
    } while (!waiting.await(LOOK));
  }

  /** Lets what is under way end for a few seconds, then interrupts it. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
        threads.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException _) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
