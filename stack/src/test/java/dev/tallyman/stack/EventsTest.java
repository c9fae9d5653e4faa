package dev.tallyman.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.Routes;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.api.site.PollTrigger;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.dynamodb.Checkout;
import dev.tallyman.dynamodb.Template;
import dev.tallyman.lambda.Environment;
import dev.tallyman.lambda.HttpEvents;
import dev.tallyman.lambda.Log;
import dev.tallyman.lambda.Metrics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The samples of events; requests to the poller are also given to its handler, in its own tests.
 */
final class EventsTest {
  private static final String VIEWER = "tly_v_sampleviewersampleviewersampleviewersamplev";
  private static final String OPERATOR = "tly_o_sampleoperatorsampleoperatorsampleoperators";
  private static final Path FOLDER = Checkout.find("events").orElseThrow();

  private final Environment environment =
      Environment.of(
          Map.of(
              "TABLE_NAME",
              "tallyman",
              "VIEWER_TOKEN_HASHES",
              Tokens.hash(VIEWER),
              "OPERATOR_TOKEN_HASHES",
              Tokens.hash(OPERATOR),
              "CORS_ORIGINS",
              "https://costs.example.com"));
  private final Routes routes =
      environment.routes(
          new InMemoryStore(environment.clock()),
          _ -> new PollTrigger.Outcome.Failed("no provider here"),
          new Metrics(
              new Log(new PrintStream(OutputStream.nullOutputStream()), environment.clock()),
              environment.stack(),
              environment.clock()));

  @ParameterizedTest
  @CsvSource({
    "api-dashboard.json, 200",
    "api-health.json, 200",
    "api-history.json, 200",
    "api-metrics.json, 200",
    "api-openapi.json, 200",
    "api-polls.json, 200",
    "api-preflight.json, 204",
    "api-projects.json, 200",
    "api-query.json, 200",
    "api-revisions.json, 200",
    "api-session.json, 200",
    "api-settings-put.json, 200",
    "api-usage.json, 200",
    "poll.json, 502",
    "reconcile.json, 500",
  })
  void aRequestIsUnderstood(String sample, int status) throws IOException {
    var out = new ByteArrayOutputStream();
    HttpEvents.answer(
        HttpEvents.read(new ByteArrayInputStream(Files.readAllBytes(FOLDER.resolve(sample)))),
        routes::handle,
        out);
    assertThat(JSON.std.mapFrom(out.toByteArray()))
        .as(out.toString(StandardCharsets.UTF_8))
        .containsEntry("statusCode", status);
  }

  @Test
  void theScheduleSendsWhatItsSampleSays() throws IOException {
    var input =
        Template.read()
            .at("Resources", "Poller", "Properties", "Events", "Schedule", "Properties", "Input");
    assertThat(JSON.std.mapFrom(String.valueOf(input)))
        .isEqualTo(JSON.std.mapFrom(Files.readString(FOLDER.resolve("schedule.json"))));
  }

  @Test
  void aBackfillGoesForward() throws IOException {
    var event = JSON.std.mapFrom(Files.readString(FOLDER.resolve("backfill.json")));
    assertThat(event).containsEntry("action", "backfill");
    assertThat(LocalDate.parse(String.valueOf(event.get("from"))))
        .isBefore(LocalDate.parse(String.valueOf(event.get("to"))));
  }

  @Test
  void everySampleIsNamedByATest() throws IOException {
    var tests = new StringBuilder();
    for (Path folder : find(FOLDER.resolveSibling("."), 5, "src/test/java")) {
      for (Path test : find(folder, 9, ".java")) {
        tests.append(Files.readString(test));
      }
    }
    try (var samples = Files.list(FOLDER)) {
      assertThat(samples.map(sample -> sample.getFileName().toString()))
          .isNotEmpty()
          .filteredOn(sample -> tests.indexOf('"' + sample) < 0 && tests.indexOf("/" + sample) < 0)
          .as("samples that no test names")
          .isEmpty();
    }
  }

  private static List<Path> find(Path folder, int depth, String end) throws IOException {
    try (var found = Files.find(folder, depth, (path, _) -> path.toString().endsWith(end))) {
      return found.toList();
    }
  }
}
