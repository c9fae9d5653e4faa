package dev.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.cli.process.Stop;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a new user does: start the server without a key, then ask, in every way there is. */
@TestInstance(Lifecycle.PER_CLASS)
final class ServedTest {
  private static final Instant NOW = Instant.parse("2026-11-20T15:20:00Z");
  private static final Path README = Path.of("..", "README.md");
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final HttpClient http = HttpClient.newHttpClient();
  private Shell shell;
  private Shell.Running server;
  private String address;

  @BeforeAll
  void serveUntilHistoryIsFilled(@TempDir Path folder) throws Exception {
    shell = new Shell(folder).at(NOW).wide(100);
    var port = new CompletableFuture<Integer>();
    server = shell.start(port::complete, "serve", "--port", "0");
    address = "http://127.0.0.1:" + port.get(3, TimeUnit.MINUTES);
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    // It is logged after what follows a complete history, such as what is usual by then.
    while (!server.err().toString().contains("filled")) {
      assertThat(System.nanoTime())
          .as("history is not filled: %s", server.err())
          .isLessThan(giveUp);
      new Stop().await(Duration.ofMillis(100));
    }
    assertThat(get("/api/v1/query?since=2026-09-01&granularity=month"))
        .contains("\"complete_since\":\"2026-08-22");
  }

  @AfterAll
  void end() throws InterruptedException {
    assertThat(server.end().code()).isZero();
    http.close();
  }

  private String get(String path) throws IOException, InterruptedException {
    var answer =
        http.send(
            HttpRequest.newBuilder(URI.create(address + path)).build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private Map<String, Object> json(String text) throws IOException {
    return JSON.std.with(JSON.Feature.USE_BIG_DECIMAL_FOR_FLOATS).mapFrom(text);
  }

  private static BigDecimal number(@Nullable Object value) {
    return new BigDecimal(String.valueOf(value));
  }

  private static @Nullable Object member(@Nullable Object object, String name) {
    return object instanceof Map<?, ?> map ? map.get(name) : null;
  }

  static Stream<String> readmeCommands() throws IOException {
    return Files.readString(README)
        .lines()
        .filter(line -> line.startsWith("$ ./tallyman "))
        .map(line -> line.substring("$ ./tallyman ".length()));
  }

  @ParameterizedTest
  @MethodSource("readmeCommands")
  void everyCommandOfTheReadmeAnswersAndSaysWhereItsNumbersAreSimulated(String line) {
    Shell.Result result = shell.run(line.split(" "));

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).isNotBlank();
    if (!line.startsWith("prices")) {
      assertThat(result.out() + result.err()).containsIgnoringCase("simulated");
    }
  }

  @ParameterizedTest
  @MethodSource("readmeCommands")
  void theServerGivesTheSameAnswersAsTheLedger(String line) {
    Shell.Result local = shell.run(line.split(" "));
    Shell.Result remote = shell.run((line + " --endpoint " + address).split(" "));

    assertThat(remote.code()).as(remote.err()).isZero();
    assertThat(remote.out()).isEqualTo(local.out());
  }

  @Test
  void aDashboardOfAnEarlierTrackerFindsTheUsageItReads() throws Exception {
    Map<String, Object> usage = json(get("/api/usage"));

    assertThat(usage).containsEntry("date", "2026-11-20");
    for (String tier : List.of("premium", "mini")) {
      BigDecimal used = number(member(usage.get(tier), "used"));
      BigDecimal limit = number(member(usage.get(tier), "limit"));
      assertThat(used.scale()).isZero();
      assertThat(limit).isPositive();
      assertThat(number(member(usage.get(tier), "percentage")))
          .isEqualByComparingTo(used.multiply(BigDecimal.valueOf(100)).divide(limit));
    }
  }

  @Test
  void aDashboardOfAnEarlierTrackerPagesThroughTheHistory() throws Exception {
    var ids = new HashSet<Object>();
    var last = "9";
    for (int offset = 0; offset <= 40; offset += 20) {
      Map<String, Object> page = json(get("/api/history?limit=20&offset=" + offset));

      assertThat(page.get("pagination"))
          .asInstanceOf(InstanceOfAssertFactories.MAP)
          .containsEntry("limit", 20)
          .containsEntry("offset", offset)
          .containsEntry("hasMore", true)
          .containsKey("total");
      assertThat(page.get("data"))
          .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
          .hasSize(20);
      for (Object row : (List<?>) page.getOrDefault("data", List.of())) {
        assertThat(ids.add(member(row, "id"))).isTrue();
        String timestamp = String.valueOf(member(row, "timestamp"));
        assertThat(Instant.parse(timestamp)).isBefore(NOW);
        assertThat(timestamp).isLessThanOrEqualTo(last);
        last = timestamp;
        assertThat(member(row, "model")).isInstanceOf(String.class);
        assertThat(member(row, "tier")).isIn("premium", "mini", "none");
        assertThat(member(row, "status")).isEqualTo(200);
        assertThat(number(member(row, "total_tokens")))
            .isEqualTo(
                number(member(row, "prompt_tokens")).add(number(member(row, "completion_tokens"))));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?date=2026-11-18"})
  void aDashboardOfAnEarlierTrackerReconcilesADay(String query) throws Exception {
    HttpResponse<String> response = post("/api/reconcile" + query);
    Map<String, Object> answer = json(response.body());
    String date = query.isEmpty() ? "2026-11-20" : "2026-11-18";

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(answer).containsEntry("success", true).containsEntry("date", date);
    for (String tier : List.of("premium", "mini")) {
      BigDecimal before = number(member(answer.get(tier), "before"));
      BigDecimal after = number(member(answer.get(tier), "after"));
      assertThat(after).isPositive();
      assertThat(number(member(answer.get(tier), "added")))
          .isEqualTo(after.subtract(before).max(BigDecimal.ZERO));
    }
    assertThat((List<?>) answer.getOrDefault("details", List.of()))
        .isNotEmpty()
        .allMatch(line ->
            line.toString().matches("\\S+ \\((premium|mini)\\): [0-9]{1,3}(,[0-9]{3})* tokens"));
  }

  @Test
  void aDashboardOfAnEarlierTrackerIsToldOfADateThatIsNone() throws Exception {
    HttpResponse<String> response = post("/api/reconcile?date=tomorrow");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response.body()))
        .containsEntry("success", false)
        .containsEntry("error", "Invalid date: \"tomorrow\". Expected format: YYYY-MM-DD");
  }

  private HttpResponse<String> post(String path) throws IOException, InterruptedException {
    // As a page of this host does it.
    return http.send(
        HttpRequest.newBuilder(URI.create(address + path))
            .header("Origin", address)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void theFilesThatTheReadmeNamesAreThere() throws IOException {
    var links = Pattern.compile("\\]\\((?!https?:)([^)#]+)").matcher(Files.readString(README));
    while (links.find()) {
      assertThat(README.resolveSibling(links.group(1))).exists();
    }
  }

  @Test
  void commandQueryAndCsvAgreeOnSpendingToTheLastDigit() throws Exception {
    Map<String, Object> command =
        json(shell.run("spend", "--by", "project", "--last", "30d", "--json").out());
    Map<String, Object> query = json(get("/api/v1/query?by=project&since=30d&granularity=all"));
    String commandCsv = shell.run("spend", "--by", "project", "--last", "30d", "--csv").out();
    String queryCsv = get("/api/v1/query?by=project&since=30d&granularity=all&format=csv");

    BigDecimal total = number(command.get("total"));
    assertThat(total).isPositive();
    assertThat(number(member(query.get("total"), "total"))).isEqualByComparingTo(total);
    assertThat(sumOf(commandCsv, "cost")).isEqualByComparingTo(total);
    assertThat(sumOf(queryCsv, "value")).isEqualByComparingTo(total);
  }

  @ParameterizedTest
  @CsvSource({
    "csv, --by project --last 30d, by=project&since=30d&granularity=all",
    "json, --by project --last 30d, by=project&since=30d&granularity=all",
    "csv, --since 2026-11-14 --granularity day --metric tokens,"
        + " by=model&since=2026-11-14&granularity=day&metric=tokens",
  })
  void anExportIsTheAnswerOfTheApiToTheLastByte(String form, String options, String query)
      throws Exception {
    String line = "export --format " + form + " " + options;
    Shell.Result local = shell.run(line.split(" "));
    Shell.Result remote = shell.run((line + " --endpoint " + address).split(" "));

    assertThat(local.code()).as(local.err()).isZero();
    assertThat(local.out()).isEqualTo(get("/api/v1/query?" + query + "&format=" + form));
    assertThat(remote.out()).isEqualTo(local.out());
    assertThat(local.err()).contains("SIMULATED").isEqualTo(remote.err());
  }

  @Test
  void aFocusFileIsThatOfTheApiToTheLastByte() throws Exception {
    Shell.Result file =
        shell.run("export --format focus --since 2026-11-10 --until 2026-11-17".split(" "));

    assertThat(file.code()).as(file.err()).isZero();
    assertThat(file.out()).isEqualTo(get("/api/v1/focus?since=2026-11-10&until=2026-11-17"));
    assertThat(file.err()).contains("SIMULATED");
  }

  @Test
  void aFocusFileMayBeLargerThanAnAnswerAndItsSumIsWhatIsBilled() throws Exception {
    String range = "--since 2026-10-20 --until 2026-11-20";
    Shell.Result file = shell.run(("export --format focus " + range).split(" "));

    assertThat(file.code()).as(file.err()).isZero();
    assertThat(file.out()).hasSizeGreaterThan(4 << 20).containsOnlyOnce("BilledCost,");
    assertThat(sumOf(file.out(), "BilledCost")).isEqualByComparingTo(total("billed", range));
  }

  @Test
  void withWhatIsEstimatedTheSumOfAFocusFileIsTheCost() throws Exception {
    String range = "--last 5d";
    Shell.Result file = shell.run(("export --format focus --estimated " + range).split(" "));

    assertThat(file.code()).as(file.err()).isZero();
    assertThat(file.out().lines())
        .containsExactlyInAnyOrderElementsOf(
            get("/api/v1/focus?since=2026-11-16&until=2026-11-21&estimated=true").lines().toList());
    assertThat(file.out()).contains(",estimated\r\n");
    assertThat(sumOf(file.out(), "BilledCost")).isEqualByComparingTo(total("billed", range));
    assertThat(total("cost", range)).isGreaterThan(total("billed", range));
  }

  @Test
  void anExportOfOneProjectIsThatOfItsQuery() throws Exception {
    String project =
        json(shell.run("spend", "--by", "project", "--metric", "billed", "--json").out())
                    .get("data")
                instanceof List<?> rows
            ? String.valueOf(member(rows.getFirst(), "project"))
            : "";
    String range = "--last 5d --filter project:" + project;
    Shell.Result file = shell.run(("export --format focus " + range).split(" "));

    assertThat(sumOf(file.out(), "BilledCost"))
        .isPositive()
        .isEqualByComparingTo(total("billed", range));
  }

  private BigDecimal total(String metric, String range) throws IOException {
    String line = "spend --json --metric " + metric + " --by project " + range;
    return number(json(shell.run(line.split(" ")).out()).get("total"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"focus", "csv", "json"})
  void aRangeThatIsNoneIsToldBeforeAnythingIsWritten(String form) {
    for (String range : List.of("--since 2026-11-10 --until 2026-11-01", "--since soon")) {
      String line = "export --format " + form + " " + range;
      for (String where : List.of("", " --endpoint " + address)) {
        Shell.Result result = shell.run((line + where).split(" "));

        assertThat(result.code()).as(result.err()).isEqualTo(64);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains(range.contains("soon") ? "since is 'soon'" : "until");
      }
    }
  }

  @Test
  void theDailyPoolsAgreeWithTheQueryAndTheCommand() throws Exception {
    Map<String, Object> usage = json(get("/api/usage"));
    Object projects = member(json(get("/api/v1/settings")).get("pools"), "projects");
    String sharing = "project:" + ((List<?>) Objects.requireNonNull(projects)).getFirst();
    Shell.Result asked =
        shell.run(
            ("spend --metric tokens --by group --since today --json --filter endpoint:completions"
                    + " --filter "
                    + sharing)
                .split(" "));
    Map<String, Object> command = json(asked.out());
    Map<String, Object> query =
        json(
            get(
                "/api/v1/query?metric=tokens&by=group&since=today&granularity=all"
                    + "&filter=endpoint:completions&filter="
                    + sharing));

    for (String pool : List.of("premium", "mini")) {
      BigDecimal used = number(member(usage.get(pool), "used"));
      assertThat(used).isPositive();
      assertThat(total(command.get("data"), row -> pool.equals(member(row, "group"))))
          .isEqualByComparingTo(used);
      assertThat(
              total(query.get("series"), row -> pool.equals(member(member(row, "keys"), "group"))))
          .isEqualByComparingTo(used);
    }
  }

  /** The total of the one row that is meant. */
  private static BigDecimal total(@Nullable Object rows, Predicate<Object> meant) {
    assertThat(rows).isInstanceOf(List.class);
    return ((List<?>) rows)
        .stream()
            .map(Object.class::cast)
            .filter(meant)
            .map(row -> number(member(row, "total")))
            .findFirst()
            .orElseThrow();
  }

  private static BigDecimal sumOf(String csv, String column) {
    List<String> lines = csv.lines().toList();
    int at = List.of(lines.getFirst().split(",")).indexOf(column);
    assertThat(at).as(lines.getFirst()).isNotNegative();
    return lines.stream()
        .skip(1)
        .filter(line -> !line.startsWith("(total)"))
        .map(line -> line.split(",", -1)[at])
        .map(BigDecimal::new)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
