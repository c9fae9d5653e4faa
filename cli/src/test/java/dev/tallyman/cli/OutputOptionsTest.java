package dev.tallyman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.cli.ask.RemoteAsk;
import dev.tallyman.cli.show.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands show of answers, which a scripted server gives. */
final class OutputOptionsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T09:17:00Z");

  private static final String SPEND =
      """
      {"query":{"org":"acme","metric":"cost","by":["model"],"since":"2026-11-18T00:00:00Z",
       "until":"2026-11-22T00:00:00Z","granularity":"day","zone":"UTC"},
       "buckets":["2026-11-18T00:00:00Z","2026-11-19T00:00:00Z","2026-11-20T00:00:00Z",
        "2026-11-21T00:00:00Z"],
       "series":[
        {"keys":{"model":"gpt-5"},"names":{},"values":["10","20","40","26.40"],"total":"96.40"},
        {"keys":{"model":"a-fine-model-with-a-name-that-is-long, really"},"names":{},
         "values":["1","1","1",null],"total":"3"},
        {"keys":{"model":null},"names":{},"values":["0","0.001","0","0"],"total":"0.001"}],
       "other":{"series":4,"values":["10","15","15","15.619"],"total":"55.619"},
       "total":{"values":["21","36.001","56","42.019"],"total":"155.020"},
       "parts":{"billed":"140.90","estimated":"14.12"},"as_of":"2026-11-21T09:13:00Z",
       "source":"billed+estimated","currency":"usd","partial":true,"estimated":true,
       "stale":false,"simulated":false,"complete_since":"2026-08-01T00:00:00Z",
       "unpriced":["new-model"],"notes":[]}
      """;

  private static final String BEFORE =
      """
      {"query":{"since":"2026-11-15T00:00:00Z"},"buckets":["2026-11-15T00:00:00Z"],
       "series":[{"keys":{"model":"gpt-5"},"names":{},"values":["50"],"total":"50"},
        {"keys":{"model":null},"names":{},"values":["0.001"],"total":"0.001"}],
       "other":null,"total":{"values":["100"],"total":"100"},"partial":false,
       "complete_since":"2026-08-01T00:00:00Z"}
      """;

  @TempDir Path folder;
  private final ScriptedServer server;

  OutputOptionsTest() throws IOException {
    server =
        new ScriptedServer()
            .say("/api/v1/query?metric=cost&by=model&granularity=day", 200, SPEND)
            .say(
                "/api/v1/query?metric=cost&by=model&granularity=all&top=12",
                200,
                SPEND.replace("\"day\"", "\"all\""))
            .say("/api/v1/query?metric=cost&by=model&granularity=all&top=100", 200, BEFORE)
            .say("/api/v1/query?metric=tokens_in", 200, tokens("12402118"))
            .say("/api/v1/query?metric=tokens_cached", 200, tokens("7565292"))
            .say("/api/v1/query?metric=tokens_out", 200, tokens("1204771"));
  }

  private static String tokens(String n) {
    return """
    {"query":{},"buckets":["2026-11-18T00:00:00Z"],
     "series":[{"keys":{"model":"gpt-5"},"names":{},"values":[%s],"total":%s}],
     "other":null,"total":{"values":[%s],"total":%s}}
    """
        .formatted(n, n, n, n);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void spendAt60Columns() {
    assertThat(spend(60).out())
        .isEqualTo(
            """
            acme · days are UTC · as of 09:13Z (4 min)
            MODEL                           SPEND  CHANGE  4 DAYS  SHARE
            gpt-5                          $96.40    +40%  ▃▅█▆      62%
            a-fine-model-with-a-name-th…    $3.00     new  ███        2%
            —                              <$0.01      0%  ▁█▁▁      <1%
            other                          $55.62       —  ▅███      36%
            TOTAL                         $155.02    +13%  ▄▆█▆
            billed $140.90 + estimated $14.12
            """);
  }

  @Test
  void spendAsBarsOfItsBuckets() {
    Shell.Result result =
        new Shell(folder).at(NOW).wide(60).run("spend", "--chart", "--endpoint", server.url());

    assertThat(result.out())
        .isEqualTo(
            """
            acme · days are UTC · as of 09:13Z (4 min)
            2026-11-18          $21.00  ████████████
            2026-11-19          $36.00  ████████████████████▋
            2026-11-20          $56.00  ████████████████████████████████
            2026-11-21 so far   $42.02  ████████████████████████
            TOTAL              $155.02
            billed $140.90 + estimated $14.12
            """);
  }

  @Test
  void spendAt80Columns() {
    assertThat(spend(80).out())
        .isEqualTo(
            """
            acme · days are UTC · as of 09:13Z (4 min)
            MODEL                      TOKENS IN  TOKENS OUT    SPEND  CHANGE  4 DAYS  SHARE
            gpt-5                     12,402,118   1,204,771   $96.40    +40%  ▃▅█▆      62%
            a-fine-model-with-a-nam…           0           0    $3.00     new  ███        2%
            —                                  0           0   <$0.01      0%  ▁█▁▁      <1%
            other                              —           —   $55.62       —  ▅███      36%
            TOTAL                     12,402,118   1,204,771  $155.02    +13%  ▄▆█▆
            billed $140.90 + estimated $14.12
            """);
  }

  @Test
  void spendAt200Columns() {
    assertThat(spend(200).out())
        .isEqualTo(
            """
            acme · days are UTC · as of 09:13Z (4 min)
            MODEL                                           TOKENS IN  CACHED  TOKENS OUT    SPEND  CHANGE  4 DAYS  SHARE
            gpt-5                                          12,402,118     61%   1,204,771   $96.40    +40%  ▃▅█▆      62%  █████
            a-fine-model-with-a-name-that-is-long, really           0       —           0    $3.00     new  ███        2%  ▏
            —                                                       0       —           0   <$0.01      0%  ▁█▁▁      <1%  ▏
            other                                                   —       —           —   $55.62       —  ▅███      36%  ██▉
            TOTAL                                          12,402,118     61%   1,204,771  $155.02    +13%  ▄▆█▆
            billed $140.90 + estimated $14.12
            """);
  }

  @Test
  void spendInAscii() {
    Shell.Result result =
        new Shell(folder).at(NOW).wide(60).inAscii().run("spend", "--endpoint", server.url());

    assertThat(result.out())
        .matches("\\p{ASCII}+")
        .contains("acme - days are UTC", ":=#+", "with-a-name-th~");
  }

  @Test
  void colourIsForTerminalsOnly() {
    assertThat(spend(80).out()).doesNotContain("\u001b");
    assertThat(new Shell(folder).at(NOW).inColour().run("spend", "--endpoint", server.url()).out())
        .contains("\u001b[1m");
  }

  @Test
  void spendAsJsonHasATotalAndData() {
    Json json = json("spend", "--json");

    assertThat(json.text("schema")).contains("tallyman.spend/1");
    assertThat(json.value("total")).contains("155.020");
    assertThat(json.members())
        .containsKeys("as_of", "stale", "simulated", "currency", "source", "data");
    assertThat(json.objects("data"))
        .extracting(row -> row.text("model").orElse("") + " " + row.text("total").orElse(""))
        .containsExactly(
            "gpt-5 96.40", "a-fine-model-with-a-name-that-is-long, really 3", " 0.001");
    assertThat(json.object("other").text("total")).contains("55.619");
  }

  @Test
  void spendAsCsvAndPlainIsExact() {
    assertThat(run("spend", "--csv").out())
        .isEqualTo(
            """
            model,model_name,cost,currency
            gpt-5,,96.40,usd
            "a-fine-model-with-a-name-that-is-long, really",,3,usd
            ,,0.001,usd
            (other),,55.619,usd
            """);
    assertThat(run("spend", "--plain").out())
        .startsWith("model\tmodel_name\tcost\tcurrency\ngpt-5\t\t96.40\tusd\n");
    assertThat(run("spend", "--csv", "--granularity", "day").out())
        .contains(
            "2026-11-20T00:00:00Z,gpt-5,,40,usd",
            "2026-11-21T00:00:00Z,\"a-fine-model-with-a-name-that-is-long, really\",,,usd");
  }

  @Test
  void whatOneMustKnowIsSaidBesideTheData() {
    server.say(
        "/api/v1/query?metric=cost&by=model&granularity=all&top=12",
        200,
        SPEND
            .replace("\"simulated\":false", "\"simulated\":true")
            .replace("2026-08-01T00:00:00Z", "2026-11-20T00:00:00Z"));

    Shell.Result result = run("spend", "--csv");

    assertThat(result.err())
        .contains("SIMULATED", "complete since 2026-11-20T00:00:00Z", "new-model");
    assertThat(result.code()).isZero();
  }

  @Test
  void staleDataIsShownAndExitsWith65() {
    server.say(
        "/api/v1/query?metric=cost&by=model&granularity=all&top=12",
        200,
        SPEND.replace("\"stale\":false", "\"stale\":true"));

    Shell.Result result = run("spend", "--csv");

    assertThat(result.code()).isEqualTo(65);
    assertThat(result.out()).contains("96.40");
    assertThat(result.err()).contains("STALE");
    assertThat(run("spend", "--csv", "--fail-open").code()).isZero();
    Json json = json("spend", "--json", "--fail-open");
    assertThat(json.flag("stale")).isTrue();
    assertThat(json.object("fail_open").value("exit_code")).hasToString("Optional[65]");
    assertThat(json("spend", "--json").has("fail_open")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"spend", "today", "status", "models", "prices"})
  void failOpenForgivesThatNobodyAnswersAndTheJsonSaysSo(String command) {
    server.close();

    Shell.Result result = run(command, "--json", "--fail-open");

    Json json = Json.parse(result.out().getBytes(UTF_8)).orElseThrow();
    assertThat(result.code()).isZero();
    assertThat(json.text("schema")).contains("tallyman." + command + "/1");
    assertThat(json.object("fail_open").value("exit_code")).hasToString("Optional[69]");
    assertThat(json.object("fail_open").text("message").orElse("")).contains("refuses connections");
    assertThat(json.has("data")).isFalse();
    assertThat(result.err()).contains("refuses connections");
    assertThat(run(command, "--fail-open")).isEqualTo(new Shell.Result(0, "", result.err()));
    assertThat(run(command, "--json").code()).isEqualTo(69);
  }

  @Test
  void failOpenForgivesAMissingLedgerButNoWrongUseAndNoRefusal() throws IOException {
    Files.writeString(folder.resolve("t.yaml"), "poll: {minutes: 9}\n");
    server.say("/api/v1/polls", 401, "{}");

    assertThat(new Shell(folder).run("status", "--fail-open").code()).isZero();
    assertThat(run("status", "--fail-open").code()).isEqualTo(77);
    assertThat(run("status", "--fail-open", "--token-file", "none").code()).isEqualTo(64);
    assertThat(run("apply", "-f", "t.yaml", "--fail-open").code()).isEqualTo(64);
  }

  @Test
  void failOpenSaysNothingOfFreshData() {
    assertThat(json("spend", "--json", "--fail-open").has("fail_open")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"400, 64", "404, 64", "401, 77", "403, 77", "429, 69", "500, 69", "503, 69"})
  void anErrorExitsWithItsOwnCodeAndTheServersWords(int status, int code) {
    server.say(
        "/api/v1/polls", status, "{\"error\":{\"message\":\"because \\u001b[31m of this\"}}");

    Shell.Result result = run("status");

    assertThat(result.code()).isEqualTo(code);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("because \ufffd[31m of this").doesNotContain("\u001b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "", "[1]", "{"})
  void whatIsNoTallymanIsToldSo(String body) {
    server.say("/api/v1/polls", 200, body);

    Shell.Result result = run("status");

    assertThat(result.code()).isEqualTo(69);
    assertThat(result.err()).contains("is it a Tallyman server?");
  }

  @Test
  void anAnswerThatNeverEndsIsNotReadToItsEnd() {
    server.say("/api/v1/polls", 200, "{\"x\":\"" + "y".repeat(RemoteAsk.LARGEST_ANSWER) + "\"}");

    assertThat(run("status").code()).isEqualTo(69);
  }

  @Test
  void nobodyThereExitsWith69() throws IOException {
    String url;
    try (ScriptedServer gone = new ScriptedServer()) {
      url = gone.url();
    }

    Shell.Result result = new Shell(folder).run("status", "--endpoint", url);

    assertThat(result.code()).isEqualTo(69);
    assertThat(result.err()).contains("tallyman serve");
  }

  @Test
  void aServerElsewhereIsAskedThroughTheProxyOfTheEnvironment() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> asked =
          thread.submit(() -> {
            try (Socket connection = proxy.accept();
                var reader =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8))) {
              String line = reader.readLine();
              connection.getOutputStream().write("HTTP/1.1 502 No\r\n\r\n".getBytes(UTF_8));
              return line;
            }
          });
      Shell shell =
          new Shell(folder).with("HTTPS_PROXY", "http://127.0.0.1:" + proxy.getLocalPort());
      String[] question = {"status", "--endpoint", "https://tallyman.invalid"};

      Shell.Result through = shell.run(question);
      Shell.Result past = shell.with("NO_PROXY", "tallyman.invalid").run(question);

      assertThat(asked.get()).startsWith("CONNECT tallyman.invalid:443 ");
      assertThat(through.code()).isEqualTo(69);
      assertThat(past.code()).isEqualTo(69);
      assertThat(past.err()).contains("has no address");
    }
  }

  @Test
  void aProxyThatIsNoneIsWrongUseAndNotShown() {
    Shell.Result result =
        new Shell(folder)
            .with("HTTPS_PROXY", "socks5://S3cr3t:1")
            .run("status", "--endpoint", "https://tallyman.invalid");

    assertThat(result.code()).isEqualTo(64);
    assertThat(result.err()).contains("HTTPS_PROXY=http://").doesNotContain("S3cr3t");
  }

  @Test
  void theTokenComesFromTheVariableOrAFile() throws IOException {
    Files.writeString(folder.resolve("token"), "tly_v_file\n");
    Shell shell = new Shell(folder).with("TALLYMAN_TOKEN", "tly_v_variable");

    shell.run("status", "--endpoint", server.url());
    shell.run("status", "--endpoint", server.url(), "--token-file", "token");

    assertThat(server.asked().get(0)).endsWith(" Bearer tly_v_variable");
    assertThat(server.asked().get(1)).endsWith(" Bearer tly_v_file");
  }

  @Test
  void statusTellsHowFreshEachEndpointIs() {
    server.say(
        "/api/v1/polls",
        200,
        """
        {"data":[{"at":"2026-11-21T09:13:00Z","took_ms":1200,"trigger":"schedule"}],
         "freshness":[
          {"endpoint":"completions","last_success":"2026-11-21T09:13:00Z","stale":false,
           "complete_since":"2026-08-01T00:00:00Z"},
          {"endpoint":"costs","last_success":"2026-11-20T09:13:00Z","stale":true,
           "failure":"missing_scope","message":"The key lacks a scope."}],
         "simulated":true}
        """);

    Shell.Result result = run("status");

    assertThat(result.code()).isEqualTo(65);
    assertThat(result.out())
        .isEqualTo(
            """
            polled 4 min ago · by schedule · in 1200 ms · SIMULATED
            ENDPOINT     LAST READ  COMPLETE SINCE  STATE
            completions  4 min ago  2026-08-01      ok
            costs         24 h ago  —               STALE missing_scope: The key lacks a sc…
            """);
    assertThat(json("status", "--json").flag("stale")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "models, 60",
    "models, 80",
    "models, 200",
    "prices, 60",
    "prices, 80",
    "prices, 200",
    "status, 60",
    "status, 200"
  })
  void listsAtAnyWidth(String command, int width) throws IOException {
    sayLists();

    assertThat(at(width, command).out()).isEqualTo(golden(command + "-" + width));
  }

  @Test
  void billedRatesAreShownBesideTheList() {
    sayLists();

    Shell shell = new Shell(folder).at(NOW).wide(100);
    List<String> lines =
        shell.run("prices", "--billed", "--endpoint", server.url()).out().lines().toList();

    assertThat(lines.get(1).split(" {2,}"))
        .contains("MODEL", "TIER", "METER", "BILLED", "LIST", "USED", "WHY");
    assertThat(lines.get(2)).containsPattern("gpt-5.5 .* input .* 0.02 .* 5 .* 5 .*far from list");
    assertThat(lines.get(3)).containsPattern("priority .* output .* 60 .* 75 .* 60 .*billed");
    assertThat(run("prices", "--billed", "--csv").out())
        .contains("gpt-5.5,,input,2026-11-20,0.02,5,,5,far");
    assertThat(run("prices", "gpt-5", "--billed").code()).isEqualTo(64);
  }

  @ParameterizedTest
  @ValueSource(strings = {"models", "prices", "status"})
  void listsInAsciiSayTheSame(String command) throws IOException {
    sayLists();
    Shell shell = new Shell(folder).at(NOW).wide(80).inAscii();

    assertThat(shell.run(command, "--endpoint", server.url()).out())
        .matches("\\p{ASCII}+")
        .isEqualTo(at(80, command).out().replace(" · ", " - ").replace('—', '-').replace('…', '~'));
  }

  private void sayLists() {
    server
        .say(
            "/api/v1/models",
            200,
            """
            {"as_of":"2026-11-21T09:13:00Z","simulated":true,"data":[
             {"model":"gpt-5.4-mini-2026-03-17","group":"mini","known":true,"priced":true,
              "requests":125998,"tokens":621109857,"estimated_usd":"447.42",
              "last_day":"2026-11-21"},
             {"model":"a-fine-model-with-a-name-that-is-long","group":"premium","known":false,
              "priced":false,"requests":1,"tokens":12,"estimated_usd":null,
              "last_day":"2026-11-20"},
             {"model":"whisper-1","group":null,"known":true,"priced":true,"requests":5418,
              "tokens":0,"estimated_usd":"0.001","last_day":"2026-11-19"}]}
            """)
        .say(
            "/api/v1/prices",
            200,
            """
            {"data":[
             {"model":"gpt-5","from":"2025-08-07","as_of":"2026-08-21",
              "usd":{"input":"1.25","cached_input":"0.125","output":"10"}},
             {"model":"gpt-audio","from":"2025-08-28","as_of":"2026-08-21",
              "usd":{"input":"2.5","output":"10","audio_input":"32","audio_output":"64"}},
             {"model":"code-interpreter","from":"2025-03-11","as_of":"2026-07-16",
              "usd":{"sessions":"0.03"}}]}
            """)
        .say(
            "/api/v1/rates",
            200,
            """
            {"as_of":"2026-11-21T09:13:00Z","simulated":false,"data":[
             {"model":"gpt-5.5","tier":null,"meter":"input","day":"2026-11-20","billed":"0.02",
              "list":"5","set":null,"used":"5","reason":"far"},
             {"model":"gpt-5.5","tier":"priority","meter":"output","day":"2026-11-20",
              "billed":"60","list":"75","set":null,"used":"60","reason":"believed"}]}
            """)
        .say(
            "/api/v1/polls",
            200,
            """
            {"data":[{"at":"2026-11-21T09:13:00Z","took_ms":1200,"trigger":"schedule"}],
             "freshness":[
              {"endpoint":"code_interpreter_sessions","last_success":"2026-11-21T09:13:00Z",
               "stale":false,"complete_since":"2026-08-01T00:00:00Z"},
              {"endpoint":"costs","stale":true,"failure":"missing_scope",
               "message":"The key lacks a scope; give it api.usage.read."}],
             "simulated":false}
            """);
  }

  private Shell.Result at(int width, String command) {
    return new Shell(folder).at(NOW).wide(width).run(command, "--endpoint", server.url());
  }

  private static String golden(String name) throws IOException {
    try (var in = OutputOptionsTest.class.getResourceAsStream("golden/" + name + ".txt")) {
      return new String(java.util.Objects.requireNonNull(in).readAllBytes(), UTF_8);
    }
  }

  @Test
  void applyShowsEachBudgetAndChannelThatChanges() throws IOException {
    Files.writeString(
        folder.resolve("t.yaml"),
        """
        budgets:
          team-a: {metric: cost, limit: 2000.50, window: month, thresholds: ["80%"]}
        channels:
          ops: {kind: slack, secret: SLACK_OPS}
        """);
    String stored =
        "{\"budgets\":{\"team-a\":{\"limit\":%s,\"metric\":\"cost\",\"thresholds\":[\"80%%\"],"
            + "\"window\":\"month\"}},\"channels\":{\"ops\":{\"kind\":\"slack\",\"secret\":\"%s\"}}}";
    server.say("/api/v1/settings", 200, stored.formatted("1000", "OPS"));

    assertThat(run("apply", "-f", "t.yaml", "--dry-run").out())
        .isEqualTo(
            """
            ~ budgets.team-a.limit: 1000 -> 2000.5
            ~ channels.ops.secret: OPS -> SLACK_OPS
            """);

    server.say("/api/v1/settings", 200, stored.formatted("2000.5", "SLACK_OPS"));
    assertThat(run("apply", "-f", "t.yaml").err()).contains("Nothing changes.");
  }

  @Test
  void applyShowsTheDifferenceAndChangesNothingTwice() throws IOException {
    Files.writeString(
        folder.resolve("t.yaml"), "zones: [Europe/Rome]\npoll: {minutes: 9}\nserver: {port: 1}\n");
    server.say("/api/v1/settings", 200, "{\"poll\":{\"minutes\":5},\"names\":{\"emails\":false}}");

    Shell.Result dry = run("apply", "-f", "t.yaml", "--dry-run");
    Shell.Result done = run("apply", "-f", "t.yaml");

    assertThat(dry.out())
        .isEqualTo(
            """
            - names.emails: false
            ~ poll.minutes: 5 -> 9
            + zones[0]: Europe/Rome
            """);
    assertThat(done.out()).isEqualTo(dry.out());
    assertThat(server.asked())
        .extracting(line -> line.substring(0, 4).strip())
        .containsExactly("GET", "GET", "PUT");
    server.say("/api/v1/settings", 200, "{\"poll\":{\"minutes\":9},\"zones\":[\"Europe/Rome\"]}");
    Shell.Result again = run("apply", "-f", "t.yaml");
    assertThat(again.out()).isEmpty();
    assertThat(again.err()).contains("Nothing changes.");
    assertThat(again.code()).isZero();
  }

  @Test
  void applySaysFromWhenPricesCount() throws IOException {
    Files.writeString(
        folder.resolve("t.yaml"), "prices: [{model: mine, from: 2026-11-01, input: 3}]\n");
    server.say("/api/v1/settings", 200, "{}");

    assertThat(run("apply", "-f", "t.yaml", "--dry-run").err()).doesNotContain("next poll");
    assertThat(run("apply", "-f", "t.yaml").err())
        .contains("The next poll estimates this month and the two before it again");
  }

  @Test
  void aHostileNameCannotCommandTheTerminal() {
    server.say(
        "/api/v1/query?metric=cost&by=model&granularity=day",
        200,
        SPEND.replace("gpt-5", "\\u001b]0;owned\\u0007"));

    assertThat(spend(80).out()).doesNotContain("\u001b", "\u0007").contains("owned");
  }

  private Shell.Result spend(int width) {
    return new Shell(folder).at(NOW).wide(width).run("spend", "--endpoint", server.url());
  }

  private Shell.Result run(String... args) {
    String[] all = java.util.Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--endpoint";
    all[args.length + 1] = server.url();
    return new Shell(folder).at(NOW).run(all);
  }

  private Json json(String... args) {
    return Json.parse(run(args).out().getBytes(UTF_8)).orElseThrow();
  }
}
