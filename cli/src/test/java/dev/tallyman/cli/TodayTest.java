package dev.tallyman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.cli.process.Stop;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The morning's look: {@code today}, again and again, or on one line. */
final class TodayTest {
  private static final Instant NOW = Instant.parse("2026-11-21T09:17:00Z");

  private static final String BUDGETS =
      """
      {"data":[
       {"id":"ci","name":"CI bot","unit":"money","limit":"100","state":{"state":"ok",
        "used":"10","percentage":"10.0","pace":{"standing":"behind","percentage":"-50.0"}}},
       {"id":"team-a","name":"Team A","unit":"money","limit":"2000","state":{"state":"warning",
        "used":"1840.004","percentage":"92.0","pace":{"standing":"ahead","percentage":"23.8"}}}],
       "has_more":false,"next":null,"as_of":"2026-11-21T09:13:00Z","simulated":false}
      """;

  private static final String FORECAST =
      """
      {"data":[],"has_more":false,"next":null,"simulated":false,
       "month":{"used":"3165.81","window":"2026-11@UTC","window_end":"2026-12-01T00:00:00Z",
        "as_of":"2026-11-21T09:13:00Z","stale":false,"forecast":{"expected":"4659.253",
         "low":"4500.1","high":"4801.7","exhausted":null}}}
      """;

  @TempDir Path folder;
  private final ScriptedServer server;

  TodayTest() throws IOException {
    server = new ScriptedServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 80, 200})
  void todayIsWholeAtAnyWidth(int width) throws IOException {
    assertThat(at(width, "today").out()).isEqualTo(golden("today-" + width));
  }

  @Test
  void todayInAscii() throws IOException {
    assertThat(
            new Shell(folder)
                .at(NOW)
                .wide(60)
                .inAscii()
                .run("today", "--endpoint", server.url())
                .out())
        .isEqualTo(golden("today-ascii"))
        .matches("\\p{ASCII}+");
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 61, 70, 80, 100, 120, 200})
  void todayNeverTakesMoreThanTwelveLines(int width) {
    assertThat(at(width, "today").out().lines())
        .hasSizeBetween(8, 12)
        .allMatch(line -> Text.width(line) <= width);
  }

  @Test
  void moneyInAnotherCurrencyIsUnknownWithItsNotesAndNever0() {
    String unknown =
        """
        {"query":{"org":"acme","by":["model"],"since":"2026-11-01T00:00:00Z","zone":"UTC"},
         "series":[],"other":null,"total":{"total":null},"parts":null,"source":"billed",
         "as_of":"2026-11-21T09:13:00Z","currency":"usd","partial":true,"estimated":false,
         "stale":false,"simulated":false,"complete_since":"2026-08-01T00:00:00Z","unpriced":[],
         "other_currencies":{"eur":"40"},"notes":["Not added: 40 eur billed in this range."]}
        """;
    server.say("/api/v1/query?metric=cost&by=model&since=today", 200, unknown);
    server.say(
        "/api/v1/query?metric=cost&by=project&since=mtd", 200, unknown.replace("40", "1200"));
    server.say(
        "/api/v1/forecast",
        200,
        "{\"data\":[],\"month\":{\"used\":null,\"forecast\":null,\"note\":\"Bills hold eur.\"}}");
    server.say(
        "/api/v1/budgets",
        200,
        BUDGETS.replace(
            "\"used\":\"10\",\"percentage\":\"10.0\"", "\"other_currencies\":[\"eur\"]"));

    Shell.Result today = at(80, "today");
    assertThat(today.code()).isEqualTo(65);
    assertThat(today.out().lines())
        .anyMatch(line -> line.matches("TODAY +—.*"))
        .anyMatch(line -> line.matches("MONTH TO DATE +— +billed — \\+ estimated —"))
        .anyMatch(line -> line.contains("1 not known"));
    assertThat(today.out()).doesNotContain("$0.00");
    assertThat(today.err())
        .contains(
            "Not added: 40 eur billed",
            "Month to date: Not added: 1200 eur billed",
            "Pace: Bills hold eur.");
    assertThat(at(80, "today", "--json").out()).contains("Month to date: Not added: 1200 eur");
    assertThat(at(80, "today", "--csv").err()).contains("Month to date: Not added: 1200 eur");
    Shell.Result line = at(80, "statusline");
    assertThat(line.code()).isEqualTo(65);
    assertThat(line.out()).startsWith("— today · — this month").contains("EUR not added");
  }

  @Test
  void whatIsInDeficitIsInTheJsonAndTheCsvToo() {
    Json json = Json.parse(at(80, "today", "--json").out().getBytes(UTF_8)).orElseThrow();

    assertThat(json.object("data").objects("budgets_in_deficit"))
        .singleElement()
        .satisfies(budget -> assertThat(budget.text("id")).contains("team-a"));
    assertThat(at(80, "today", "--csv").out()).contains("budgets_in_deficit,1\n");
  }

  @Test
  void whereNobodyWatchesItIsShownOnce() {
    assertThat(at(80, "watch").out()).isEqualTo(at(80, "today").out());
    assertThat(at(80, "watch", "--json").out()).isEqualTo(at(80, "today", "--json").out());
  }

  @Test
  void aWatchedScreenIsDrawnOverUntilTheEndAndSaysWhenNobodyAnswers() throws Exception {
    Shell.Running watching =
        new Shell(folder)
            .at(NOW)
            .wide(80)
            .onATerminal()
            .start(_ -> {}, "watch", "--every", "1", "--endpoint", server.url());
    awaitScreens(watching, 2, "MONTH TO DATE");
    server.say("/api/usage", 503, "{\"error\":{\"message\":\"the store is busy\"}}");
    awaitScreens(watching, 1, "Not asked again since 09:17Z");
    Shell.Result result = watching.end();

    assertThat(result.code()).isZero();
    String last = result.out().substring(result.out().lastIndexOf("\u001b[H"));
    assertThat(last)
        .contains("the store is busy", "$3,165.81", "every 1 s, Ctrl-C ends")
        .endsWith("\u001b[J");
  }

  @Test
  void aWatchThatNeverSawAnythingEndsAsAnyCommand() {
    server.close();

    Shell.Result result =
        new Shell(folder).at(NOW).onATerminal().run("watch", "--endpoint", server.url());

    assertThat(result.code()).isEqualTo(69);
  }

  private static void awaitScreens(Shell.Running watching, int count, String said) {
    long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (watching.out().toString().split(said, -1).length <= count) {
      assertThat(System.nanoTime()).as(watching.err().toString()).isLessThan(giveUp);
      new Stop().await(Duration.ofMillis(20));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          60 | $89.19 today · $3,165.81 this month · Team A in deficit
          80 | $89.19 today · $3,165.81 this month · pace $4,659.25 · Team A in deficit
          200| $89.19 today · $3,165.81 this month · pace $4,659.25 · premium 5% · mini 6% · Team A in deficit · 4 min ago
          """)
  void theLineLeavesOffWhatMattersLess(int width, String line) {
    assertThat(at(width, "statusline").out().lines()).containsExactly(line);
  }

  @Test
  void theLineSaysNothingOnOutputWhenNobodyAnswers() {
    server.close();

    assertThat(at(80, "statusline").code()).isEqualTo(69);
    assertThat(at(80, "statusline").out()).isEmpty();
    assertThat(at(80, "statusline", "--fail-open").code()).isZero();
  }

  @BeforeEach
  void sayToday() {
    String answer =
        """
        {"query":{"org":"acme","by":["%s"],"since":"%s","zone":"UTC"},"series":[%s],"other":null,
         "total":{"total":"%s"},"parts":{"billed":"3031.40","estimated":"134.41"},
         "as_of":"2026-11-21T09:13:00Z","source":"billed+estimated","currency":"usd",
         "partial":true,"estimated":true,"stale":false,"simulated":false,
         "complete_since":"2026-08-01T00:00:00Z","unpriced":[],"notes":[]}
        """;
    String models =
        "{\"keys\":{\"model\":\"gpt-5.4-mini-2026-03-17\"},\"names\":{},\"total\":\"18.84\"},"
            + "{\"keys\":{\"model\":null},\"names\":{},\"total\":\"0.001\"}";
    String projects =
        "{\"keys\":{\"project\":\"p1\"},\"names\":{\"project\":\"Code"
            + " Assistant\"},\"total\":\"795.05\"},{\"keys\":{\"project\":\"p2\"},\"names\":{\"project\":\"A"
            + " project whose name is long\"},\"total\":\"730.18\"}";
    String query = "/api/v1/query?metric=cost&by=";
    server
        .say("/api/v1/forecast", 200, FORECAST)
        .say(
            query + "model&since=today",
            200,
            answer.formatted("model", "2026-11-21T00:00:00Z", models, "89.19"))
        .say(
            query + "project&since=mtd",
            200,
            answer.formatted("project", "2026-11-01T00:00:00Z", projects, "3165.81"))
        .say(
            query + "model&since=yesterday",
            200,
            answer.formatted("model", "2026-11-20T00:00:00Z", "", "336.39"))
        .say(
            query + "project&since=2026-10-01",
            200,
            answer.formatted("project", "2026-10-01T00:00:00Z", "", "12345.67"))
        .say(
            "/api/usage",
            200,
            "{\"premium\":{\"used\":46573,\"limit\":1000000},\"mini\":{\"used\":572446,\"limit\":10000000}}")
        .say("/api/v1/budgets", 200, BUDGETS);
  }

  private Shell.Result at(int width, String... args) {
    String[] all = Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--endpoint";
    all[args.length + 1] = server.url();
    return new Shell(folder).at(NOW).wide(width).run(all);
  }

  private static String golden(String name) throws IOException {
    try (var in = TodayTest.class.getResourceAsStream("golden/" + name + ".txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    }
  }
}
