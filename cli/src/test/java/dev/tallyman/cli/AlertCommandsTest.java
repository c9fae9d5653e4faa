package dev.tallyman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.cli.show.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the commands about budgets and alerts show of answers, which a scripted server gives. */
final class AlertCommandsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T09:17:00Z");
  private static final String ALERT = "al_20261120T143000000Z_1a2b3c4d";

  private static final String UNCOUNTED =
      """
      {"id":"team-a","name":"Euro","metric":"cost","unit":"money","currency":null,"limit":"100",
       "window":"month","zone":"UTC","scope":{},"thresholds":["80%"],"pool":false,
       "state":{"state":"unknown","window":"2026-11@UTC","window_end":"2026-12-01T00:00:00Z",
        "currency":"usd","used":null,"remaining":null,"percentage":null,"source":"billed",
        "as_of":"2026-11-21T09:13:00Z","stale":false,"other_currencies":["eur"],
        "note":"Bills of this window hold money in eur; name `currency: eur` in a budget.",
        "pace":null,"forecast":null}}\
      """;

  private static final String COUNTED =
      UNCOUNTED
          .replace("\"currency\":null", "\"currency\":\"eur\"")
          .replace("\"currency\":\"usd\"", "\"currency\":\"eur\"")
          .replace("\"used\":null", "\"used\":\"40\"")
          .replace("\"percentage\":null", "\"percentage\":\"40.0\"")
          .replace("\"unknown\"", "\"ok\"")
          .replace("[\"eur\"]", "[]");

  private static final String TEAM =
      """
      {"id":"team-a","name":"Team A","organization":null,"metric":"cost","unit":"money",
       "limit":"2000","window":"month","zone":"UTC","scope":{"project":["proj_x"]},
       "thresholds":["80%","100%"],"owner":"Ada","runbook":null,"channels":[],
       "renotify_hours":null,"pool":false,
       "state":{"state":"warning","window":"2026-11@UTC","window_start":"2026-11-01T00:00:00Z",
        "window_end":"2026-12-01T00:00:00Z","used":"1840.004","remaining":"159.996",
        "percentage":"92.0","source":"billed+estimated","as_of":"2026-11-21T09:13:00Z",
        "partial":false,"stale":false,"unpriced":false,"note":null,"told_at":null,
        "muted_until":null,
        "pace":{"standing":"ahead","due":"1364.5","percentage":"23.8"},
        "forecast":{"expected":"2710.1","low":"2500","high":"2950",
         "exhausted":"2026-11-23T04:00:00Z","exhausted_earliest":"2026-11-22T10:00:00Z",
         "exhausted_latest":"2026-11-24T01:00:00Z"}}}
      """;

  private static final String POOL =
      """
      {"id":"pool-premium","name":"Free tokens of premium","organization":null,"metric":"tokens",
       "unit":"tokens","limit":"1000000","window":"day","zone":"UTC","scope":{"group":["premium"]},
       "thresholds":["80%"],"owner":null,"runbook":null,"channels":[],"renotify_hours":null,
       "pool":true,
       "state":{"state":"unknown","window":"2026-11-21@UTC","window_start":"2026-11-21T00:00:00Z",
        "window_end":"2026-11-22T00:00:00Z","used":null,"remaining":null,"percentage":null,
        "source":"reported","as_of":null,"partial":true,"stale":false,"unpriced":false,"note":null,
        "told_at":null,"muted_until":"2026-11-22T00:00:00Z","pace":null,"forecast":null}}
      """;

  private static final String TOLD =
      """
      {"id":"%s","at":"2026-11-20T14:30:00Z","type":"budget.threshold_reached",
       "severity":"warning","key":"tallyman/acme/team-a/2026-11@UTC","subject":"team-a",
       "headline":"Team A is at 92 %% of $2,000.00","open":true,
       "facts":[{"label":"Used","text":"$1,840.00 of $2,000.00"},
        {"label":"Next","text":"a new window begins on 1 Dec 2026"}],
       "drivers":[{"label":"Search","text":"$900.00"},{"label":"Chat","text":"$400.00"}],
       "links":[{"label":"Budget","url":"https://costs.example.com/budgets/team-a"}],
       "data":{},"channels":["ops"],
       "deliveries":[{"alert":"%s","channel":"ops","status":"pending",
        "next_attempt":"2026-11-21T09:20:00Z",
        "attempts":[{"at":"2026-11-20T14:30:01Z","outcome":"503 busy"}]}],
       "simulated":false}
      """
          .formatted(ALERT, ALERT);

  @TempDir Path folder;
  private final ScriptedServer server;

  AlertCommandsTest() throws IOException {
    server =
        new ScriptedServer()
            .say(
                "/api/v1/budgets/team-a/mute", 200, "{\"subject\":\"team-a\",\"muted_until\":null}")
            .say("/api/v1/budgets/team-a", 200, TEAM)
            .say("/api/v1/budgets/pool-premium", 200, POOL)
            .say("/api/v1/budgets/", 404, "{\"error\":{\"message\":\"no such budget\"}}")
            .say("/api/v1/budgets", 200, list(POOL + "," + TEAM))
            .say(
                "/api/v1/forecast",
                200,
                list(
                    """
                    {"budget":"team-a","name":"Team A","unit":"money","limit":"2000",
                     "used":"1840.004","window":"2026-11@UTC","window_end":"2026-12-01T00:00:00Z",
                     "as_of":"2026-11-21T09:13:00Z",
                     "pace":{"standing":"ahead","due":"1364.5","percentage":"23.8"},
                     "forecast":{"expected":"2710.1","low":"2500","high":"2950",
                      "exhausted":"2026-11-23T04:00:00Z","exhausted_earliest":null,
                      "exhausted_latest":null}}\
                    """))
            .say("/api/v1/alerts/" + ALERT, 200, TOLD)
            .say("/api/v1/alerts", 200, list(TOLD))
            .say(
                "/api/v1/deliveries/" + ALERT + "/ops/redeliver",
                200,
                "{\"alert\":\"x\",\"channel\":\"ops\",\"status\":\"pending\"}")
            .say(
                "/api/v1/deliveries",
                200,
                list(
                    """
                    {"alert":"%s","channel":"ops","status":"dead","next_attempt":null,
                     "attempts":[{"at":"2026-11-20T14:30:01Z","outcome":"404 no_such_hook"}]}\
                    """
                        .formatted(ALERT)))
            .say(
                "/api/v1/channels/ops/test",
                200,
                "{\"channel\":\"ops\",\"sent\":true,\"detail\":\"200\"}")
            .say(
                "/api/v1/channels/hook/test",
                200,
                "{\"channel\":\"hook\",\"sent\":false,\"detail\":\"410 Gone\"}")
            .say(
                "/api/v1/channels",
                200,
                list(
                    """
                    {"name":"hook","kind":"webhook","secret":"HOOK_URL","signing":[],
                     "format":"usual","usual":false,"conditions":false,"disabled":"410 Gone"},
                    {"name":"ops","kind":"slack","secret":"SLACK_OPS","signing":[],
                     "format":"usual","usual":true,"conditions":true,"disabled":null}\
                    """));
  }

  private static String list(String items) {
    return "{\"data\":[%s],\"has_more\":false,\"next\":null,\"simulated\":false}".formatted(items);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "budgets,60",
    "budgets,80",
    "budgets,200",
    "forecast,60",
    "forecast,200",
    "alerts,60",
    "alerts,200",
    "deliveries,80",
    "channels,80"
  })
  void aListIsAsWideAsTheTerminal(String command, int width) throws IOException {
    Shell.Result result = run(width, command);

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out().lines())
        .allSatisfy(line -> assertThat(Text.width(line)).isLessThanOrEqualTo(width));
    assertThat(result.out()).isEqualTo(golden(command + "-" + width));
  }

  @Test
  void anAlertIsExplainedWhole() throws IOException {
    assertThat(run(80, "explain", ALERT).out()).isEqualTo(golden("explain-80"));
    assertThat(run(80, "explain", ALERT, "--json").out())
        .contains("\"schema\" : \"tallyman.alert/1\"", "503 busy");
    assertThat(run(80, "explain", ALERT, "--csv").out())
        .contains("Used,\"$1,840.00 of $2,000.00\"");
  }

  @Test
  void whatIsNotKnownIsEmptyInCsv() {
    assertThat(run(80, "budgets", "--csv").out().lines().toList())
        .startsWith(
            "id,name,state,metric,limit,used,remaining,percentage,window,window_end,"
                + "pace_standing,pace_percentage,forecast_expected,forecast_low,forecast_high,"
                + "forecast_exhausted,source,as_of,muted_until,currency,note",
            "pool-premium,Free tokens of premium,unknown,tokens,1000000,,,,2026-11-21@UTC,"
                + "2026-11-22T00:00:00Z,,,,,,,reported,,2026-11-22T00:00:00Z,,");
  }

  @ParameterizedTest
  @CsvSource({
    "team-a,80,100,,1",
    "team-a,92,100,,1",
    "team-a,92.1,100,,0",
    "team-a,80,92,,2",
    "team-a,80,100,3m,65",
    "team-a,80,100,4m,1",
    "team-a,95,100,10m,0",
    "team-a,80,92,1m,2",
    "Team A,80,100,,1",
    "pool-premium,80,100,,65",
    "nothing,80,100,,64"
  })
  void aCheckSaysByItsExitCodeWhetherToGoOn(
      String budget, String warn, String alert, String age, int code) {
    String[] words = {"check", "--budget", budget, "--warn", warn, "--alert", alert};
    assertThat((age == null ? run(80, words) : run(80, with(words, "--max-age", age))).code())
        .isEqualTo(code);
  }

  @Test
  void aBudgetWhoseBillsAreInAnotherCurrencyIsNotKnownAndSaysWhatToDo() {
    server.say("/api/v1/budgets/team-a", 200, UNCOUNTED);
    Shell.Result check = run(80, "check", "--budget", "team-a");
    assertThat(check.code()).isEqualTo(65);
    assertThat(check.out()).isEqualTo("team-a: unknown, n/a of $100.00 · as of 09:13Z (4 min)\n");
    assertThat(check.err()).contains("money in eur", "`currency: eur`");
    assertThat(run(80, "check", "--budget", "team-a", "--json").out())
        .contains("\"verdict\" : \"unknown\"", "money in eur");

    server.say("/api/v1/budgets", 200, list(UNCOUNTED));
    Shell.Result budgets = run(80, "budgets");
    assertThat(budgets.code()).isEqualTo(65);
    assertThat(budgets.out()).contains("unknown", "—").doesNotContain("$0.00", "0%");
    assertThat(budgets.err()).contains("Euro: Bills of this window hold money in eur");

    server.say("/api/v1/budgets", 200, list(COUNTED));
    Shell.Result counted = run(80, "budgets");
    assertThat(counted.code()).isZero();
    assertThat(counted.out()).contains("40.00 EUR", "100.00 EUR");
    server.say("/api/v1/budgets/team-a", 200, COUNTED);
    assertThat(run(80, "check", "--budget", "team-a").out())
        .startsWith("team-a: ok, 40.0% of 100.00 EUR · 40.00 EUR used");
  }

  @Test
  void aCheckThatFailsOpenSaysSo() {
    assertThat(run(80, "check", "--budget", "pool-premium", "--fail-open").code()).isZero();
    Shell.Result stale =
        run(80, "check", "--budget", "team-a", "--max-age", "1m", "--fail-open", "--json");
    assertThat(stale.code()).isZero();
    assertThat(stale.out())
        .contains("\"fail_open\"", "\"exit_code\" : 65", "\"verdict\" : \"stale\"");

    server.close();
    assertThat(run(80, "check", "--budget", "team-a").code()).isEqualTo(69);
    Shell.Result unreachable = run(80, "check", "--budget", "team-a", "--fail-open", "--json");
    assertThat(unreachable.code()).isZero();
    assertThat(unreachable.out()).contains("\"exit_code\" : 69");
  }

  @Test
  void aCheckWhoseTokenIsRefusedExitsWith77() throws IOException {
    try (var refusing =
        new ScriptedServer().say("/", 401, "{\"error\":{\"message\":\"a token is needed\"}}")) {
      assertThat(
              new Shell(folder)
                  .at(NOW)
                  .run("check", "--budget", "b", "--fail-open", "--endpoint", refusing.url())
                  .code())
          .isEqualTo(77);
    }
  }

  @Test
  void aCheckSaysWhyInOneLine() {
    assertThat(run(80, "check", "--budget", "team-a").out())
        .isEqualTo("team-a: warn, 92.0% of $2,000.00 · $1,840.00 used · as of 09:13Z (4 min)\n");
    assertThat(run(80, "check", "--budget", "pool-premium").out())
        .isEqualTo("pool-premium: unknown, n/a of 1,000,000 · never read\n");
  }

  @Test
  void aChannelIsTested() {
    Shell.Result taken = run(80, "channels", "test", "ops");
    assertThat(taken.code()).isZero();
    assertThat(taken.out()).isEqualTo("ops took the test: 200\n");

    Shell.Result refused = run(80, "channels", "test", "hook");
    assertThat(refused.code()).isEqualTo(69);
    assertThat(refused.out()).isEqualTo("hook did not take the test: 410 Gone\n");
    assertThat(server.asked()).allMatch(asked -> asked.startsWith("POST /api/v1/channels/"));
  }

  @Test
  void aBudgetIsMutedAndADeliveryMadeOnceMore() {
    assertThat(run(80, "mute", "team-a", "--off").out()).isEqualTo("team-a is told of again.\n");
    assertThat(run(80, "redeliver", ALERT, "ops").out()).contains("is delivered to ops once more");
    assertThat(server.asked())
        .extracting(asked -> asked.split(" ", 3)[1])
        .containsExactly(
            "/api/v1/budgets/team-a/mute", "/api/v1/deliveries/" + ALERT + "/ops/redeliver");
  }

  private static String golden(String name) throws IOException {
    try (var in = AlertCommandsTest.class.getResourceAsStream("golden/" + name + ".txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    }
  }

  private static String[] with(String[] words, String... more) {
    String[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return all;
  }

  private Shell.Result run(int width, String... words) {
    return new Shell(folder).at(NOW).wide(width).run(with(words, "--endpoint", server.url()));
  }
}
