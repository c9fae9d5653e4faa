package dev.tallyman.channels;

import dev.tallyman.core.delivery.Deliverer;
import dev.tallyman.core.delivery.Delivery;
import dev.tallyman.core.delivery.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Makes the deliveries of a reference side by side, so that one slow channel delays no other; to
 * one channel a few at once. Safe for use by many threads.
 */
public final class ParallelDelivery {
  /** How many deliveries to one channel are made at once. */
  private static final int AT_ONCE = 4;

  private final Deliverer deliverer;
  private final Map<String, Semaphore> channels = new ConcurrentHashMap<>();

  /** Delivers by this deliverer. */
  public ParallelDelivery(Deliverer deliverer) {
    this.deliverer = deliverer;
  }

  /**
   * Makes all deliveries of a reference and waits for them; returns those that were made, as {@link
   * Deliverer#deliver}.
   *
   * @throws RuntimeException what the first that failed threw, after all were tried
   */
  public List<Delivery> deliver(Reference reference) throws InterruptedException {
    var made = new ArrayList<Delivery>();
    RuntimeException failure = null;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Delivery>>> tasks =
          deliverer.parts(reference).stream().map(part -> threads.submit(() -> one(part))).toList();
      for (Future<List<Delivery>> task : tasks) {
        try {
          made.addAll(task.get());
        } catch (ExecutionException e) {
          failure = failure == null ? unchecked(e) : failure;
        } catch (InterruptedException e) {
          threads.shutdownNow();
          throw e;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    return made;
  }

  private List<Delivery> one(Reference part) throws InterruptedException {
    Semaphore free =
        channels.computeIfAbsent(part.channel().orElse(""), _ -> new Semaphore(AT_ONCE, true));
    free.acquire();
    try {
      return deliverer.deliver(part);
    } finally {
      free.release();
    }
  }

  private static RuntimeException unchecked(ExecutionException e) {
    return e.getCause() instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException("a delivery was not made", e.getCause());
  }
}
