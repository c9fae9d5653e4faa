package dev.tallyman.benchmarks;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.Routes;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.api.site.PollTrigger;
import dev.tallyman.aws.TimeLeft;
import dev.tallyman.benchmarks.support.CountingStore;
import dev.tallyman.benchmarks.support.Spread;
import dev.tallyman.core.Clock;
import dev.tallyman.dynamodb.DynamoDbStore;
import dev.tallyman.lambda.Environment;
import dev.tallyman.lambda.HttpEvents;
import dev.tallyman.lambda.Log;
import dev.tallyman.lambda.Metrics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/**
 * Answers events of the HTTP API from a table in DynamoDB as the API function does, again and
 * again, in an environment that has long been started.
 */
final class AnswerRun {
  private static final int WARM_UP = 150;
  private static final int REPETITIONS = 300;

  private final Tokens.Token token = Tokens.create(Role.VIEWER, new SecureRandom());
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final CountingStore store;
  private final Routes routes;

  private AnswerRun(String table, Instant now) {
    var environment =
        Environment.of(
            Map.of(
                "TABLE_NAME",
                table,
                "VIEWER_TOKEN_HASHES",
                token.hash(),
                Clock.VARIABLE,
                now + "," + InstantSource.system().instant() + ",1"));
    store = new CountingStore(DynamoDbStore.connect(table, environment.clock(), new TimeLeft()));
    var log = new Log(new PrintStream(printed, false, StandardCharsets.UTF_8), environment.clock());
    routes =
        environment.routes(
            store,
            _ -> new PollTrigger.Outcome.Failed("nothing polls here"),
            new Metrics(log, environment.stack(), environment.clock()));
  }

  /** Name of the table, and now; the variables say where DynamoDB is. */
  public static void main(String[] arguments) throws IOException {
    var run = new AnswerRun(arguments[0], Instant.parse(arguments[1]));
    run.time("usage", "/api/usage", "");
    run.time("query", "/api/v1/query", "metric=cost&by=model&granularity=day&since=90d");
    run.store.close();
  }

  private void time(String name, String path, String query) throws IOException {
    byte[] event = event(path, query);
    for (int i = 0; i < WARM_UP; i++) {
      answer(event);
    }
    var wall = new Spread(REPETITIONS);
    var beyond = new Spread(REPETITIONS);
    var processor = new Spread(REPETITIONS);
    var threads = ManagementFactory.getThreadMXBean();
    for (int i = 0; i < REPETITIONS; i++) {
      store.reset();
      printed.reset();
      long began = System.nanoTime();
      long beganProcessor = threads.getCurrentThreadCpuTime();
      answer(event);
      long took = System.nanoTime() - began;
      processor.add(threads.getCurrentThreadCpuTime() - beganProcessor);
      wall.add(took);
      beyond.add(took - store.nanos());
    }
    wall.print(name + ".wall");
    beyond.print(name + ".beyond");
    processor.print(name + ".cpu");
    IO.println(name + ".reads=" + store.reads());
    IO.println(name + ".log=" + printed.size());
  }

  private byte[] event(String path, String query) throws IOException {
    return JSON.std.asBytes(
        Map.of(
            "version",
            "2.0",
            "rawPath",
            path,
            "rawQueryString",
            query,
            "headers",
            Map.of("authorization", "Bearer " + token.text(), "accept-encoding", "gzip"),
            "requestContext",
            Map.of("http", Map.of("method", "GET", "path", path), "stage", "$default")));
  }

  private void answer(byte[] event) throws IOException {
    var out = new ByteArrayOutputStream();
    HttpEvents.answer(HttpEvents.read(new ByteArrayInputStream(event)), routes::handle, out);
    String answer = out.toString(StandardCharsets.UTF_8);
    if (!answer.startsWith("{\"statusCode\":200,")) {
      throw new IllegalStateException(answer);
    }
  }
}
