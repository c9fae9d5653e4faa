package dev.tallyman.api;

import dev.tallyman.api.PollTrigger.Outcome;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.Store;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Routes over a store in memory. */
final class Fixture {
  static final Tokens.Token VIEWER = Tokens.create(Role.VIEWER, new SecureRandom());
  static final Tokens.Token OPERATOR = Tokens.create(Role.OPERATOR, new SecureRandom());

  final MovableClock clock = MovableClock.at("2026-11-21T09:30:00Z");
  final InMemoryStore store = new InMemoryStore(clock);
  final Provider provider;
  final AtomicReference<Access> access =
      new AtomicReference<>(
          new Access(Set.of(VIEWER.hash()), Set.of(OPERATOR.hash()), false, false, Set.of()));
  final List<String> log = new ArrayList<>();
  PollTrigger polls = this::poll;
  final Routes routes = over(store);

  Fixture() {
    this(new Provider(false));
  }

  Fixture(Provider provider) {
    this.provider = provider;
  }

  /** The operation that a request is of, for instance {@code GET /api/v1/budgets/{id}}. */
  String operation(Asking asking) {
    List<String> wanted = List.of(asking.target().split("\\?", 2)[0].substring(1).split("/", -1));
    return routes.table().stream()
        .filter(route -> route.method().equals(asking.method()) && fits(route, wanted))
        .findFirst()
        .map(route -> route.method() + " " + route.path())
        .orElseGet(() -> asking.method() + " " + asking.target());
  }

  private static boolean fits(Route route, List<String> wanted) {
    List<String> segments = route.segments();
    boolean fits = segments.size() == wanted.size();
    for (int i = 0; fits && i < wanted.size(); i++) {
      fits = segments.get(i).startsWith("{") || segments.get(i).equals(wanted.get(i));
    }
    return fits;
  }

  /** The same routes over another store. */
  Routes over(Store other) {
    return new Routes(
        new Site(
            other,
            clock,
            () -> "default",
            settings -> settings,
            access::get,
            organization -> polls.poll(organization),
            handled -> log.add(handled.line())));
  }

  /** Lets callers on this machine in without a token. */
  Fixture open(Set<String> origins) {
    access.set(new Access(Set.of(), Set.of(), true, false, origins));
    return this;
  }

  /** Polls, fills this much history, and polls again five minutes later. */
  Fixture filledSince(String since) {
    poll("default");
    var poller = new Poller(store, clock);
    while (poller.fill("default", provider, settings(), Instant.parse(since), deadline())
        instanceof FillOutcome.Advanced) {
      // One slice after the other.
    }
    clock.advance(Duration.ofMinutes(5));
    poll("default");
    return this;
  }

  Outcome poll(String organization) {
    return switch (new Poller(store, clock)
        .cycle(organization, provider, settings(), "api", deadline())) {
      case CycleOutcome.Ran(var cycle, _, _) -> new Outcome.Done(cycle, 0);
      case CycleOutcome.AlreadyRunning() -> new Outcome.AlreadyRunning();
      case CycleOutcome.WrongOrganization(String message) -> new Outcome.Failed(message);
    };
  }

  private Settings settings() {
    return new SettingsStore(store).load().settings();
  }

  private Instant deadline() {
    return clock.instant().plus(Duration.ofMinutes(4));
  }
}
