package dev.tallyman.api;

import dev.tallyman.api.access.Access;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.api.message.Route;
import dev.tallyman.api.site.DeliveryTrigger;
import dev.tallyman.api.site.PollTrigger;
import dev.tallyman.api.site.Site;
import dev.tallyman.core.Pace;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.delivery.Deliverer;
import dev.tallyman.core.delivery.Deliveries;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Sender;
import dev.tallyman.core.delivery.Severity;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.DayOutcome;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.settings.Mistake;
import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.Permits;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.Store;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/** Routes over a store in memory. */
final class Fixture {
  /** Those of a process that reads keys and secrets from variables with names of their own. */
  static final Permits PERMITS =
      new Permits() {
        @Override
        public Optional<Mistake> refusal(OrganizationSettings organization) {
          return organization.keyEnv().filter(name -> name.startsWith("KEY_")).isPresent()
              ? Optional.empty()
              : Optional.of(new Mistake("key_env", "has to begin with KEY_"));
        }

        @Override
        public Optional<String> refusal(String secret) {
          return secret.equals("PATH")
              ? Optional.of("PATH is no secret of a channel")
              : Optional.empty();
        }
      };

  /** The id of what {@link #told} tells. */
  static final String ALERT = "al_20261120T143000000Z_1a2b3c4d";

  private static final String DIGEST = "al_20261120T143000000Z_2b3c4d5e";

  static final Tokens.Token VIEWER = Tokens.create(Role.VIEWER, new SecureRandom());
  static final Tokens.Token OPERATOR = Tokens.create(Role.OPERATOR, new SecureRandom());

  final MovableClock clock = MovableClock.at("2026-11-21T09:30:00Z");
  final InMemoryStore store = new InMemoryStore(clock);
  final Provider provider;
  final AtomicReference<Access> access =
      new AtomicReference<>(
          new Access(Set.of(VIEWER.hash()), Set.of(OPERATOR.hash()), false, false, Set.of()));
  final List<String> log = new ArrayList<>();
  final List<String> tests = new ArrayList<>();
  final List<Reference> repeated = new ArrayList<>();
  PollTrigger polls =
      new PollTrigger() {
        @Override
        public Outcome poll(String organization) {
          return Fixture.this.poll(organization);
        }

        @Override
        public DayOutcome reread(String organization, LocalDate day) {
          return new Poller(store, clock)
              .reread(organization, provider, settings(), day, deadline());
        }
      };

  /** What becomes of what is handed to a channel. */
  Sender.Outcome outcome = new Sender.Outcome.Sent("200");

  final Routes routes = over(store);

  Fixture() {
    this(new Provider(false));
  }

  Fixture(Provider provider) {
    this.provider = provider;
  }

  /** Tells that a pool is nearly used up, and delivers that to the channel {@code ops}. */
  Fixture told() {
    Notification notification = alert();
    new Deliveries(store, "default").open(notification, notification.at());
    deliver(new Reference("default", ALERT, Optional.empty()));
    return this;
  }

  /** The same alert, told with others. */
  void toldWithinADigest() {
    Notification alert = alert();
    Notification digest =
        new Notification(
            DIGEST,
            alert.organization(),
            alert.at(),
            Notification.Type.DIGEST,
            alert.severity(),
            "tallyman/default/digest",
            "digest",
            "6 alerts at once",
            List.of(),
            List.of(),
            List.of(),
            false,
            new TreeMap<>(),
            alert.channels());
    var log = new Deliveries(store, "default");
    log.open(alert.within(List.of(DIGEST), List.of()), alert.at());
    log.open(digest, alert.at());
    deliver(new Reference("default", DIGEST, Optional.empty()));
  }

  private static Notification alert() {
    var data = new TreeMap<String, Object>();
    data.put("budget", "pool-premium");
    data.put("window", "2026-11-20@UTC");
    data.put("used", "812345");
    data.put("limit", "1000000");
    data.put("percentage", "81.2");
    data.put("pool", true);
    return new Notification(
        ALERT,
        "default",
        Instant.parse("2026-11-20T14:30:00Z"),
        Notification.Type.BUDGET_WARNING,
        Severity.WARNING,
        "tallyman/default/pool-premium/2026-11-20@UTC",
        "pool-premium",
        "Free tokens of premium is at 81.2 % of 1,000,000 tokens",
        List.of(new Notification.Fact("Used", "812,345 of 1,000,000 tokens")),
        List.of(new Notification.Driver("Search", "700,000 tokens")),
        List.of(),
        false,
        data,
        List.of("ops"));
  }

  /** Delivers as a deliverer does. */
  void deliver(Reference reference) {
    new Deliverer(
            store,
            new Pace(clock),
            name ->
                Optional.of(
                    new Channel(
                        name,
                        Channel.Kind.SLACK,
                        Optional.of("SLACK_OPS"),
                        List.of(),
                        Channel.Format.USUAL)),
            (_, _) -> outcome,
            new SplittableRandom(1))
        .deliver(reference);
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
            PERMITS,
            access::get,
            new PollTrigger() {
              @Override
              public Outcome poll(String organization) {
                return polls.poll(organization);
              }

              @Override
              public DayOutcome reread(String organization, LocalDate day) {
                return polls.reread(organization, day);
              }
            },
            new DeliveryTrigger() {
              @Override
              public Sender.Outcome send(Channel channel, Notification test) {
                tests.add(channel.name() + " " + test.headline());
                return outcome;
              }

              @Override
              public void repeat(Reference reference) {
                repeated.add(reference);
              }
            },
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

  PollTrigger.Outcome poll(String organization) {
    return switch (new Poller(store, clock)
        .cycle(organization, provider, settings(), "api", deadline())) {
      case CycleOutcome.Ran(var cycle, _, _) -> new PollTrigger.Outcome.Done(cycle, 0);
      case CycleOutcome.AlreadyRunning() -> new PollTrigger.Outcome.AlreadyRunning();
      case CycleOutcome.WrongOrganization(String message) ->
          new PollTrigger.Outcome.Failed(message);
    };
  }

  private UsageSettings settings() {
    return new SettingsStore(store).load().settings().usage();
  }

  private Instant deadline() {
    return clock.instant().plus(Duration.ofMinutes(4));
  }
}
