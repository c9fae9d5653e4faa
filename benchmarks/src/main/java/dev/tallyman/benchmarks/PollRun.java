package dev.tallyman.benchmarks;

import dev.tallyman.benchmarks.support.Http;
import dev.tallyman.benchmarks.support.Machine;
import dev.tallyman.core.alert.Alerts;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.dynamodb.Consumption;
import dev.tallyman.dynamodb.DynamoDbStore;
import dev.tallyman.openai.OpenAiUsageApi;
import dev.tallyman.openai.call.OpenAiConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Polls an organization into DynamoDB as the function does that polls: one cycle, and what is told
 * after it, for each line that comes in with {@code cycle} and an instant, and a slice of history
 * for {@code fill}.
 */
final class PollRun {
  private static final Duration HISTORY = Duration.ofDays(8);

  private final Consumption consumption = new Consumption();
  private Instant now = Instant.EPOCH;

  private PollRun() {}

  /** Base URL of the provider, name of the table; the variables say where DynamoDB is. */
  public static void main(String[] arguments) throws IOException {
    new PollRun().answer(arguments[0], arguments[1]);
  }

  private void answer(String baseUrl, String table) throws IOException {
    InstantSource clock = () -> now;
    try (DynamoDbClient client = DynamoDbStore.clientBuilder(consumption).build();
        var api = new OpenAiUsageApi(OpenAiConfig.of(baseUrl), Http.ADMIN_KEY, Map.of(), clock);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      var store = new DynamoDbStore(client, table, clock);
      var poller = new Poller(store, clock);
      var alerts = new Alerts(store, new Nobody(), clock);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", 2);
        now = Instant.parse(words[1]);
        Consumption.Sum before = consumption.sum();
        long wall = System.nanoTime();
        long processor = Machine.processorNanos();
        IO.println(
            "left=" + (words[0].equals("fill") ? fill(poller, api) : cycle(poller, alerts, api)));
        IO.println("cpu=" + (Machine.processorNanos() - processor));
        IO.println("wall=" + (System.nanoTime() - wall));
        Consumption.Sum used = consumption.sum().since(before);
        IO.println("requests=" + used.requests());
        IO.println("reads=" + used.readUnits());
        IO.println("writes=" + used.writeUnits());
        IO.println("heap=" + Machine.peakHeapMegabytes());
        IO.println("peak=" + Machine.peakMegabytes());
        IO.println();
      }
    }
  }

  /** A topic without subscribers. */
  private static final class Nobody implements Topic {
    @Override
    public void publish(Notification notification) {}

    @Override
    public void repeat(Reference reference) {}
  }

  /** How many names were read: while there are any, more may be left. */
  private int cycle(Poller poller, Alerts alerts, OpenAiUsageApi api) {
    CycleOutcome outcome =
        poller.cycle("default", api, Settings.defaults().usage(), "benchmark", deadline());
    alerts.run("default", Settings.defaults(), KeyExpiry::unknown, deadline());
    if (outcome instanceof CycleOutcome.Ran ran && ran.cycle().complete()) {
      return ran.cycle().endpoints().getOrDefault(CycleRecord.NAMES, EndpointResult.NONE).read();
    }
    throw new IllegalStateException("the cycle did not read all: " + outcome);
  }

  /** 1 while history is missing. */
  private int fill(Poller poller, OpenAiUsageApi api) {
    return switch (poller.fill(
        "default", api, Settings.defaults().usage(), now.minus(HISTORY), deadline())) {
      case FillOutcome.Advanced _ -> 1;
      case FillOutcome.Done _ -> 0;
      case FillOutcome other -> throw new IllegalStateException("no history: " + other);
    };
  }

  private Instant deadline() {
    return now.plus(Duration.ofHours(1));
  }
}
