package dev.tallyman.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds of every topic: what is published arrives at least once, in any order, whole. */
public abstract class TopicContract {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** How many are published at once. */
  private static final int MANY = 60;

  private Carried carried;

  /** A topic to which somebody listens, empty at first. */
  protected abstract Carried open() throws Exception;

  /** A topic to which somebody listens. */
  public interface Carried extends AutoCloseable {
    /** The topic. */
    Topic topic();

    /**
     * What has arrived since this was last asked; waits for something for a while, and gives
     * nothing if nothing came.
     */
    List<Reference> arrived(Duration patience) throws InterruptedException;

    @Override
    void close();
  }

  /** A notification that tells nobody much. */
  protected static Notification notification(String organization, String id) {
    return new Notification(
        id,
        organization,
        Instant.parse("2026-11-20T09:15:00.123Z"),
        Notification.Type.BUDGET_WARNING,
        Severity.WARNING,
        "tallyman/" + organization + "/team-a/2026-11",
        "team-a",
        "Team A has used 84 % of its budget",
        List.of(new Notification.Fact("Limit", "$2,000.00 a month")),
        List.of(new Notification.Driver("Straße “7”", "$1,200.00")),
        List.of(new Notification.Link("Budget", "https://costs.example.com/#budgets/team-a")),
        true,
        new TreeMap<>(),
        List.of("ops"));
  }

  @BeforeEach
  final void listen() throws Exception {
    carried = open();
  }

  @AfterEach
  final void hangUp() {
    carried.close();
  }

  @Test
  void whatIsPublishedArrivesForAllItsChannels() throws InterruptedException {
    carried.topic().publish(notification("acme", "al_1"));

    assertThat(arrived(1)).containsExactly(new Reference("acme", "al_1", Optional.empty()));
  }

  @Test
  void whatIsAskedForOnceMoreArrivesForItsChannel() throws InterruptedException {
    var one = new Reference("acme", "al_1", Optional.of("ops"));
    var all = new Reference("acme", "al_1", Optional.empty());

    carried.topic().repeat(one);
    carried.topic().repeat(all);

    assertThat(arrived(2)).containsExactlyInAnyOrder(one, all);
  }

  @Test
  void namesArriveAsTheyAre() throws InterruptedException {
    var strange = new Reference("a\"b\\c\n<d>&e ü 漢字 😀", "al_ \u007f", Optional.of("ops-2"));

    carried.topic().repeat(strange);

    assertThat(arrived(1)).containsExactly(strange);
  }

  @Test
  void nothingIsLostOfMuchThatIsPublishedAtOnce() throws InterruptedException, ExecutionException {
    var expected = new HashSet<Reference>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> publications =
          IntStream.range(0, MANY)
              .<Callable<Boolean>>mapToObj(i ->
                  () -> {
                    carried.topic().publish(notification("org-" + i % 7, "al_" + i));
                    return true;
                  })
              .toList();
      for (int i = 0; i < MANY; i++) {
        expected.add(new Reference("org-" + i % 7, "al_" + i, Optional.empty()));
      }
      for (Future<Boolean> published : threads.invokeAll(publications)) {
        assertThat(published.get()).isTrue();
      }
    }

    assertThat(arrived(MANY)).isEqualTo(expected);
  }

  /** Waits for this many different references. */
  private Set<Reference> arrived(int count) throws InterruptedException {
    var all = new HashSet<Reference>();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (all.size() < count && System.nanoTime() < deadline) {
      all.addAll(carried.arrived(Duration.ofSeconds(1)));
    }
    return all;
  }
}
