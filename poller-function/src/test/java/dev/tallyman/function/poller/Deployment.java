package dev.tallyman.function.poller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.access.Access;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.core.poll.LedgerText;
import dev.tallyman.core.settings.Overrides;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.Store;
import dev.tallyman.lambda.Environment;
import dev.tallyman.lambda.Invocation;
import dev.tallyman.lambda.Log;
import dev.tallyman.openai.call.OpenAiConfig;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.simulator.Size;
import dev.tallyman.ssm.AdminKeys;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What the function finds around it when deployed: a provider, keys, and a log. */
final class Deployment implements AutoCloseable {
  static final String KEY = "sk-admin-deployed-secret";
  static final String POLL = "{\"action\":\"poll\"}";
  static final Tokens.Token VIEWER = Tokens.create(Role.VIEWER, new SecureRandom());
  static final Tokens.Token OPERATOR = Tokens.create(Role.OPERATOR, new SecureRandom());

  /** Less than is read in earnest, so that what is read at all stands out in a test's time. */
  static final Duration HISTORY = Duration.ofDays(9);

  final MovableClock clock = MovableClock.at("2026-11-21T09:30:00Z");
  final FakeParameters parameters = new FakeParameters();
  final FakeTopic topic = new FakeTopic();

  /** What the variables say above the stored settings. */
  Overrides overrides = Overrides.NONE;

  final Simulator provider;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  Deployment() {
    parameters.values.put("acme", KEY);
    try {
      provider =
          Simulator.builder(clock)
              .seed(7)
              .size(new Size(2, 1, 2, 3, 1))
              .adminKey(KEY)
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The function as another instance of it starts. */
  Handler handler(Store store) {
    return handler(store, clock);
  }

  /** The same with another clock. */
  Handler handler(Store store, InstantSource told) {
    return handler(store, told, provider.baseUrl().toString());
  }

  /** The same with another provider. */
  Handler handler(Store store, InstantSource told, String baseUrl) {
    var environment =
        new Environment(
            "table",
            "stack",
            told,
            overrides,
            Environment.of(
                    Map.of("TABLE_NAME", "table", "KEY_PATH", "/keys", "OPENAI_BASE_URL", baseUrl))
                .permits(),
            new Access(Set.of(VIEWER.hash()), Set.of(OPERATOR.hash()), false, false, Set.of()));
    return new Handler(
        new Setup(
            environment,
            "/keys",
            "topic",
            Optional.empty(),
            Optional.of(OpenAiConfig.of(baseUrl)),
            HISTORY,
            Map.of()),
        store,
        new AdminKeys(parameters, "/keys", told),
        topic,
        new Log(new PrintStream(log, true, StandardCharsets.UTF_8), told));
  }

  /** A clock on which time passes with each look at it, for everybody. */
  InstantSource slow(int millis) {
    return () -> {
      clock.advance(Duration.ofMillis(millis));
      return clock.instant();
    };
  }

  static Map<String, Object> invoke(Handler handler, String event) {
    return invoke(handler, event, Duration.ofMinutes(4));
  }

  static Map<String, Object> invoke(Handler handler, String event, Duration left) {
    var answer = new ByteArrayOutputStream();
    try {
      handler.handleRequest(
          new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
          answer,
          new Invocation(left));
      return JSON.std.mapFrom(answer.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Does all of this at once, and answers in order when all is done. */
  static <T> List<T> atOnce(List<Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<T>();
      for (Future<T> each : threads.invokeAll(tasks)) {
        answers.add(each.get());
      }
      return answers;
    }
  }

  /** What became of the cycle of each organization when the schedule said so. */
  static Map<String, String> cycles(Map<String, Object> answer) {
    var cycles = new TreeMap<String, String>();
    for (Object each : (List<?>) answer.getOrDefault("organizations", List.of())) {
      var members = (Map<?, ?>) each;
      cycles.put(String.valueOf(members.get("organization")), String.valueOf(members.get("cycle")));
    }
    return cycles;
  }

  /** An event of the HTTP API. */
  static String request(String method, String path, Optional<Tokens.Token> token) {
    return """
    {"version":"2.0","rawPath":"%s","rawQueryString":"","headers":{%s},
     "requestContext":{"stage":"$default","requestId":"r1","http":{"method":"%s"}}}\
    """
        .formatted(
            path,
            token.map(t -> "\"authorization\":\"Bearer " + t.text() + "\"").orElse(""),
            method);
  }

  /** All that was read of an organization. */
  static String ledger(Store store, String organization) {
    return ledger(
        store, organization, LocalDate.parse("2026-08-01"), LocalDate.parse("2026-11-23"));
  }

  /** What was read of it on the days in {@code [from, to)}. */
  static String ledger(Store store, String organization, LocalDate from, LocalDate to) {
    return LedgerText.of(store, organization, List.of(ZoneOffset.UTC), from, to);
  }

  /** The lines of the log about one event; no line of any may show a key or a token. */
  List<Map<String, Object>> log(String event) {
    String text = log.toString(StandardCharsets.UTF_8);
    assertThat(text).doesNotContain("sk-admin", VIEWER.text(), OPERATOR.text());
    var lines = new ArrayList<Map<String, Object>>();
    try {
      for (String line : text.lines().toList()) {
        Map<String, Object> members = JSON.std.mapFrom(line);
        if (event.equals(members.get("event"))) {
          lines.add(members);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  @Override
  public void close() {
    provider.close();
  }
}
