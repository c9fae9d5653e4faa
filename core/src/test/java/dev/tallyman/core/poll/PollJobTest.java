package dev.tallyman.core.poll;

import static dev.tallyman.core.ledger.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.Pace;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PollJobTest {
  private static final String ORG = "acme";
  private static final Instant AUGUST = Instant.parse("2026-08-22T00:00:00Z");
  private static final Duration SLICE = Duration.ofSeconds(30);

  private final MovableClock clock = MovableClock.at("2026-11-20T09:10:00Z");
  private final InMemoryStore store = new InMemoryStore(clock);
  private final FakeProvider provider = new FakeProvider();
  private final List<PollEvent> events = new ArrayList<>();
  private final List<Instant> deadlines = new ArrayList<>();
  private AfterPoll.Result result = new AfterPoll.Result("things", Map.of(), Optional.empty());
  private Runnable onEvent = () -> {};
  private final PollJob job =
      new PollJob(
          new Poller(store, clock),
          List.of(this::follow, (_, _, _, _) -> result),
          new Pace(clock),
          event -> {
            events.add(event);
            onEvent.run();
          });

  private AfterPoll.Result follow(
      String organization, UsageApi api, Settings settings, Instant deadline) {
    assertThat(organization).isEqualTo(ORG);
    assertThat(api).isSameAs(provider);
    deadlines.add(deadline);
    return new AfterPoll.Result("first", Map.of("done", 0), Optional.empty());
  }

  private PollJob.Result poll() {
    return job.run(ORG, provider, Settings.defaults(), "test", clock.instant().plusSeconds(240));
  }

  private FillOutcome fill() {
    return job.fill(
        ORG, provider, Settings.defaults(), AUGUST, SLICE, clock.instant().plusSeconds(100));
  }

  private List<String> names() {
    return events.stream().map(PollEvent::name).toList();
  }

  @Test
  void whatFollowsAPollIsDoneInOrderAndWithinTheDeadline() {
    result =
        new AfterPoll.Result("things", Map.of("triggered", 2), Optional.of("the topic is full"));

    PollJob.Result ran = poll();

    assertThat(ran.outcome()).isInstanceOf(CycleOutcome.Ran.class);
    assertThat(ran.count("triggered")).isEqualTo(2);
    assertThat(ran.trouble()).contains("the topic is full");
    assertThat(deadlines).containsExactly(clock.instant().plusSeconds(240));
    assertThat(names()).containsExactly("cycle", "things", "things_wait");
    assertThat(events)
        .extracting(PollEvent::level)
        .containsExactly(PollEvent.Level.INFO, PollEvent.Level.INFO, PollEvent.Level.WARN);
    assertThat(events.getLast().members())
        .isEqualTo(Map.of("organization", ORG, "message", "the topic is full"));
  }

  @Test
  void whatFollowsHasTimeLeftEvenIfThePollHadNone() {
    Instant deadline = clock.instant().plusSeconds(1);

    job.run(ORG, provider, Settings.defaults(), "test", deadline);

    assertThat(deadlines).containsExactly(clock.instant().plusSeconds(5));
  }

  @Test
  void nothingFollowsAPollThatDidNotRun() {
    try (Lease held = Lease.acquire(store, ORG, clock).orElseThrow()) {
      assertThat(held).isNotNull();
      assertThat(poll().outcome()).isInstanceOf(CycleOutcome.AlreadyRunning.class);
    }

    assertThat(deadlines).isEmpty();
    assertThat(names()).containsExactly("already_running");
  }

  @Test
  void aModelThatNoGroupNamesIsLoggedOnce() {
    provider.set(Known.COMPLETIONS, clock.instant().minusSeconds(600), row("p", "odd-1", 1, 1));

    poll();
    poll();

    assertThat(names()).containsExactly("cycle", "unknown_model", "cycle");
    assertThat(events.get(1).details()).containsEntry("model", "odd-1");
  }

  @Test
  void historyIsFilledUntilTheTimeIsOverAndThenGoneOnWith() {
    poll();
    events.clear();
    onEvent = () -> clock.advance(Duration.ofSeconds(50));

    FillOutcome first = fill();
    onEvent = () -> {};
    FillOutcome second = fill();

    assertThat(first).isInstanceOf(FillOutcome.Advanced.class);
    assertThat(second).isEqualTo(new FillOutcome.Done(AUGUST, List.of()));
    assertThat(names())
        .hasSizeGreaterThan(3)
        .endsWith("filled")
        .filteredOn(name -> !name.equals("filled"))
        .allMatch("filling"::equals);
    assertThat(events.stream().map(event -> event.details().get("since")).map(String::valueOf))
        .startsWith("2026-11-13T00:00:00Z", "2026-11-06T00:00:00Z")
        .isSortedAccordingTo(Comparator.reverseOrder())
        .endsWith(AUGUST.toString(), AUGUST.toString());
  }

  @Test
  void whatFollowsAPollIsDoneAgainOnceHistoryIsComplete() {
    poll();
    assertThat(deadlines).hasSize(1);

    assertThat(fill()).isInstanceOf(FillOutcome.Done.class);
    assertThat(deadlines).hasSize(2);

    assertThat(fill()).isInstanceOf(FillOutcome.Done.class);
    assertThat(deadlines).hasSize(2);
  }

  @Test
  void historyThatCannotBeReadIsLoggedUnlessOnlyTimeIsShort() {
    poll();
    events.clear();
    provider.failing.add(Known.IMAGES.id());

    FillOutcome outcome = fill();

    assertThat(outcome).isInstanceOf(FillOutcome.Stuck.class);
    assertThat(names()).endsWith("filling_failed");
    var stuck = new FillOutcome.Stuck(ReadOutcome.Kind.OUT_OF_TIME, "no time was left");
    assertThat(PollEvent.of(ORG, stuck)).isEmpty();
  }
}
