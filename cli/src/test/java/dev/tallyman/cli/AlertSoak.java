package dev.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tallyman.channels.HttpSender;
import dev.tallyman.channels.Secrets;
import dev.tallyman.core.Pace;
import dev.tallyman.core.alert.Alerts;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.budget.Window;
import dev.tallyman.core.delivery.Deliverer;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Sender;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.poll.UsageApi;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.query.Queries;
import dev.tallyman.core.query.Query;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Fields;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.Store;
import dev.tallyman.openai.OpenAiUsageApi;
import dev.tallyman.openai.call.OpenAiConfig;
import dev.tallyman.simulator.Fault;
import dev.tallyman.simulator.Simulator;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Lets alerts of a simulated organization go to a real receiver while everything goes wrong: data
 * comes late and is restated, provider and receiver are out for hours, each trigger fires twice,
 * and what runs is killed at calls of the store, the provider, the topic and the receiver. What the
 * receiver got is compared with what should have been told, which is worked out from the ledger's
 * answers alone.
 *
 * @param seed of provider, order and kills
 * @param from when it begins, a midnight of UTC
 * @param days how long it lasts
 * @param kills how often it is killed
 */
record AlertSoak(long seed, Instant from, int days, int kills) {
  private static final String ORGANIZATION = "acme";
  private static final Duration CYCLE = Duration.ofMinutes(15);
  private static final Duration LATE = Duration.ofDays(2);

  /** How many calls of the store one of those counts for that matter most and are made least. */
  private static final int RARE = 100;

  /** What it came to. */
  record Figures(int cycles, int killed, int told, int repeats, long calls) {
    String told(int days) {
      return String.format(
          Locale.ROOT,
          """
          - %d simulated days of data that comes late and is restated, %,d triggers (each twice), the \
          provider out for 5 hours, the receiver for 6
          - killed %d times at %,d calls of store, provider, topic and receiver
          - %,d messages should have been told, and were; %d came a second time, with the same id
          """,
          days,
          cycles,
          killed,
          calls,
          told,
          repeats);
    }
  }

  /** The process dies here. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    Killed() {
      super("killed", null, false, false);
    }
  }

  /** Kills at a call, before it or after it was made; those that are rare are struck more often. */
  private static final class Fate {
    private final Random random;
    private final long every;
    private long left;
    private int killed;
    private int most;
    private long calls;

    Fate(long seed, int most, long every) {
      this.random = new Random(seed);
      this.most = most;
      this.every = every;
      this.left = next();
    }

    private long next() {
      return 1 + random.nextLong(2 * every);
    }

    boolean strikes(int weight) {
      calls++;
      left -= weight;
      if (killed >= most || left > 0) {
        return false;
      }
      left = next();
      killed++;
      return true;
    }

    @SuppressWarnings("unchecked")
    <T> T context(Class<T> type, T inner, int weight) {
      return (T)
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (_, method, arguments) -> {
                boolean strikes = strikes(weight);
                boolean before = strikes && random.nextBoolean();
                if (before) {
                  throw new Killed();
                }
                try {
                  Object answer = method.invoke(inner, arguments);
                  if (strikes) {
                    throw new Killed();
                  }
                  return answer;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  /** What was received. */
  private record Received(String id, String what) {}

  /** Receives, unless it is out. */
  private static final class Receiver implements AutoCloseable {
    private final HttpServer server;
    private final List<Received> received = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean out;

    Receiver() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", this::handle);
      server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
      try (exchange) {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (!out) {
          Map<String, Object> message = JSON.std.mapFrom(body);
          String id = exchange.getRequestHeaders().getFirst("webhook-id");
          received.add(new Received(id, what(message)));
        }
        exchange.sendResponseHeaders(out ? 503 : 204, -1);
      }
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    @Override
    public void close() {
      server.stop(0);
    }

    private static String what(Map<String, Object> message) {
      Fields sent = Fields.of(message);
      Fields data = sent.fields("data").fields("details");
      String type = sent.text("type").orElse("");
      String window = data.text("budget").orElse("") + " " + data.text("window").orElse("");
      return switch (type) {
        case "budget.threshold_reached", "budget.exceeded" ->
            window + " " + data.text("threshold").orElse("");
        case "budget.recovered", "budget.window_closed" -> window + " " + type;
        default -> type;
      };
    }
  }

  /** Carries references as SNS does: it outlives who publishes, repeats, and shuffles. */
  private static final class Carrier implements Topic {
    private final List<Reference> waiting = new ArrayList<>();

    @Override
    public void publish(Notification notification) {
      waiting.add(new Reference(notification.organization(), notification.id(), Optional.empty()));
    }

    @Override
    public void repeat(Reference reference) {
      waiting.add(reference);
    }
  }

  /** What a budget's window should have told, from the amounts that were seen in it. */
  private static final class Expected {
    private final Map<String, Instant> first = new HashMap<>();
    private final Map<String, BigDecimal> highest = new HashMap<>();
    private final Map<String, Boolean> open = new HashMap<>();
    private final Map<String, Boolean> closed = new HashMap<>();
    private final List<String> messages = new ArrayList<>();

    void see(Budget budget, Window window, BigDecimal used, Instant now) {
      Instant began = first.computeIfAbsent(budget.id(), _ -> now);
      boolean ended = !now.isBefore(window.end());
      if (ended && !window.end().isAfter(began)) {
        return;
      }
      String key = budget.id() + " " + window.id();
      BigDecimal told = highest.getOrDefault(key, BigDecimal.ZERO);
      Optional<Threshold> passed = Optional.empty();
      for (Threshold each : budget.notices().thresholds()) {
        if (each.of(budget.limit().amount()).compareTo(used) <= 0) {
          passed = Optional.of(each);
        }
      }
      if (passed.isPresent() && passed.get().of(budget.limit().amount()).compareTo(told) > 0) {
        messages.add(key + " " + passed.get().text());
        highest.put(key, passed.get().of(budget.limit().amount()));
        open.put(key, true);
      } else if (passed.isEmpty() && open.getOrDefault(key, false) && !ended) {
        messages.add(key + " budget.recovered");
        open.put(key, false);
      }
      if (ended
          && closed.putIfAbsent(key, true) == null
          && budget.pool()
          && highest.containsKey(key)) {
        messages.add(key + " budget.window_closed");
      }
    }
  }

  /** Runs it. */
  Figures run() throws IOException {
    var clock = new MovableClock(from);
    var store = new InMemoryStore(clock);
    var random = new Random(seed);
    var expected = new Expected();
    var carrier = new Carrier();
    int cycles = 0;
    Instant end = from.plus(Duration.ofDays(days));
    Instant providerOut = from.plus(Duration.ofDays(days / 3)).plus(Duration.ofHours(3));
    Instant receiverOut = from.plus(Duration.ofDays(days / 2)).plus(Duration.ofHours(9));
    try (var simulator =
            Simulator.builder(clock)
                .seed(seed)
                .faults(Set.of(Fault.LATE, Fault.RESTATED))
                .build()
                .start();
        var receiver = new Receiver()) {
      Settings settings = settings(limits(simulator, clock));
      clock.set(from);
      Map<String, String> secrets = Map.of("HOOK", receiver.url());
      long calls = (long) days * 96 * 60;
      var fate = new Fate(seed, kills, Math.max(50, calls / Math.max(1, kills)));
      Runner process =
          new Runner(store, clock, fate, carrier, settings, secrets, simulator, random);
      for (Instant now = from; now.isBefore(end); now = now.plus(CYCLE)) {
        clock.set(now);
        process.providerOut =
            !now.isBefore(providerOut) && now.isBefore(providerOut.plus(Duration.ofHours(5)));
        receiver.out =
            !now.isBefore(receiverOut) && now.isBefore(receiverOut.plus(Duration.ofHours(6)));
        for (int trigger = 0; trigger < 2; trigger++) {
          while (!process.cycle()) {
            process = process.reborn();
          }
          cycles++;
        }
        process = process.deliver();
        see(store, clock, settings, expected, now);
      }
      // What waits for a later attempt gets its time.
      fate.most = 0;
      for (int i = 0; i < 200; i++) {
        clock.advance(CYCLE);
        process.repeat();
        process = process.deliver();
      }
      return compared(expected, receiver, fate, cycles);
    }
  }

  private Figures compared(Expected expected, Receiver receiver, Fate fate, int cycles) {
    var unique = new LinkedHashMap<String, String>();
    for (Received each : receiver.received) {
      String before = unique.putIfAbsent(each.id(), each.what());
      assertThat(before == null || before.equals(each.what()))
          .as("seed %d: one id for two messages: %s", seed, each)
          .isTrue();
    }
    int repeats = receiver.received.size() - unique.size();
    Map<String, Long> got =
        unique.values().stream()
            .collect(Collectors.groupingBy(each -> each, TreeMap::new, Collectors.counting()));
    Map<String, Long> wanted =
        expected.messages.stream()
            .collect(Collectors.groupingBy(each -> each, TreeMap::new, Collectors.counting()));
    wanted.put("data.stale", 1L);
    wanted.put("data.recovered", 1L);
    assertThat(got).as("seed %d", seed).isEqualTo(wanted);
    assertThat(repeats)
        .as("seed %d: a repeat without a kill", seed)
        .isLessThanOrEqualTo(fate.killed);
    assertThat(fate.killed).as("seed %d: kills", seed).isEqualTo(kills);
    return new Figures(cycles, fate.killed, unique.size(), repeats, fate.calls);
  }

  /** What runs, and dies at once with all that it remembers. */
  private static final class Runner {
    private final Store durable;
    private final MovableClock clock;
    private final Fate fate;
    private final Carrier carrier;
    private final Settings settings;
    private final Map<String, String> secrets;
    private final Simulator simulator;
    private final Random random;
    private final OpenAiUsageApi real;
    private final UsageApi api;
    private final Poller poller;
    private final Alerts alerts;
    private final Deliverer deliverer;
    private boolean providerOut;

    Runner(
        Store durable,
        MovableClock clock,
        Fate fate,
        Carrier carrier,
        Settings settings,
        Map<String, String> secrets,
        Simulator simulator,
        Random random) {
      this.durable = durable;
      this.clock = clock;
      this.fate = fate;
      this.carrier = carrier;
      this.settings = settings;
      this.secrets = secrets;
      this.simulator = simulator;
      this.random = random;
      Store store = fate.context(Store.class, durable, 1);
      this.real =
          new OpenAiUsageApi(
              OpenAiConfig.of(simulator.baseUrl().toString()),
              "sk-admin-simulated",
              Map.of(),
              clock);
      this.api = fate.context(UsageApi.class, failing(real), 5);
      this.poller = new Poller(store, clock);
      this.alerts = new Alerts(store, fate.context(Topic.class, carrier, RARE), clock);
      this.deliverer =
          new Deliverer(
              store,
              new Pace(clock),
              name -> Optional.ofNullable(settings.channels().get(name)),
              fate.context(
                  Sender.class,
                  new HttpSender(Secrets.in(secrets), Optional.empty(), true, clock),
                  RARE),
              new Random(1));
    }

    Runner reborn() {
      real.close();
      var next = new Runner(durable, clock, fate, carrier, settings, secrets, simulator, random);
      next.providerOut = providerOut;
      return next;
    }

    private UsageApi failing(UsageApi inner) {
      return (UsageApi)
          Proxy.newProxyInstance(
              UsageApi.class.getClassLoader(),
              new Class<?>[] {UsageApi.class},
              (_, method, arguments) -> {
                if (providerOut && method.getReturnType() == ReadOutcome.class) {
                  return new ReadOutcome.Failed(
                      new ReadOutcome.Origin(Optional.empty(), true),
                      ReadOutcome.Kind.SERVER,
                      "out",
                      Optional.empty());
                }
                try {
                  return method.invoke(inner, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    /** One trigger; returns false if it was killed. */
    boolean cycle() {
      try {
        Instant deadline = clock.instant().plus(Duration.ofMinutes(4));
        var outcome = poller.cycle(ORGANIZATION, api, settings.usage(), "soak", deadline);
        if (outcome instanceof CycleOutcome.AlreadyRunning) {
          // The lease of one that died ends by itself.
          durable.delete(new Key("O#" + ORGANIZATION + "#L", "poll"), new Condition.Always());
          return false;
        }
        alerts.run(ORGANIZATION, settings, KeyExpiry::unknown, deadline);
        return true;
      } catch (Killed _) {
        return false;
      }
    }

    void repeat() {
      alerts.repeat(ORGANIZATION);
    }

    /** Hands over what waits: each twice, in any order, and again if who does it dies. */
    Runner deliver() {
      Runner process = this;
      var batch = new ArrayList<>(carrier.waiting);
      batch.addAll(carrier.waiting);
      carrier.waiting.clear();
      Collections.shuffle(batch, random);
      for (Reference each : batch) {
        boolean done = false;
        while (!done) {
          try {
            process.deliverer.deliver(each);
            done = true;
          } catch (Killed _) {
            process = process.reborn();
          }
        }
      }
      return process;
    }
  }

  /** Asks the ledger, as anybody can, for what each budget has used. */
  private void see(
      Store store, MovableClock clock, Settings settings, Expected expected, Instant now) {
    var queries = new Queries(store, settings.usage(), clock);
    for (Budget budget : settings.budgets()) {
      var windows = new ArrayList<Window>();
      for (Window window = budget.limit().windowAt(now);
          window.end().plus(LATE).isAfter(now) && window.end().isAfter(from);
          window = window.previous()) {
        windows.add(window);
      }
      for (Window window : windows.reversed()) {
        SortedMap<GroupBy, Set<String>> filters = GroupBy.map();
        filters.putAll(budget.limit().scope().parts());
        queries
            .answer(
                ORGANIZATION,
                new Query(
                    budget.limit().metric(),
                    List.of(),
                    filters,
                    window.start(),
                    window.end(),
                    Granularity.ALL,
                    window.zone(),
                    1))
            .total()
            .total()
            .ifPresent(used -> expected.see(budget, window, used, now));
      }
    }
  }

  private static Settings settings(Map<String, Object> budgets) {
    var document = new HashMap<String, Object>();
    document.put("poll", Map.of("minutes", 15));
    document.put("zones", List.of("Asia/Kathmandu"));
    document.put("channels", Map.of("hook", Map.of("kind", "webhook", "secret", "HOOK")));
    document.put("budgets", budgets.get("budgets"));
    document.put("groups", budgets.get("groups"));
    return switch (Settings.of(document)) {
      case SettingsResult.Valid(Settings settings) -> settings;
      case SettingsResult.Invalid(var mistakes) -> throw new AssertionError(mistakes);
    };
  }

  /** Budgets that are passed on some days and not on others, by what the day before used. */
  private Map<String, Object> limits(Simulator simulator, MovableClock clock) {
    Instant before = from.minus(Duration.ofMinutes(5));
    clock.set(before);
    var scratch = new InMemoryStore(clock);
    try (var api =
        new OpenAiUsageApi(
            OpenAiConfig.of(simulator.baseUrl().toString()),
            "sk-admin-simulated",
            Map.of(),
            clock)) {
      new Poller(scratch, clock)
          .cycle(
              ORGANIZATION,
              api,
              Settings.defaults().usage(),
              "soak",
              before.plus(Duration.ofMinutes(4)));
    }
    long cents = total(scratch, clock, Metric.ESTIMATED, Map.of()).movePointRight(2).longValue();
    long tokens = total(scratch, clock, Metric.TOKENS, Map.of()).longValue();
    long requests = total(scratch, clock, Metric.REQUESTS, Map.of()).longValue();
    long premium =
        total(scratch, clock, Metric.TOKENS, Map.of(GroupBy.GROUP, Set.of("premium"))).longValue();
    var budgets = new TreeMap<String, Object>();
    budgets.put("day", budget("estimated", dollars(cents), "day"));
    budgets.put("hour", budget("tokens", Long.toString(tokens / 12), "hour"));
    budgets.put("week", budget("estimated", dollars(cents * 6), "week"));
    budgets.put("month", budget("cost", dollars(cents * Math.min(20, days)), "month"));
    budgets.put("billed", budget("cost", dollars(cents * 9 / 10), "day"));
    var zoned = budget("requests", Long.toString(requests), "day");
    zoned.put("zone", "Asia/Kathmandu");
    budgets.put("zoned", zoned);
    return Map.of(
        "budgets",
        budgets,
        "groups",
        Map.of("premium", Map.of("daily_limit", premium), "mini", Map.of("daily_limit", 0L)));
  }

  private static Map<String, Object> budget(String metric, String limit, String window) {
    var budget = new TreeMap<String, Object>();
    budget.put("metric", metric);
    budget.put("limit", limit);
    budget.put("window", window);
    return budget;
  }

  private static String dollars(long cents) {
    return BigDecimal.valueOf(cents, 2).toPlainString();
  }

  private BigDecimal total(
      Store store, MovableClock clock, Metric metric, Map<GroupBy, Set<String>> filters) {
    return new Queries(store, Settings.defaults().usage(), clock)
        .answer(
            ORGANIZATION,
            new Query(
                metric,
                List.of(),
                filters,
                from.minus(Duration.ofDays(1)),
                from,
                Granularity.ALL,
                ZoneId.of("UTC"),
                1))
        .total()
        .total()
        .orElseThrow();
  }
}
