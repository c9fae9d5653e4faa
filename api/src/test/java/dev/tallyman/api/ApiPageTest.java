package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.Retention;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.price.Rates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of docs/api.md are what the routes answer. */
final class ApiPageTest {
  private static final Path PAGE = repository().resolve("docs/api.md");
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "```http\\R(?<request>.*?)```\\R"
              + "(```(?<form>json|csv|text)(?<status> [0-9]+)?\\R(?<answer>.*?)```)?",
          Pattern.DOTALL);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static Stream<Example> examples() {
    return all().stream();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleIsAnsweredAsItSays(Example example) {
    var response = example.asking().send(fixture().routes);

    assertThat(response.status()).as(Asking.text(response)).isEqualTo(example.status());
    switch (example.form()) {
      case "json" ->
          assertThat(missing(json(example.answer()), json(Asking.text(response)), ""))
              .as(Asking.text(response))
              .isEmpty();
      case "csv" ->
          assertThat(Asking.text(response).replace("\r\n", "\n")).isEqualTo(example.answer());
      case "text" ->
          assertThat(Asking.text(response).lines())
              .containsSubsequence(example.answer().lines().toList());
      default -> assertThat(response.body().length()).isZero();
    }
  }

  @Test
  void everyOperationHasAnExample() {
    Fixture fixture = fixture();
    Set<String> shown = new HashSet<>();
    all().forEach(example -> shown.add(fixture.operation(example.asking())));
    Set<String> routed = new HashSet<>();
    fixture.routes.table().forEach(route -> routed.add(route.method() + " " + route.path()));

    assertThat(shown).containsAll(routed);
  }

  @Test
  void everyMetricAndDimensionIsNamed() {
    for (Metric metric : Metric.values()) {
      assertThat(text()).contains("`" + metric.id() + "`");
    }
    for (GroupBy by : GroupBy.BUILT_IN) {
      assertThat(text()).contains("`" + by.id() + "`");
    }
  }

  /** Eleven days, of which one hour was restated. */
  private static Fixture fixture() {
    var fixture = new Fixture().filledSince("2026-11-10T00:00:00Z");
    fixture.clock.advance(Duration.ofMinutes(-5));
    fixture.provider.more = 5;
    fixture.clock.advance(Duration.ofHours(1));
    fixture.poll("default");
    new Ledger(fixture.store, "default", Retention.DEFAULT)
        .putRates(Rates.parse("gpt-4o\t\tinput\t2026-11-20\t0.00000001"));
    return fixture.told();
  }

  private static List<Example> all() {
    var examples = new ArrayList<Example>();
    Matcher matcher = EXAMPLE.matcher(text());
    while (matcher.find()) {
      String status = matcher.group("status");
      String form = matcher.group("form");
      examples.add(
          new Example(
              matcher.group("request"),
              form == null ? "" : form,
              status == null ? (form == null ? 204 : 200) : Integer.parseInt(status.strip()),
              form == null ? "" : matcher.group("answer")));
    }
    return examples;
  }

  /** What the example says and the answer does not: members may be left out, and later items. */
  private static List<String> missing(JsonNode example, JsonNode answer, String where) {
    var missing = new ArrayList<String>();
    if (example.isObject() && answer.isObject()) {
      for (Map.Entry<String, JsonNode> member : example.properties()) {
        missing.addAll(
            missing(
                member.getValue(), answer.path(member.getKey()), where + "." + member.getKey()));
      }
    } else if (example.isArray() && answer.isArray() && example.size() <= answer.size()) {
      for (int i = 0; i < example.size(); i++) {
        missing.addAll(missing(example.get(i), answer.get(i), where + "." + i));
      }
    } else if (!example.equals(answer)) {
      missing.add(where + " is " + answer + ", not " + example);
    }
    return missing;
  }

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException malformed) {
      throw new AssertionError(text, malformed);
    }
  }

  private static String text() {
    try {
      return Files.readString(PAGE);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** The root of the repository, from wherever the test is started. */
  static Path repository() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/api.md"))) {
      folder = folder.resolve("..").normalize();
    }
    return folder;
  }

  /** A request as it would be sent, and what comes back. */
  record Example(String request, String form, int status, String answer) {
    Asking asking() {
      String[] parts = request.split("\n\n", 2);
      String[] lines = parts[0].split("\n", -1);
      String[] first = lines[0].split(" ", 2);
      Asking asking = Asking.of(first[0], first[1]);
      if (parts.length == 2) {
        asking = asking.json(real(parts[1].strip()));
      }
      for (String line : List.of(lines).subList(1, lines.length)) {
        String[] header = line.split(": ", 2);
        if (header.length == 2) {
          asking = asking.with(header[0], real(header[1]));
        }
      }
      return asking;
    }

    private static String real(String text) {
      return text.replace("tly_v_…", Fixture.VIEWER.text())
          .replace("tly_o_…", Fixture.OPERATOR.text());
    }

    @Override
    public String toString() {
      return request.lines().findFirst().orElse("");
    }
  }
}
