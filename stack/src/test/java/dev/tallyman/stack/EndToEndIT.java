package dev.tallyman.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.cli.Started;
import dev.tallyman.core.CleanProcess;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.simulator.Size;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The deployed stack without AWS: the schedule's event to the poller, DynamoDB, an HTTP event to
 * the API; the functions as they are packaged, under Lambda's own client. What it answers is what a
 * local server answers that has read the same organization.
 */
final class EndToEndIT {
  private static final String KEY = "sk-admin-" + "e2e".repeat(8);
  private static final Instant START = Instant.parse("2026-11-20T10:05:20Z");

  /** How far back is read: further than the first cycle's invocation has time for. */
  private static final LocalDate SINCE = LocalDate.parse("2026-10-21");

  /**
   * When something was done, which is not the same twice; buckets begin at whole minutes, and what
   * was done may by chance be of one.
   */
  private static final Pattern WHEN =
      Pattern.compile(
          "T[0-9]{2}:[0-9]{2}:(?!00Z)[0-9.]+Z"
              + "|(?<=\"(as_of|last_poll)\":\"[0-9-]{10})T[0-9:.]+Z"
              + "|(?<=\"last_updated\":)[0-9]+");

  /** What is asked of both. */
  private static final List<String> TARGETS =
      List.of(
          "/api/usage",
          "/api/stats",
          "/api/history?limit=50&offset=100",
          "/api/history?date=2026-11-19",
          "/api/v1/query",
          "/api/v1/query?by=model,project&since=2026-11-19&granularity=day",
          "/api/v1/query?metric=billed&by=line_item&since=2026-11-19",
          "/api/v1/query?metric=tokens&by=key,user&since=2026-11-19&granularity=hour",
          "/api/v1/query?metric=requests&by=endpoint&since=2026-11-19&format=csv",
          "/api/v1/query?metric=dances",
          "/api/v1/organizations",
          "/api/v1/projects",
          "/api/v1/keys",
          "/api/v1/models",
          "/api/v1/prices?limit=20",
          "/api/v1/settings",
          "/api/v1/openapi.json",
          "/nothing/here");

  private final Deployed deployed = new Deployed(KEY, START);
  private final Tokens.Token token = deployed.token();
  private final List<Process> started = new ArrayList<>();

  @TempDir Path folder;

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void theStackAnswersAsALocalServerDoes() throws IOException, InterruptedException {
    Map<String, String> variables;
    String baseUrl;
    // It ends before they are compared, so that neither reads on.
    try (var simulator =
        Simulator.builder(InstantSource.fixed(START)).size(new Size(4, 2, 5, 30, 5)).build()) {
      baseUrl = simulator.start().baseUrl().toString();
      variables = deployed.variables("end-to-end-", baseUrl);
      poll(variables);
      read(baseUrl);
    }
    URI local = serve(baseUrl);
    try (var http = HttpClient.newHttpClient();
        var api = LambdaProcess.start(Function.API, variables, false, folder.resolve("api.log"))) {
      for (String target : TARGETS) {
        String[] parts = target.split("\\?", 2);
        String event = Events.get(parts[0], parts.length > 1 ? parts[1] : "", token.text());
        Map<String, Object> answer = JSON.std.mapFrom(Deployed.answer(api, event));

        var expected =
            http.send(
                HttpRequest.newBuilder(local.resolve(target)).build(), BodyHandlers.ofString());

        assertThat(answer.get("statusCode")).as(target).isEqualTo(expected.statusCode());
        assertThat(timeless(String.valueOf(answer.get("body"))))
            .as(target)
            .isEqualTo(timeless(expected.body()));
      }
    }
  }

  @Test
  void theStackLogsOfADayWhatALocalServerDoes() throws IOException, InterruptedException {
    try (var simulator =
            Simulator.builder(InstantSource.fixed(START)).size(new Size(2, 1, 2, 3, 1)).build();
        var crossings = new Crossings("logged-" + ProcessHandle.current().pid())) {
      String baseUrl = simulator.start().baseUrl().toString();
      Map<String, String> variables = deployed.variables("logged-", baseUrl);
      variables.putAll(crossings.variables());
      variables.put("MINI_TIER_LIMIT", "1");
      List<Map<String, Object>> logged;
      try (var poller =
          LambdaProcess.start(Function.POLLER, variables, false, folder.resolve("poller.log"))) {
        String printed = "";
        // How much of history it reads depends on the time that it is given.
        for (int poll = 0; poll < 20 && !printed.contains("\"filling\""); poll++) {
          Deployed.answer(poller, Events.sample("schedule.json"));
          printed = poller.printed();
        }
        logged = events(printed.lines());
      }

      BufferedReader err =
          tallyman(baseUrl, Map.of("MINI_TIER_LIMIT", "1"), "serve", "--port", "0")
              .errorReader(UTF_8);
      var lines = new ArrayList<String>();
      Started.line(err, "listens");
      do {
        lines.add(err.readLine());
      } while (!lines.getLast().contains("\"filled\""));

      assertThat(events(lines.stream()).stream().limit(logged.size()).toList()).isEqualTo(logged);
      assertThat(logged)
          .extracting(event -> event.get("event"))
          .containsSubsequence("cycle", "alerts", "filling");
    }
  }

  /**
   * What was logged of polls, without when it was; of cycles the first, since how many it takes
   * depends on the time of an invocation.
   */
  private static List<Map<String, Object>> events(Stream<String> lines) throws IOException {
    var events = new LinkedHashSet<Map<String, Object>>();
    var names = new HashSet<Object>();
    for (String line : lines.filter(each -> each.contains("\"event\":")).toList()) {
      Map<String, Object> event = JSON.std.mapFrom(line);
      Object name = event.get("event");
      if (!"no_time".equals(name) && (names.add(name) || !"cycle".equals(name))) {
        event
            .keySet()
            .retainAll(
                Set.of(
                    "event",
                    "organization",
                    "model",
                    "message",
                    "since",
                    "wanted",
                    "triggered",
                    "published",
                    "repeated",
                    "read",
                    "changed",
                    "restated",
                    "skipped",
                    "failed"));
        events.add(event);
      }
    }
    return List.copyOf(events);
  }

  @Test
  void whatThePollerFindsIsToldOnceOverAWebhook() throws IOException, InterruptedException {
    try (var simulator =
            Simulator.builder(InstantSource.fixed(START)).size(new Size(2, 1, 2, 3, 1)).build();
        var crossings = new Crossings("crossed-" + ProcessHandle.current().pid())) {
      Map<String, String> variables =
          deployed.variables("crossed-", simulator.start().baseUrl().toString());
      variables.putAll(crossings.variables());
      variables.put("MINI_TIER_LIMIT", "1");
      try (var poller =
              LambdaProcess.start(Function.POLLER, variables, false, folder.resolve("poller.log"));
          var alert =
              LambdaProcess.start(Function.ALERT, variables, false, folder.resolve("alert.log"))) {
        Deployed.poll(poller);
        String event = crossings.event();
        Deployed.poll(poller);
        assertThat(crossings.waiting()).isZero();

        assertThat(Deployed.answer(alert, event)).contains("\"status\":\"sent\"");
        assertThat(Deployed.answer(alert, event)).isEqualTo("{\"deliveries\":[]}");
        assertThat(crossings.received())
            .singleElement()
            .satisfies(message -> assertThat(JSON.std.mapFrom(message)).containsKey("text"));

        String test = Events.sample("api-channel-test.json");
        String asked = test.replaceFirst("Bearer [a-z_]+", "Bearer " + token.text());
        assertThat(JSON.std.mapFrom(Deployed.answer(alert, asked)))
            .containsEntry("statusCode", 200);
        assertThat(crossings.received()).hasSize(1);
        assertThat(JSON.std.mapFrom(Deployed.answer(alert, test))).containsEntry("statusCode", 401);
        assertThat(crossings.received()).isEmpty();
        assertThat(alert.printed()).doesNotContain(token.text(), "secret-of-the-hook");
      }
    }
  }

  /** Fills the table by the events that the stack gets. */
  private void poll(Map<String, String> variables) throws IOException, InterruptedException {
    try (var poller =
        LambdaProcess.start(Function.POLLER, variables, false, folder.resolve("poller.log"))) {
      Deployed.poll(poller);
      Deployed.fill(poller, SINCE);

      String asked = Events.get("/api/poll", "", token.text()).replace("\"GET\"", "\"POST\"");
      assertThat(JSON.std.mapFrom(Deployed.answer(poller, asked))).containsEntry("statusCode", 200);
      assertThat(poller.printed()).doesNotContain(KEY, token.text());
    }
  }

  /** Reads the same into a file. */
  private void read(String baseUrl) throws IOException, InterruptedException {
    assertThat(tallyman(baseUrl, "poll", "--once").waitFor()).isZero();
    assertThat(tallyman(baseUrl, "backfill", "--from", SINCE.toString()).waitFor()).isZero();
  }

  /** Serves that file. */
  private URI serve(String baseUrl) throws IOException {
    BufferedReader err = tallyman(baseUrl, "serve", "--port", "0").errorReader(UTF_8);
    return URI.create(Started.address(Started.line(err, "listens")));
  }

  private Process tallyman(String baseUrl, String... words) throws IOException {
    return tallyman(baseUrl, Map.of(), words);
  }

  private Process tallyman(String baseUrl, Map<String, String> more, String... words)
      throws IOException {
    var builder = CleanProcess.of(Started.command(words)).directory(folder.toFile());
    var environment = builder.environment();
    environment.putAll(more);
    environment.put("OPENAI_BASE_URL", baseUrl);
    environment.put("OPENAI_ADMIN_KEY", KEY);
    environment.put("TALLYMAN_CLOCK", deployed.clock());
    environment.put("TALLYMAN_DATA", folder.resolve("data").toString());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private static String timeless(String body) {
    return WHEN.matcher(body).replaceAll("…");
  }
}
