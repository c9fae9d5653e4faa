package dev.tallyman.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import dev.tallyman.benchmarks.support.Spread;
import dev.tallyman.channels.HttpSender;
import dev.tallyman.channels.InProcessTopic;
import dev.tallyman.channels.ParallelDelivery;
import dev.tallyman.channels.Secrets;
import dev.tallyman.core.Pace;
import dev.tallyman.core.alert.Alerts;
import dev.tallyman.core.delivery.Deliverer;
import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import dev.tallyman.core.store.Store;
import dev.tallyman.sqlite.SqliteStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Sets one budget after the other that is exceeded already, and waits until the message stands in a
 * receiver on this machine; made of the same parts as the local server.
 */
final class CrossingRun {
  private static final int OTHERS = 50;
  private static final int WARM_UP = 20;
  private static final int REPETITIONS = 100;
  private static final String ORGANIZATION = "default";

  private CrossingRun() {}

  private record Received(String text, long nanos) {}

  /** Now, and the file of a ledger that {@link BudgetRun} filled. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var clock = InstantSource.fixed(Instant.parse(arguments[0]));
    BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String text = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            received.add(new Received(text, System.nanoTime()));
            exchange.sendResponseHeaders(200, -1);
          }
        });
    receiver.start();
    String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/services/bench";
    try (var store = new SqliteStore(Path.of(arguments[1]), clock);
        var topic =
            new InProcessTopic(
                new ParallelDelivery(deliverer(store, clock, url))::deliver, CrossingRun::fail)) {
      measure(new Alerts(store, topic, clock), clock, received);
    } finally {
      receiver.stop(0);
    }
  }

  private static Deliverer deliverer(Store store, InstantSource clock, String url) {
    return new Deliverer(
        store,
        new Pace(clock),
        name -> Optional.ofNullable(settings(0).channels().get(name)),
        new HttpSender(
            Secrets.in(Map.of("SLACK_URL", url)), Optional.empty(), true, InstantSource.system()),
        RandomGenerator.getDefault());
  }

  private static void fail(RuntimeException trouble) {
    throw trouble;
  }

  private static void measure(Alerts alerts, InstantSource clock, BlockingQueue<Received> received)
      throws InterruptedException {
    var wall = new Spread(REPETITIONS);
    for (int i = 0; i < WARM_UP + REPETITIONS; i++) {
      Settings settings = settings(i);
      long began = System.nanoTime();
      alerts.run(
          ORGANIZATION, settings, KeyExpiry::unknown, clock.instant().plus(Duration.ofMinutes(4)));
      long ended = await(received, "Crossing " + i + " ");
      if (i >= WARM_UP) {
        wall.add(ended - began);
      }
    }
    wall.print("crossing.wall");
  }

  /** When what names this was received. */
  private static long await(BlockingQueue<Received> received, String name)
      throws InterruptedException {
    while (true) {
      Received next = received.poll(1, TimeUnit.MINUTES);
      if (next == null) {
        throw new IllegalStateException("nothing was told of " + name);
      }
      if (next.text().contains(name)) {
        return next.nanos();
      }
    }
  }

  /** Budgets that are far from their limits, and one that is not. */
  private static Settings settings(int number) {
    var budgets = new TreeMap<String, Object>();
    for (int i = 0; i < OTHERS; i++) {
      budgets.put("other-" + i, budget("Other " + i, "1000000000"));
    }
    budgets.put("crossing-" + number, budget("Crossing " + number + " of many", "1"));
    var document = new TreeMap<String, Object>();
    document.put("budgets", budgets);
    document.put("channels", Map.of("slack", Map.of("kind", "slack", "secret", "SLACK_URL")));
    return switch (Settings.of(document)) {
      case SettingsResult.Valid(Settings settings) -> settings;
      case SettingsResult.Invalid(var mistakes) ->
          throw new IllegalStateException(mistakes.toString());
    };
  }

  private static Map<String, Object> budget(String name, String limit) {
    return Map.of(
        "name",
        name,
        "metric",
        "estimated",
        "limit",
        limit,
        "window",
        "month",
        "channels",
        List.of("slack"));
  }
}
